"""What people do to our comment: they click, in a hurry too, edit, destroy and delete it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.torture.scene import AUTHOR, MOST_NAMED, WRITERS, Scene, step

TICKED = st.sampled_from(["effect", "effect", "feeling", "feeling", "who", "voice", "why", "reach"])
CLICK = st.tuples(WRITERS, TICKED, st.integers(0, 30), st.integers(0, 2))
QUICK = st.tuples(
    st.sampled_from([AUTHOR, "reviewer"]), st.sampled_from(["effect", "feeling"]), st.integers(0, 1)
)
SEEDS = st.integers(0, 2**32 - 1)


class CommentRules(Scene):
    """Rules for the one comment with the boxes."""

    @rule(clicks=st.lists(CLICK, min_size=1, max_size=3))
    @step
    def toggle(self, clicks: list[tuple[str, str, int, int]]) -> None:
        """People click boxes of our comment, in this second or in one to come."""
        for by, question, which, seconds in clicks:
            self.pass_time(max(seconds, int(self.model.full)))
            self._edit(by, lambda body, q=question, w=which: toggled(body, q, w))  # type: ignore[misc]

    @rule(clicks=st.lists(QUICK, min_size=3, max_size=8))
    @step
    def hurry(self, clicks: list[tuple[str, str, int]]) -> None:
        """One or two people click a few boxes on and off within one second."""
        for by, question, which in clicks:
            if self.model.full:
                break
            self._edit(by, lambda body, q=question, w=which: toggled(body, q, w))  # type: ignore[misc]

    @rule(by=WRITERS, long=st.booleans(), seed=st.none() | SEEDS)
    @step
    def there_and_back(self, by: str, long: bool, seed: int | None) -> None:
        """Somebody ticks two boxes and takes both back, and ticks again, in a second of its own; it
        is told in that order, or in any other."""
        self.pass_time(1)
        free = not self.stage.holding
        self.github.hold_deliveries()
        for question in ("effect", "feeling", "effect", "feeling", "effect")[: 5 if long else 3]:
            self._edit(by, lambda body, q=question: toggled(body, q, 0))  # type: ignore[misc]
        self.model.late |= seed is not None
        if free:
            self.stage.release(seed)

    @rule(
        by=WRITERS, clicks=st.lists(st.tuples(TICKED, st.integers(0, 30)), min_size=2, max_size=3)
    )
    @step
    def edit_several(self, by: str, clicks: list[tuple[str, int]]) -> None:
        """Somebody opens the text and ticks several boxes in one edit."""

        def change(body: str) -> str:
            for question, which in clicks:
                body = toggled(body, question, which)
            return body

        self._edit(by, change)

    @rule(by=WRITERS, how=st.sampled_from(["line", "wipe", "box", "fence", "copy"]), seed=SEEDS)
    @step
    def spoil(self, by: str, how: str, seed: int) -> None:
        """Somebody destroys the text of our comment, which says nothing."""
        self._edit(by, lambda body: spoilt(body, how, random.Random(seed)))

    @rule(by=WRITERS)
    @step
    def delete_ours(self, by: str) -> None:
        """Somebody deletes our comment. Its history goes with it, which alone tells an edit from
        the same edit again in the same second; so that has to be asked for before."""
        if any(count > 1 for count in self.stage.edits.values()):
            self.stage.settle()
        with self.github.state.lock:
            for found in self.stage.our_comments()[-1:]:
                self.github.delete_comment(found.id, by)

    def _edit(self, by: str, change: Callable[[str], str]) -> None:
        found = self.stage.our_comments()
        if found and len(found[-1].history) > MOST_NAMED:
            return
        edit = self.stage.edit_ours(by, change)
        if edit is not None:
            self.model.comment_edited(*edit, by)


BOX = re.compile(r"^- \[([ x])\] (.*\n  <!-- box (\w+)=[a-z0-9-]+ -->)$", re.MULTILINE)


def toggled(body: str, question: str, which: int) -> str:
    """The text with one box of that question clicked; as it is where there is none."""
    boxes = [found for found in BOX.finditer(body) if found[3] == question]
    if not boxes:
        return body
    found = boxes[which % len(boxes)]
    mark = " " if found[1] == "x" else "x"
    return f"{body[: found.start()]}- [{mark}] {found[2]}{body[found.end() :]}"


def spoilt(body: str, how: str, chance: random.Random) -> str:
    """The text with a line or a box less, a fence or a copy more, or nothing left."""
    lines = body.split("\n")
    at = chance.randrange(len(lines))
    match how:
        case "line":
            return "\n".join([*lines[:at], "destroyed", *lines[at + 1 :]])
        case "box":
            boxes = list(BOX.finditer(body))
            found = boxes[at % len(boxes)] if boxes else None
            return body[: found.start()] + body[found.end() + 1 :] if found else body
        case "fence":
            return "\n".join([*lines[:at], "```", *lines[at:]])
        case "copy":
            return f"{body}\n{body}" if len(body) < 30_000 else body
    return "wiped"
