"""R1 takes three minutes at most: three ways to answer, counted step by step.

The time of each step is that of the keystroke-level model (Card, Moran, Newell, 1980): what
somebody who knows the mouse and types as most office workers do needs for it, thinking included.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.cli.pair import Pair
from bot.views.github_boxes import parse_comment
from tests.data import ROOT
from tests.flows.test_pull_request_door import BODY, later, only_comment, opened, place, says

TYPE, POINT, CLICK, HOME, THINK = 0.28, 1.1, 0.2, 0.4, 1.35  # seconds: K, P, B, H and M
WORDS_A_SECOND = 238 / 60  # Brysbaert, 2019: silent reading of English
LIMIT = 180  # seconds
REPORT = ROOT / "docs" / "three-minutes.md"
LINES = """\
/impact
who: existing
why: Large shops wait minutes for an export, and give up half way.
effect: better
feeling: relieved
voice: signal "twelve tickets a month about slow exports"
"""


@dataclass
class Effort:
    """What one way to answer took. `reading` counts words."""

    clicks: int = 0
    keys: int = 0
    reading: int = 0
    decisions: int = 0
    comments: int = 0

    @property
    def seconds(self) -> float:
        """Pointing and clicking, typing, moving the hand for it, reading, deciding."""
        hands = self.clicks * (POINT + CLICK) + self.keys * TYPE + (2 * HOME if self.keys else 0)
        return hands + self.reading / WORDS_A_SECOND + self.decisions * THINK


def visible_words(markdown: str) -> int:
    """The words that somebody sees before unfolding anything: folded parts show their summary."""
    shut = r"<details>\s*<summary>(.*?)</summary>(?:(?!<details).)*?</details>"
    text, before = markdown, ""
    while text != before:
        before, text = text, re.sub(shut, r"\1", text, flags=re.DOTALL)
    return len(re.findall(r"\w+", re.sub(r"<!--.*?-->|<[^>]*>|&\S+;", " ", text)))


def by_ticks(pair: Pair, number: int) -> Effort:
    """Read the comment, tick five boxes; each next question unfolds by itself."""
    effort = Effort(reading=visible_words(only_comment(pair, number).body))
    for box in ("who=existing", "why=accept", "effect=better", "feeling=relieved", "voice=accept"):
        before = only_comment(pair, number)
        pair.github.tick(before.id, place(before.body, box), "author", checked=True)
        assert pair.settle()
        folded = not unfolded(before.body, box)
        effort.clicks += 2 if folded else 1
        effort.decisions += 2  # which one, and is that so
        effort.reading += 20  # the options of a question
    return effort


def unfolded(body: str, box: str) -> bool:
    part = body.partition("<details open>")[2].partition("</details>")[0]
    return any(name.startswith(box) for name in parse_comment(part))


def by_one_comment(pair: Pair, number: int) -> Effort:
    """Unfold and copy the block, fill in five lines, post it."""
    effort = Effort(reading=visible_words(only_comment(pair, number).body) + 60)
    pair.github.comment(number, LINES, "author")
    assert pair.settle()
    given = sum(len(line.partition(": ")[2]) for line in LINES.splitlines())
    effort.clicks, effort.keys, effort.decisions, effort.comments = 5, given, 10, 1
    return effort


def by_description(pair: Pair, number: int) -> Effort:
    """Open the description for editing, write five lines below the heading, save."""
    effort = Effort(reading=visible_words(only_comment(pair, number).body) + 20)
    written = "\n\n## Customer impact\n" + LINES.removeprefix("/impact")
    pair.github.edit_pull_request(number, body=BODY + written)
    assert pair.settle()
    effort.clicks, effort.keys, effort.decisions = 3, len(written), 10
    return effort


WAYS = {
    "Ticks in the comment": by_ticks,
    "One comment with all lines": by_one_comment,
    "The description": by_description,
}


def measured(pair: Pair, way: Callable[[Pair, int], Effort]) -> tuple[Effort, int]:
    """The effort of one way, and how many notifications it caused beside that of the opening."""
    number = opened(pair)
    later(pair)
    before = len(pair.github.comments(number))
    effort = way(pair, number)
    assert says(pair, number)[0] == "success"
    return effort, len(pair.github.comments(number)) - before


def row(name: str, effort: Effort, notifications: int) -> str:
    return (
        f"| {name} | {effort.seconds:.0f} s | {effort.clicks} | {effort.keys} | "
        f"{effort.comments} | {notifications} |"
    )


@pytest.mark.parametrize("name", WAYS)
def test_an_r1_review_takes_three_minutes_at_most(
    pair: Pair, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    effort, notifications = measured(pair, WAYS[name])
    line = row(name, effort, notifications)
    with capsys.disabled():
        print(f"\n{line}")  # noqa: T201  # the figures are what this run is for
    assert effort.seconds <= LIMIT
    assert notifications == effort.comments
    assert line in REPORT.read_text(encoding="utf-8"), f"docs/three-minutes.md should say: {line}"
