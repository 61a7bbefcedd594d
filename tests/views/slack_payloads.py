"""Everything that we ever send to Slack: each card, window and App Home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from bot.core.acts import Deed, Judge, Tell, Waive
from bot.core.columns import Columns
from bot.core.course import Prediction, Resolution, Stance
from bot.core.course_deeds import AskReviewer, Decide, Dismiss, GiveConsent, SetDue
from bot.core.grammar import Given, Piece
from bot.core.proposal import Proposal
from bot.core.review import Review
from bot.core.rulings import Ruled
from bot.core.stats import stats
from bot.core.tier import Tier
from bot.views import slack_says as says
from bot.views.forms import heard, link, propose, wizard
from bot.views.forms.registry import FORMS
from bot.views.slack_card import LinkLine, card, decision_line
from bot.views.slack_home import HomeLine, HomeView, shown
from bot.views.slack_limits import Block
from tests.examples import CATALOG, NOW
from tests.proposing import LEAD, MANAGER, RESEARCH, USERS, asked, proposal, review

PING = "<!channel> <!here> <@U0EVIL> <#C0EVIL|x> <https://evil.example|click> & <b>"
MARKS = "*bold* _italic_ ~gone~ `code` ```block``` > quote\n- list\n1. list"
HOSTILE = f"{PING} {MARKS} \u202eesrever\u202c \u200b\x00\x1f \ud83d 🛒👩‍👩‍👧 @channel"
LONG = (HOSTILE + " ") * 400
DAY = date(2026, 5, 1)


def _said(text: str) -> list[Deed | tuple[Any, Deed]]:
    return [
        Tell("who", Given(("existing", "paying"), text[:400])),
        Tell("why", Given(text=text)),
        Tell("effect", Given(("worse",), text)),
        Tell("voice", Given(piece=Piece("asked", text, "https://e.example/1", DAY, text[:50]))),
        Tell("voice", Given(piece=Piece("signal", text + "2", private_to="C0OTHER"))),
        Tell("measure", Given(text="exports, 120 → 150, 70 %")),
        Tell("not_served", Given(("some",), text)),
        (LEAD, GiveConsent(Stance.CONDITION, text, True)),
        (RESEARCH, GiveConsent(Stance.OBJECT, text, True)),
        (RESEARCH, Waive("reach", DAY, text)),
        (MANAGER, AskReviewer(LEAD)),
        SetDue(DAY),
    ]


def reviews(text: str) -> Iterator[tuple[str, Review]]:
    """Reviews in each state that a card can show, in which people write this."""
    of = proposal("money", "data", "removes", "hard_to_undo", "notice", title=text, body=text)
    calm = proposal("notice", title=text[:140], body=text)
    made = Decide(
        Resolution.CONDITIONS,
        text,
        text,
        Prediction(text, text, text, 50),
        DAY,
        without_review=True,
    )
    yield "fresh", review(of=of)
    yield "calm", review(of=calm)
    yield "answered", review(*_said(text), of=of)
    yield "unposted", review(*_said(text), of=replace(of, ts="n:0123456789abcdef", thread=""))
    yield "decided", review(*_said(text), made, of=of)
    yield "dismissed", review(Dismiss(text), of=of)
    lowered = Judge(Ruled.LOWERED, Tier.R0, text, ("switch:notice",))
    yield "lowered", review((LEAD, lowered), of=calm)


def payloads(text: str) -> Iterator[tuple[str, Block]]:
    """(name, payload) of all there are; a modal or home has a `type`, a message has none."""
    links = [LinkLine(text[:200], "https://github.com/acme/shop/pull/1", sure, "a b", text[:80])
             for sure in (True, False)] * 20  # fmt: skip
    for name, of in reviews(text):
        yield f"card of {name}", card(of, USERS, links, named=False)
        yield from _windows(name, of)
        if of.course.decision is not None:
            yield "decision", decision_line(of, {})
    yield from _opening(text)
    yield from _home(text)
    yield from _says(text)


def _windows(name: str, of: Review) -> Iterator[tuple[str, Block]]:
    for actor in (MANAGER, LEAD):
        looks = asked(of, actor)
        for kind, form in FORMS.items():
            yield f"{kind} of {name} for {actor.login}", form.show(looks)
        yield f"link of {name}", link.show(looks)
        for step in wizard.STEPS:
            everything = {"step": step, "optional": True, "examples": True}
            view = wizard.show(asked(of, actor, everything), "A notice")
            yield f"wizard {step} of {name}", view


def _opening(text: str) -> Iterator[tuple[str, Block]]:
    for ts in ("1770000000.000100", ""):
        draft = propose.Draft("C0PROPOSALS", ts, ts, text, "U0MANAGER", "https://e.example/r")
        state = propose.draft_state(draft, CATALOG)
        yield f"opening {ts}", propose.show(state, CATALOG, NOW, text)
    known = heard.Heard(
        "C1", "1.2", text, "https://e.example/2", DAY, "C1",
        [(f"p:C1:1770000000.{n:06d}", text[:300]) for n in range(60)], [text] * 5,
    )  # fmt: skip
    segments = CATALOG.organisation.segments
    yield "heard", heard.show(known, segments)
    yield "heard alone", heard.show(replace(known, open_reviews=(), known=()), segments)


def _home(text: str) -> Iterator[tuple[str, Block]]:
    line = HomeLine(
        "p:C1:1.2", text[:3000], "https://e.example/3", text[:300], "R2", text[:300], DAY
    )
    total = stats(Columns().all(), str, str).total
    many = [replace(line, ref=f"p:C1:1.{n}") for n in range(80)]
    for page in (0, 1, 99):
        yield f"home {page}", shown(HomeView(many, many, many, total, page))
    yield "empty home", shown(HomeView([], [], []))


def _says(text: str) -> Iterator[tuple[str, Block]]:
    total = stats(Columns().all(), str, str).total
    yield from {
        "help": says.help_text(text[:200]),
        "mine": says.mine([(text[:300], "https://e.example/4", text[:80])] * 15),
        "none": says.mine([]),
        "stats": says.stats(total),
        "post": says.cannot_post(text[:80]),
        "saved": says.not_saved(),
        "slow": says.too_slow(),
        "invite": says.invite("m:C1:1.2"),
        "stands": says.stands_already("https://e.example/5"),
        "code": says.link_code("ABCDEFGH", 15),
        "wrong": says.wrong(text),
        "loading": says.loading("w1"),
        "said": says.said(says.plain(text)),
    }.items()


def hostile_proposal() -> Proposal:
    return proposal("money", title=HOSTILE, body=LONG)
