"""Who may do what, at every door: what counts, what is kept, what is refused, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.pair import ENFORCE, Pair, start_pair
from bot.core.suggestions import MOST, MOST_OF_ONE
from bot.core.tier import Tier
from bot.sandbox.records import Refused
from bot.views.decisions import OPEN_TO_ALL
from tests.flows.people import (
    BODY,
    LOCK,
    PERMISSION,
    REACTION,
    answer,
    answered,
    body,
    boxes,
    calls,
    click,
    describe,
    later,
    ledger_of,
    opened,
    record,
    replies,
    reply,
    rewrite,
    say,
    says,
    settle,
    summary,
    tick,
)

NAMED = f"{ENFORCE}reviewers: {{logins: [Ada, bob, carl], teams: [acme/research]}}\n"
TEAM = "GET /orgs/{org}/teams/{team}/memberships/{login}"
SOON = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()


@dataclass(frozen=True)
class Person:
    """`may`: what comes of what they try. `author` opened the pull request, from a fork or not."""

    login: str
    may: str  # answer, review, suggest
    author: str = "author"
    fork: bool = False

    @property
    def is_author(self) -> bool:
        return self.login == self.author


PRIVATE = {
    "the author": Person("author", "answer"),
    "somebody who may write": Person("writer", "answer"),
    "somebody who may write and hides it": Person("hidden-writer", "answer"),
    "a reviewer named by login": Person("ada", "review"),
    "a reviewer in a team": Person("tess", "review"),
    "a reviewer in a team who may only read": Person("tom", "review"),
    "a reviewer who is the author": Person("ada", "answer", author="ada"),
    "a member who may only read": Person("reader", "suggest"),
    "a member who may only read and hides it": Person("hidden-reader", "suggest"),
}
PUBLIC = {
    "the author in the open": Person("author", "answer"),
    "an outside author": Person("forker", "answer", author="forker", fork=True),
    "somebody who may write, in the open": Person("writer", "answer"),
    "a reviewer named by login, in the open": Person("ada", "review"),
    "somebody with a name that a reviewer gave up": Person("carl", "suggest"),
    "a reviewer in a team, in the open": Person("tess", "review"),
    "a stranger": Person("stranger", "suggest"),
    "a contributor": Person("contributor", "suggest"),
    "a contributor on the pull request of an outsider": Person(
        "contributor", "suggest", author="forker", fork=True
    ),
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with start_pair(
        tmp_path_factory.mktemp("private"), organisation=NAMED, quiet_seconds=0
    ) as pair:
        _populate(pair, "read")
        yield pair


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with start_pair(tmp_path_factory.mktemp("public"), organisation=NAMED, quiet_seconds=0) as pair:
        _populate(pair, "write")
        pair.github.state.private = False
        number = opened(pair, LOCK, author="contributor", from_fork=True)
        assert pair.github.merge(number).merged
        settle(pair)
        yield pair


def _populate(pair: Pair, reviewers: str) -> None:
    """`reviewers`: what those may do whom the organisation names by their logins."""
    github = pair.github
    for login in ("ada", "ADA", "bob"):
        github.grant(login, reviewers)
    for login in ("writer", "hidden-writer", "tess"):
        github.grant(login, "write")
    for login in ("reader", "hidden-reader", "tom"):
        github.grant(login, "read")
    github.conceal("hidden-writer")
    github.conceal("hidden-reader")
    github.team("research", "tess", "tom")


# -- commands: every person tries everything -------------------------------------------------------


@dataclass(frozen=True)
class Try:
    """One line, `before` it one by another reviewer, so that there is something to try it on."""

    line: str
    event: str = ""  # in the ledger, where it counts
    before: str = ""
    of_reviewers: bool = False


TRIES = {
    "help": Try("/impact help"),
    "status": Try("/impact status"),
    "answer": Try("/impact effect: better", "answer.given"),
    "undo": Try("/impact undo effect", "answer.undone", "/impact effect: different"),
    "na": Try("/impact na feeling nobody sees this page before May", "answer.not_applicable"),
    "accept": Try("/impact accept why", "answer.given"),
    "raise": Try("/impact tier R2 a habit of theirs changes", "tier.raised"),
    "waive": Try(f"/impact waive who until {SOON} nobody is here now", "waiver.given", "", True),
    "pause": Try("/impact pause this is only a trial of ours", "review.paused", "", True),
    "resume": Try("/impact resume", "review.resumed", "/impact pause this is only a trial of ours"),
    "lower": Try(
        "/impact tier R1 only one colour changes",
        "tier.lowered",
        "/impact tier R2 a habit of theirs changes",
        True,
    ),
    "none": Try(
        "/impact none no customer will ever see it",
        "tier.attested",
        "/impact tier R1 only one colour changes",
    ),
}


@pytest.mark.parametrize("kind", [*PRIVATE, *PUBLIC])
def test_what_everybody_may_command(pair: Pair, public: Pair, kind: str) -> None:
    here = pair if kind in PRIVATE else public
    person = {**PRIVATE, **PUBLIC}[kind]
    number = opened(here, author=person.author, from_fork=person.fork)
    comments = {name: _attempt(here, number, person, each) for name, each in TRIES.items()}
    settle(here)
    found = {
        name: (here.github.reactions(id), _outcome(here, number, id))
        for name, id in comments.items()
    }
    assert found == {name: _expected(person, name) for name in TRIES}
    assert _counted(here, number, person) == [
        each.event for name, each in TRIES.items() if each.event and _counts(person, name)
    ]
    kept = [(s.question, s.by.login) for s in record(here, number).suggestions]
    assert kept == ([("effect", person.login)] if person.may == "suggest" else [])


def _attempt(pair: Pair, number: int, person: Person, what: Try) -> int:
    later(pair)
    if what.before:
        pair.github.comment(number, what.before, "bob")
        later(pair)
    return pair.github.comment(number, what.line, person.login)


def _outcome(pair: Pair, number: int, comment: int) -> str:
    told = reply(pair, number, comment)
    for word in ("What you can write", "open", "never for the author", "organisation.yaml"):
        if word in told:
            return word
    return told


def _counts(person: Person, name: str) -> bool:
    if person.may == "suggest":
        return False
    return person.may == "review" or not TRIES[name].of_reviewers


def _expected(person: Person, name: str) -> tuple[list[str], str]:
    if person.may == "suggest":
        return ["eyes"], ""
    if not _counts(person, name):
        return ["eyes"], "never for the author" if person.is_author else "organisation.yaml"
    return ["eyes", "rocket"], {"help": "What you can write", "status": "open"}.get(name, "")


def _counted(pair: Pair, number: int, person: Person) -> list[str]:
    """What the ledger says that this person did, suggestions aside."""
    by = f"{pair.github.state.user(person.login).id}:{person.login}"
    told = [row.event for row in ledger_of(pair, number) if row.actor == by]
    return [event for event in told if event != "suggestion.kept"]


# -- what it costs ---------------------------------------------------------------------------------

COSTS: list[tuple[str, dict[str, int]]] = [
    ("a stranger", {}),
    ("a contributor", {PERMISSION: 1, TEAM: 2}),
    ("a member who may only read", {PERMISSION: 1, TEAM: 2}),
    ("a member who may only read and hides it", {PERMISSION: 1, TEAM: 2}),
]


@pytest.mark.parametrize(("kind", "questions"), COSTS)
def test_somebody_who_may_not_answer_costs_a_reaction_and_one_question_in_five_minutes(
    pair: Pair, public: Pair, kind: str, questions: dict[str, int]
) -> None:
    here = pair if kind in PRIVATE else public
    known = {**PRIVATE, **PUBLIC}[kind].login
    login = f"new-{known}"
    _like(here, known, login)
    number = opened(here)
    here.github.call_counts.clear()
    for line in ("/impact effect: better", "/impact help", f"/impact waive all until {SOON} so"):
        say(here, number, line, by=login)
    assert calls(here) == {REACTION: 3, **questions}


def _like(pair: Pair, known: str, login: str) -> None:
    """Somebody of whom GitHub was not asked yet, and who may do the same."""
    state = pair.github.state
    if known in state.roles:
        pair.github.grant(login, state.roles[known])
    if known in state.concealed:
        pair.github.conceal(login)
    if known == "contributor" and login != known:
        number = opened(pair, LOCK, author=login, from_fork=True)
        assert pair.github.merge(number).merged
        settle(pair)


def test_somebody_who_may_write_is_asked_for_once_in_five_minutes(pair: Pair) -> None:
    pair.github.grant("newcomer", "maintain")
    first, second = opened(pair), opened(pair)
    pair.github.call_counts.clear()
    say(pair, first, "/impact effect: better", by="newcomer")
    say(pair, second, "/impact effect: better", by="newcomer")
    say(pair, first, "/impact feeling: relieved", by="newcomer")
    assert calls(pair)[PERMISSION] == 1
    assert answered(pair, first) == {"effect": "newcomer", "feeling": "newcomer"}


def test_the_author_and_a_named_reviewer_cost_no_question(pair: Pair, public: Pair) -> None:
    for here in (pair, public):
        number = opened(here, author="forker", from_fork=True)
        here.github.call_counts.clear()
        say(here, number, "/impact effect: better", by="forker")
        say(here, number, f"/impact waive who until {SOON} nobody is here now", by="ADA")
        assert not {PERMISSION, TEAM} & set(calls(here))
        assert [w.by.login for w in record(here, number).waivers] == ["ADA"]


# -- boxes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["author", "writer", "hidden-writer", "tess"])
def test_a_tick_counts_for_whoever_may_write_and_costs_no_question(pair: Pair, login: str) -> None:
    number = opened(pair)
    pair.github.call_counts.clear()
    tick(pair, number, "effect=better", by=login)
    assert answered(pair, number) == {"effect": login}
    assert not {PERMISSION, TEAM} & set(calls(pair))
    tick(pair, number, "effect=better", by="author", on=False)
    assert answered(pair, number) == {}


@pytest.mark.parametrize("login", ["stranger", "contributor", "forker", "carl"])
def test_github_lets_nobody_else_tick(public: Pair, login: str) -> None:
    number = opened(public, author="forker", from_fork=True)
    with pytest.raises(Refused):
        click(public, number, "effect=better", by=login)


# -- the description -------------------------------------------------------------------------------


def test_the_description_is_the_word_of_whoever_wrote_it(pair: Pair, public: Pair) -> None:
    for here in (pair, public):
        section = f"{BODY}\n\n## Customer impact\n\neffect: better\n"
        number = opened(here, author="forker", from_fork=True, body=section)
        here.github.call_counts.clear()
        describe(here, number, f"{section}feeling: relieved\n", by="writer")
        assert answered(here, number) == {"effect": "forker", "feeling": "writer"}
        assert not {PERMISSION, TEAM} & set(calls(here))
        with pytest.raises(Refused):
            here.github.edit_pull_request(number, body="Mine!", by="stranger")


# -- somebody edits what another person wrote ------------------------------------------------------


def test_a_line_written_into_another_ones_comment_is_the_word_of_who_wrote_it(public: Pair) -> None:
    number = opened(public)
    comment = say(public, number, "I like it.", by="stranger")
    rewrite(public, comment, "I like it.\n\n/impact effect: better", by="writer")
    assert answered(public, number) == {"effect": "writer"}
    assert public.github.reactions(comment) == ["eyes", "rocket"]


def test_a_reviewer_may_waive_in_another_ones_comment_and_a_writer_may_not(pair: Pair) -> None:
    number = opened(pair)
    comment = say(pair, number, "Can this wait?")
    line = f"/impact waive all until {SOON} an outage comes first"
    rewrite(pair, comment, f"Can this wait?\n{line}", by="writer")
    assert record(pair, number).waivers == ()
    assert "organisation.yaml" in reply(pair, number, comment)
    rewrite(pair, comment, f"Can this wait?\n{line} of course", by="tess")
    assert [w.by.login for w in record(pair, number).waivers] == ["tess"]


def test_what_a_stranger_writes_later_into_a_comment_of_theirs_is_a_suggestion(
    public: Pair,
) -> None:
    number = opened(public)
    comment = say(public, number, "Hello.", by="stranger")
    rewrite(public, comment, "Hello.\n/impact effect: better", by="stranger")
    assert answered(public, number) == {}
    assert [s.question for s in record(public, number).suggestions] == ["effect"]


# -- bots ------------------------------------------------------------------------------------------


def test_a_bot_does_nothing_at_any_door(pair: Pair) -> None:
    number = opened(pair)
    pair.github.grant("helper[bot]", "admin")
    before = record(pair, number)
    for each in TRIES.values():
        say(pair, number, each.line, by="helper[bot]")
    tick(pair, number, "effect=better", by="helper[bot]")
    describe(pair, number, f"{BODY}\n\n## Customer impact\n\neffect: better\n", by="helper[bot]")
    after = record(pair, number)
    assert (after.answers, after.suggestions, after.waivers, after.rulings, after.tier) == (
        (), (), (), (), before.tier,
    )  # fmt: skip
    assert replies(pair, number) == 0
    assert not boxes(pair, number)["effect=better"]


# -- suggestions -----------------------------------------------------------------------------------


def test_a_suggestion_waits_for_the_next_edit_and_one_tick_accepts_it(public: Pair) -> None:
    number = opened(public)
    before = body(public, number)
    say(public, number, "/impact effect: different, the menu turns grey", by="stranger")
    assert body(public, number) == before
    assert says(public, number)[1] == "0 of 5 answered"
    tick(public, number, "feeling=relieved", by="writer")
    assert "<b>stranger</b> suggests" in body(public, number)
    assert "the menu turns grey" in body(public, number)
    tick(public, number, "effect=use-", by="writer")
    found = answer(public, number, "effect")
    assert (found.by.login, found.text) == ("writer", "the menu turns grey")
    assert "(writer, suggested by stranger)" in body(public, number)
    assert record(public, number).suggestions == ()


def test_a_suggestion_is_accepted_by_command_and_never_by_who_made_it(public: Pair) -> None:
    number = opened(public)
    say(public, number, "/impact effect: different", by="stranger")
    say(public, number, "/impact accept effect", by="stranger")
    assert answered(public, number) == {}
    say(public, number, "/impact accept effect", by="author")
    assert answered(public, number) == {"effect": "author"}


def test_one_stranger_fills_no_comment_and_many_do_not_either(public: Pair) -> None:
    number = opened(public)
    lines = [f"/impact {q}" for q in ("who: existing", "effect: better", "feeling: relieved")]
    lines += ["/impact reach: none", "/impact value: both", "/impact stance: internal-reason"]
    lines += ["/impact why: It hurts the eyes of people with migraines."]
    public.github.call_counts.clear()
    say(public, number, "\n".join(lines), by="stranger")
    assert calls(public) == {REACTION: 1}
    assert len(record(public, number).suggestions) == MOST_OF_ONE
    for index in range(20):
        public.github.comment(number, "/impact effect: better", f"stranger-{index}")
        later(public)
    settle(public)
    assert len(record(public, number).suggestions) == MOST
    tick(public, number, "feeling=relieved", by="writer")
    assert len(body(public, number)) < 20_000


def test_a_strangers_mistake_is_not_replied_to(public: Pair) -> None:
    number = opened(public)
    public.github.call_counts.clear()
    comment = say(public, number, "/impact effekt: bettr\n/impact help", by="stranger")
    assert calls(public) == {REACTION: 1}
    assert reply(public, number, comment) == ""


# -- no reviewers are named ------------------------------------------------------------------------


def test_while_nobody_is_named_whoever_may_write_reviews_and_the_comment_says_so(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with start_pair(tmp_path_factory.mktemp("open"), quiet_seconds=0) as pair:
        pair.github.grant("writer", "write")
        number = opened(pair)
        for line in (f"waive who until {SOON} nobody is here now", "pause this is a trial of ours"):
            say(pair, number, f"/impact {line}", by="writer")
            assert OPEN_TO_ALL.strip() in body(pair, number)
            assert OPEN_TO_ALL.strip() in summary(pair, number)
            refused = say(pair, number, f"/impact {line}", by="author")
            assert "never for the author" in reply(pair, number, refused)
            comment = say(pair, number, f"/impact {line}", by="reader")
            assert (pair.github.reactions(comment), reply(pair, number, comment)) == (["eyes"], "")
        say(pair, number, "/impact resume", by="writer")
        say(pair, number, "/impact tier R2 a habit of theirs changes", by="author")
        say(pair, number, "/impact tier R1 only one colour changes", by="writer")
        assert record(pair, number).tier is Tier.R1
        assert OPEN_TO_ALL.strip() in body(pair, number)
