"""A made-up year of a company with twelve teams, so that the pages have something to show.

Teams and roles only: no names of people, and nobody's words.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.answers import Answer, Door, Evidence
from bot.core.catalog import Catalog
from bot.core.checklist import Kind, Question
from bot.core.course import Consent, Course, Decision, Prediction, Resolution, Stance
from bot.core.deciding import consents_needed
from bot.core.facts import Actor, PullRequest, Repository
from bot.core.gate import Gate, standing
from bot.core.missing import required
from bot.core.organisation import Mode
from bot.core.proposal import Channel, Proposal
from bot.core.review import Review, State
from bot.core.rulings import Ruled, Ruling, Sample
from bot.core.tier import Tier
from bot.core.triage import Reason
from bot.core.waivers import ALL, Waiver
from bot.ports import Transaction
from bot.store import proposal_subjects, repositories, reviews
from bot.store import tables as t
from bot.store.store import Store
from bot.store.upsert import upsert

WEEKS = 52
AT_ONCE = 200  # in one transaction
ENGINEER, MANAGER, REVIEWER, SUPPORT = (
    Actor(9_000_001, "an engineer"), Actor(9_000_002, "a product manager"),
    Actor(9_000_003, "a reviewer"), Actor(9_000_004, "a support lead"),
)  # fmt: skip
THINGS = (
    "the export", "the invoice", "the search", "the sign-up", "the settings page", "the report",
    "the reminder mail", "the import", "the price page", "the dashboard", "the mobile app",
    "the help page",
)  # fmt: skip
DEEDS = ("Make %s faster", "Move %s", "Explain %s", "Remove a step from %s", "Retire part of %s",
         "Change the default of %s", "Let admins turn off %s", "Tell people about %s")  # fmt: skip
LINE = "Generated for this demo: a sentence of a person would stand here."
OVERLAYS = ("pricing", "breaking", "ui", "privacy")


@dataclass(frozen=True, slots=True)
class Team:
    """One team: how much it does in a week, how often it answers, and asks, at the start of the
    year and at its end."""

    name: str
    repository: str
    channel: str
    a_week: float
    answers: tuple[float, float]
    asks: tuple[float, float]


def _team(
    name: str, a_week: float, answers: tuple[float, float], asks: tuple[float, float]
) -> Team:
    slug = name.lower().replace(" ", "-")
    return Team(name, f"generated/{slug}", f"{slug}-decisions", a_week, answers, asks)


TEAMS = (
    _team("Billing", 3.2, (0.70, 0.94), (0.30, 0.72)),
    _team("Checkout", 4.1, (0.66, 0.92), (0.35, 0.80)),
    _team("Data platform", 2.0, (0.40, 0.62), (0.05, 0.18)),
    _team("Growth", 4.6, (0.60, 0.85), (0.28, 0.55)),
    _team("Help centre", 2.4, (0.80, 0.97), (0.60, 0.90)),
    _team("Identity", 2.2, (0.55, 0.78), (0.15, 0.40)),
    _team("Infrastructure", 1.4, (0.35, 0.55), (0.03, 0.10)),
    _team("Integrations", 3.0, (0.58, 0.88), (0.30, 0.66)),
    _team("Mobile", 3.8, (0.62, 0.90), (0.32, 0.70)),
    _team("Onboarding", 3.4, (0.72, 0.95), (0.45, 0.85)),
    _team("Reporting", 2.8, (0.50, 0.82), (0.20, 0.52)),
    _team("Search", 2.6, (0.60, 0.86), (0.25, 0.60)),
)


def organisation(base: str) -> str:
    """An organisation's file, which ends with its teams, with these teams as well."""
    return base + "".join(
        f"  - {{name: {team.name}, repositories: ['{team.repository}'], "
        f"channels: [{team.channel}]}}\n"
        for team in TEAMS
    )


def generate(
    store: Store, catalog: Catalog, now: datetime, weeks: int = WEEKS, seed: int = 12
) -> int:
    """Put the year before `now` on record; gives how many reviews it has."""
    made = list(_Year(catalog, now, weeks, seed).reviews())
    for start in range(0, len(made), AT_ONCE):
        some = made[start : start + AT_ONCE]

        def work(tx: Transaction, some: list[Review] = some) -> None:
            for review in some:
                _add_place(tx, review, now)
                _save(tx, review)

        store.write(work)
    return len(made)


def _save(tx: Transaction, review: Review) -> None:
    if review.tier < review.triaged:  # people lowered it, after it had been opened
        opened = reviews.save(tx, replace(review, tier=review.triaged, rulings=()))
        review = replace(review, id=opened.id, version=opened.version)
    reviews.save(tx, review)


_CHANNEL = upsert(t.channel, ("id",), ("name", "private", "seen_at"))
_INSTALLED = upsert(t.installation, ("id",), ("account",))


def _add_place(tx: Transaction, review: Review, now: datetime) -> None:
    subject = review.subject
    if isinstance(subject, Proposal):
        channel = subject.channel
        if proposal_subjects.channel(tx.connection, channel.id) is None:
            row = {"id": channel.id, "team": channel.team, "name": channel.name, "private": False}
            tx.connection.execute(_CHANNEL, row | {"seen_at": now})
        return
    # No App is installed there: nobody is asked about repositories that do not exist.
    account = {"id": subject.repository.installation, "account": "generated", "removed_at": now}
    tx.connection.execute(_INSTALLED, account)
    repositories.add(tx, subject.repository)


class _Year:
    def __init__(self, catalog: Catalog, now: datetime, weeks: int, seed: int) -> None:
        self._catalog, self._now, self._weeks = catalog, now, weeks
        self._dice = random.Random(seed)  # noqa: S311 - a story, no secret
        self._numbers = {team.name: 0 for team in TEAMS}

    def reviews(self) -> Iterator[Review]:
        """All of the year, in the order in which they were opened."""
        made = [
            self._review(at, team, opened)
            for week in range(self._weeks)
            for at, team in enumerate(TEAMS)
            for opened in self._times(team, week)
        ]
        return iter(sorted(made, key=lambda review: review.opened_at))

    def _times(self, team: Team, week: int) -> list[datetime]:
        start = self._now - timedelta(weeks=self._weeks - week)
        busy = 0.5 if week % 26 in (3, 4) else 1.0  # holidays
        count = int(team.a_week * busy + self._dice.random())
        return [start + timedelta(days=self._dice.random() * 6.9) for _ in range(count)]

    def _chance(self, between: tuple[float, float], opened: datetime) -> bool:
        """What is more likely at the end of the year than at its start."""
        likely = between[0] + (between[1] - between[0]) * self._gone(opened)
        return self._dice.random() < likely

    def _gone(self, opened: datetime) -> float:
        """How much of the year is over, from 0 to 1."""
        return 1 - (self._now - opened) / timedelta(weeks=self._weeks)

    def _review(self, at: int, team: Team, opened: datetime) -> Review:
        dice = self._dice
        tier = dice.choices((Tier.R0, Tier.R1, Tier.R2, Tier.R3), (0.24, 0.44, 0.24, 0.08))[0]
        proposal = tier >= Tier.R1 and dice.random() < 0.22
        tier = max(tier, Tier.R2) if proposal and dice.random() < 0.6 else tier
        overlays = (dice.choice(OVERLAYS),) if tier >= Tier.R2 and dice.random() < 0.6 else ()
        subject = self._subject(at, team, opened, proposal)
        rule = overlays[0] if overlays else ("app" if tier else "tests-only")
        why = f"`{rule}/**` changed" if tier else "only tests and tooling changed"
        review = Review(
            subject=subject, state=State.OPEN, triaged=tier, tier=tier,
            customer_facing=tier > Tier.R0 and dice.random() < 0.8, overlays=overlays,
            reasons=(Reason(rule, tier, why),),
            mode=Mode.ENFORCE if self._gone(opened) > 0.3 else Mode.WARN,
            exempt="", quiet=False, checklist=self._catalog.checklist,
            thresholds=self._catalog.organisation.thresholds, opened_at=opened,
        )  # fmt: skip
        if tier is not Tier.R0:
            review = self._answered(review, team)
        return self._ended(review)

    def _subject(
        self, at: int, team: Team, opened: datetime, proposal: bool
    ) -> PullRequest | Proposal:
        self._numbers[team.name] += 1
        number = self._numbers[team.name]
        title = f"Generated: {self._dice.choice(DEEDS) % self._dice.choice(THINGS)}"
        if proposal:
            channel = Channel(f"CGEN{at:04}", "TGENERATED", team.channel, private=False)
            ts = f"{int(opened.timestamp())}.{number:06}"
            return Proposal(
                channel, ts, ts, title, LINE, MANAGER, "https://example.com/generated", opened
            )
        repository = Repository(8_000_000 + at, team.repository, 8_000_000, False, "main")
        return PullRequest(
            repository=repository, number=number, title=title, body=LINE, author=ENGINEER,
            head_sha=f"{at:04x}{number:036x}", base_ref="main", branch=f"generated-{number}",
            labels=(), draft=False, open=True, merged=False, updated_at=opened,
            url="https://example.com/generated",
        )  # fmt: skip

    def _answered(self, review: Review, team: Team) -> Review:
        """Answered in full, in part, attested away, waived, or not at all."""
        dice, opened = self._dice, review.opened_at
        if review.tier is Tier.R1 and dice.random() < 0.09:
            return self._attested(review)
        asks = self._chance(team.asks, opened)
        full = self._chance(team.answers, opened)
        first = opened + timedelta(hours=dice.expovariate(1 / 7))
        last = first + timedelta(hours=dice.expovariate(1 / (16 if review.tier > Tier.R1 else 3)))
        wanted = [question for question, need in required(review)]
        if not full:
            wanted = wanted[: dice.randrange(len(wanted))] if wanted else []
        optional = [q for q, need in review.asked if not need.must and dice.random() < 0.25]
        asked = [*wanted, *(optional if full else [])]
        if last > self._now:
            asked = []
        answers = tuple(
            answer
            for question in asked
            if question.kind is not Kind.EVIDENCE
            for answer in [self._answer(question, first)]
        )
        evidence = (
            self._evidence(review, answers, asks, first) if "voice" in {q.id for q in asked} else ()
        )
        if not evidence and "voice" in {q.id for q in asked}:
            text = "" if review.tier is Tier.R1 else "Whom we will ask: three shops, next week."
            answers = (*answers, Answer("voice", ("assumed",), text, ENGINEER, first, Door.COMMENT))
        review = replace(review, answers=answers, evidence=evidence)
        if answers:
            review = replace(review, first_answer_at=first)
        if isinstance(review.subject, Proposal):
            review = self._decided(review, last)
        if standing(review).gate is Gate.COMPLETE:
            review = replace(review, completed_at=last)
        elif dice.random() < 0.18:
            until = (opened + timedelta(days=30)).date()
            reason = "Generated: the outage could not wait for it."
            over = until < self._now.date()
            waiver = Waiver(ALL, until, reason, REVIEWER, opened, Door.COMMAND, expired=over)
            review = replace(review, waivers=(waiver,))
        return review

    def _attested(self, review: Review) -> Review:
        wrong = self._dice.random() < 0.1
        sample = Sample.WRONG if wrong else Sample.NOT_DRAWN
        ruling = Ruling(
            Ruled.ATTESTED, Tier.R0, LINE, ENGINEER, review.opened_at, Door.COMMAND,
            rules=tuple(r.rule for r in review.reasons), sample=sample, ended=wrong,
        )  # fmt: skip
        return replace(review, rulings=(ruling,), tier=review.tier if wrong else Tier.R0)

    def _answer(self, question: Question, at: datetime) -> Answer:
        dice = self._dice
        options = [o.id for o in question.options if o.id not in question.refused]
        many = (
            dice.sample(options, k=min(len(options), dice.choice((1, 1, 2, 3)))) if options else []
        )
        picks = tuple(many if question.kind.many else many[:1])
        if question.id == "stance" and dice.random() < 0.6:
            picks = ("anticipates",)
        text = "" if question.kind in (Kind.SEGMENTS, Kind.PICKS, Kind.PICK) else LINE
        if question.kind is Kind.MEASURE:
            text = "exports per week, 120 → 150, 70 %"
        if question.kind is Kind.DATE_PERSON:
            text = (at + timedelta(days=60)).date().isoformat()
        return Answer(question.id, picks, text, ENGINEER, at, Door.COMMENT)

    def _evidence(
        self, review: Review, answers: tuple[Answer, ...], asks: bool, at: datetime
    ) -> tuple[Evidence, ...]:
        dice = self._dice
        who = next((a.picks for a in answers if a.question == "who"), ())
        if not asks and dice.random() < 0.45:
            return ()
        count = 2 if review.tier is Tier.R3 or dice.random() < 0.3 else 1
        first = dice.choice(("asked", "asked", "observed")) if asks else "signal"
        return tuple(
            Evidence(
                first if number == 0 else dice.choice(("observed", "signal")),
                "", f"https://example.com/generated/{dice.randrange(10_000)}",
                (at - timedelta(days=dice.randrange(1, 120))).date(),
                dice.choice(who) if who and dice.random() < 0.8 else "",
                SUPPORT, at, Door.COMMENT, former=dice.random() < 0.12,
            )
            for number in range(count)
        )  # fmt: skip

    def _decided(self, review: Review, at: datetime) -> Review:
        """Consents, some with conditions, and the decision."""
        dice, course = self._dice, Course()
        stances = [Stance.CONSENT] * consents_needed(review)
        if stances and dice.random() < 0.3:
            stances[0] = dice.choice((Stance.CONDITION, Stance.OBJECT))
            stances += [Stance.CONSENT] if stances[0] is Stance.OBJECT else []
        consents = tuple(
            Consent(
                stance, "" if stance is Stance.CONSENT else LINE,
                replace(REVIEWER, id=REVIEWER.id + 10 + number), at, customer_facing=True,
            )
            for number, stance in enumerate(stances)
        )  # fmt: skip
        review = replace(review, course=replace(course, consents=consents))
        if at > self._now or dice.random() < 0.08:
            return review
        minded = any(c.reason for c in consents)
        how = (
            dice.choice((Resolution.CONDITIONS, Resolution.CONDITIONS, Resolution.REJECTED))
            if minded and dice.random() < 0.6
            else Resolution.APPROVED
        )
        decision = Decision(
            how, "Generated: what was decided would stand here.", MANAGER, at,
            conditions=LINE if how is Resolution.CONDITIONS else "",
            prediction=Prediction("exports per week", "120", "150", 70),
            look_back=(at + timedelta(days=60)).date(),
            without_review=standing(review).gate is Gate.PENDING,
        )  # fmt: skip
        return replace(review, course=replace(review.course, decision=decision))

    def _ended(self, review: Review) -> Review:
        """Merged, closed, or open still."""
        dice, subject = self._dice, review.subject
        end = (review.completed_at or review.opened_at) + timedelta(hours=dice.expovariate(1 / 30))
        if isinstance(subject, Proposal):
            decision = review.course.decision
            if decision is None:
                return review
            return replace(review, state=State.DECIDED, decided_at=decision.at)
        pending = standing(review).gate is Gate.PENDING
        if end > self._now or (pending and review.mode is Mode.ENFORCE and dice.random() < 0.35):
            return review
        merged = dice.random() < 0.94
        state = State.DECIDED if merged else State.WITHDRAWN
        subject = replace(subject, open=False, merged=merged)
        bypassed = merged and pending and review.mode is Mode.ENFORCE
        return replace(review, subject=subject, state=state, decided_at=end, bypassed=bypassed)
