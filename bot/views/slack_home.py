"""The App Home: what is mine, what waits for me, what was decided, how my team does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.stats import AMONG, Hours, Line, Rate, Value
from bot.views.slack_blocks import actions, context, divider, header, home, paged, section
from bot.views.slack_inputs import button
from bot.views.slack_limits import Block
from bot.views.slack_names import Press
from bot.views.slack_text import link, mrkdwn
from bot.views.words import count, day

PAGE = 24  # blocks of lists on one page: about ten reviews
SHOWN = ("eligible", "complete", "pending", "waived", "without_review", "coverage")


@dataclass(frozen=True, slots=True)
class HomeLine:
    """One review in a list. `ref` names it for the buttons, `where` is its channel or its name.

    `then` says what it waits for. `acts`: it can be worked on here; else its address leads there.
    """

    ref: str
    title: str
    url: str
    where: str
    tier: str
    then: str
    due: date | None = None
    acts: bool = True


@dataclass(frozen=True, slots=True)
class HomeView:
    """All that one person sees. `team` are the numbers of their team; None where there are none."""

    mine: Sequence[HomeLine]
    waiting: Sequence[HomeLine]
    decided: Sequence[HomeLine]
    team: Line | None = None
    page: int = 0
    weeks: int = 12


def shown(view: HomeView) -> Block:
    """The tab; a page that is not there any more is the last one."""
    pages = paged(_groups(view), PAGE) or [[]]
    at = min(max(view.page, 0), len(pages) - 1)
    top = [
        header("No decisions without the customer"),
        actions(button("New proposal", Press.NEW, "new", style="primary")),
    ]
    bottom = [*_turn(at, len(pages)), *(_team(view) if view.team and at == 0 else [])]
    return home([*top, *pages[at], *bottom])


def _groups(view: HomeView) -> list[list[Block]]:
    groups: list[list[Block]] = []
    for title, lines, none, answering in (
        ("Waiting for you", view.waiting, "Nothing waits for you.", False),
        ("Your open reviews", view.mine, _NONE_MINE, True),
        ("Decided lately", view.decided, "Nothing was decided in the last 30 days.", None),
    ):
        groups.append([divider(), section(f"*{title}* ({len(lines)})")])
        if not lines:
            groups.append([context(none)])
        groups += [_line(each, answering) for each in lines]
    return groups


_NONE_MINE = (
    "Nothing of yours is open. A message becomes a review by its menu “⋯” → *Customer impact*."
)


def _line(each: HomeLine, answering: bool | None) -> list[Block]:
    named = link(each.url, each.title) if each.url else f"*{mrkdwn(each.title)}*"
    parts = [mrkdwn(each.where), each.tier, mrkdwn(each.then)]
    if each.due is not None:
        parts.append(f"due {day(each.due)}")
    text = f"{named}\n{' · '.join(part for part in parts if part)}"
    if not each.acts or answering is None:
        return [section(text)]
    if not answering:
        return [section(text, accessory=button("Consent or object", Press.CONSENT, each.ref))]
    buttons = (button("Answer", Press.ANSWER, each.ref), button("Decide", Press.DECIDE, each.ref))
    return [section(text), actions(*buttons)]


def _turn(at: int, pages: int) -> list[Block]:
    if pages < 2:
        return []
    ways = []
    if at > 0:
        ways.append(button("Earlier", f"{Press.PAGE}:back", str(at - 1)))
    if at + 1 < pages:
        ways.append(button("More", f"{Press.PAGE}:on", str(at + 1)))
    return [context(f"Page {at + 1} of {pages}"), actions(*ways)]


def _team(view: HomeView) -> list[Block]:
    line = view.team
    assert line is not None
    named = "All teams" if line.name == "all" else line.name
    n = count(view.weeks, "week")
    fields = [
        f"*{measure.heading}*: {value(line.values[measure.name])}\n_{mrkdwn(measure.definition)}_"
        for measure in AMONG
        if measure.name in SHOWN
    ]
    return [divider(), section(f"*{mrkdwn(named)}*, the last {n}"), section("", fields=fields)]


def value(of: Value) -> str:
    """A number with what it is a share of."""
    if isinstance(of, Rate):
        return f"– (n = {of.n})" if of.percent is None else f"{of.percent} % (n = {of.n})"
    if isinstance(of, Hours):
        return f"– (n = {of.n})" if of.hours is None else f"{of.hours} hours (n = {of.n})"
    return str(of)
