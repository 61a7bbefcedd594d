"""The replies: their words, their lines to copy, and that no text comes alive in them."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from bot.core.acts import Judge, Pause, Waive
from bot.core.checklist import Checklist, Option
from bot.core.commands import AnswerGiven, Line, examples, read_commands
from bot.core.facts import Actor
from bot.core.gate import standing
from bot.core.review import Review
from bot.core.rulings import Ruled
from bot.core.tier import Tier
from bot.views.reply import (
    LIMIT,
    MARKER,
    Waiting,
    corrected_text,
    error_text,
    help_text,
    marked,
    marker,
    status_text,
    waiting_text,
)
from bot.views.reply_parts import compose, items
from tests.examples import ALL_OF_R1, CATALOG, HOSTILE, LOCK, PRICE, acted, answered, review
from tests.golden import same_as_golden

TODAY = date(2026, 3, 2)
CHECKLIST = CATALOG.checklist
UNTIL = date(2026, 4, 1)
UNTOUCHED = review()
ASKED_MOST = review(PRICE, title="Raise the price of Pro", body="Costs went up by a fifth.")
WAIVED_ONE = acted(UNTOUCHED, Waive("feeling", UNTIL, "the design is still being tried"))
STATES = {
    "half_answered": answered(UNTOUCHED, "who=existing", "why=accept", "effect=better"),
    "complete": answered(UNTOUCHED, *ALL_OF_R1),
    "most_asked": answered(ASKED_MOST, "who=paying", "effect=worse", "voice=assumed"),
    "warn": review(organisation=CATALOG.organisation),
    "draft": review(draft=True),
    "not_needed": review(LOCK, title="Refresh the lock file"),
    "merged": review(open=False, merged=True, old=answered(UNTOUCHED, "who=existing")),
    "one_waived": WAIVED_ONE,
    "all_waived": acted(UNTOUCHED, Waive("all", UNTIL, "an outage is being repaired")),
    "paused": acted(UNTOUCHED, Pause("this is a trial and will not be merged")),
    "raised": acted(UNTOUCHED, Judge(Ruled.RAISED, Tier.R2, "a button of every day moves")),
    "attested": acted(
        UNTOUCHED, Judge(Ruled.ATTESTED, Tier.R0, "only a comment in the style sheet", ("visible",))
    ),
}


def lines(body: str, checklist: Checklist = CHECKLIST) -> tuple[Line, ...]:
    return read_commands(body, checklist, TODAY)


WRONG = lines("/impact hlep\n/impact\nwho: existing\neffct: better\nreach: many\n/impact none")
ERRORS = [line for line in WRONG if line.error]
REPLIES = {
    "help": help_text(CHECKLIST, TODAY),
    "errors": error_text(ERRORS, taken=2),
    "one_error": error_text(ERRORS[1:2], taken=0),
    "waiting": waiting_text([Waiting(3, "effect", Tier.R2, CHECKLIST.questions[5:8])]),
    "corrected": corrected_text(),
    **{f"status_{name}": status_text(found) for name, found in STATES.items()},
}


def active(markdown: str) -> list[str]:
    """The tags that GitHub's own parser makes of it, apart from those that we write ourselves."""
    extensions = ("autolink", "tasklist", "table", "strikethrough")
    made = cmarkgfm.markdown_to_html_with_extensions(markdown, Options.CMARK_OPT_UNSAFE, extensions)
    allowed = {"p", "h3", "ul", "li", "strong", "code", "pre", "details", "summary"}
    return sorted({tag.lower() for tag in re.findall(r"<\s*([a-zA-Z][\w-]*)", made)} - allowed)


def outside_code(markdown: str) -> str:
    """What GitHub looks through for mentions and references."""
    made = cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE)
    return html.unescape(re.sub(r"<code>.*?</code>|<!--.*?-->", "", made, flags=re.DOTALL))


def to_copy(reply: str) -> str:
    """The lines of the reply that are there to be copied."""
    return "".join(re.findall(r"```\n(.*?)\n```", reply, re.DOTALL))


@pytest.mark.parametrize("name", REPLIES)
def test_the_reply_reads_as_agreed(name: str) -> None:
    same_as_golden(f"reply/{name}.md", REPLIES[name])


@pytest.mark.parametrize("name", REPLIES)
def test_every_reply_is_marked_short_and_quiet(name: str) -> None:
    text = REPLIES[name]
    assert text.startswith(f"{MARKER}\n\n### 🪑 ")
    assert len(text) <= LIMIT
    assert active(text) == []
    assert not re.search(r"^\s*[-*+] \[[ xX]\]", text, re.MULTILINE)
    assert not re.search(r"(?<!\w)@\w|#\d", outside_code(text))


@pytest.mark.parametrize("name", REPLIES)
def test_no_reply_is_a_command_itself(name: str) -> None:
    assert lines(REPLIES[name]) == ()


def test_help_fits_one_screen_shows_every_command_and_its_lines_are_right() -> None:
    text = REPLIES["help"]
    open_part, folded = text.split("<details>")
    assert open_part.count("\n") < 40
    shown = re.findall(r"`(/impact .*?)`", text)
    assert {line for line, what in examples(CHECKLIST, TODAY) if "without a colon" not in what} <= {
        *shown
    }
    for line in shown:
        assert [found.error for found in lines(line)] == [""]
    assert folded.count("\n- ") == 9


def test_help_says_who_may_do_it() -> None:
    groups = dict(re.findall(r"\*\*(.+?)\*\* \((.+?)\)", REPLIES["help"]))
    assert groups.pop("Ask later, or less") == "a reviewer, never the author"
    assert set(groups.values()) == {"the author, and everybody with write access"}


@pytest.mark.parametrize("name", STATES)
def test_the_lines_to_copy_name_just_what_is_missing(name: str) -> None:
    found, reply = STATES[name], REPLIES[f"status_{name}"]
    named = re.findall(r"^(\w+): ", to_copy(reply), re.MULTILINE)
    assert named == [gap.question.id for gap in standing(found).missing]
    assert all(gap.question.ask in reply for gap in standing(found).missing)


def test_the_lines_to_copy_are_taken_once_the_dots_are_replaced() -> None:
    reply = REPLIES["status_most_asked"]
    assert "effect: worse, …" in to_copy(reply)
    filled = to_copy(reply).replace("effect: worse, …", "effect: worse, for some weeks")
    taken = [line.command for line in lines(filled) if "effect" in line.text]
    assert [c.given.text for c in taken if isinstance(c, AnswerGiven)] == ["for some weeks"]
    assert not [line.error for line in lines(filled) if line.error]


def test_the_status_says_what_is_offered_and_how_to_take_it() -> None:
    assert "Found in your description; to take it: `/impact accept why`" in status_text(UNTOUCHED)
    again = replace(STATES["complete"].answers[0], again="a price changed")
    asked_again = replace(STATES["complete"], answers=(again, *STATES["complete"].answers[1:]))
    assert f"If the answer still holds: `/impact accept {again.question}`" in status_text(
        asked_again
    )


def test_what_was_waived_or_ruled_is_told_with_who_why_and_until_when() -> None:
    assert "reviewer lets Feeling wait until 2026-04-01: “the design" in status_text(WAIVED_ONE)
    assert "reviewer raised this to R2: “a button" in REPLIES["status_raised"]
    over = replace(WAIVED_ONE, waivers=(replace(WAIVED_ONE.waivers[0], expired=True),))
    assert "On record" not in status_text(over)
    ended = replace(STATES["raised"], rulings=(replace(STATES["raised"].rulings[0], ended=True),))
    assert "On record" not in status_text(ended)


def test_an_error_names_its_line_and_the_other_lines_are_said_to_count() -> None:
    assert re.findall(r"\*\*Line (\d)\*\*", REPLIES["errors"]) == ["1", "4", "5", "6"]
    assert "The other 2 lines of the comment counted." in REPLIES["errors"]
    assert "The other line of the comment counted." in error_text(ERRORS, taken=1)
    assert "counted" not in REPLIES["one_error"]
    assert error_text([], taken=3) == ""


def test_a_reply_is_known_by_the_comment_that_it_answers() -> None:
    posted = marked(f"{REPLIES['one_error']}\n\n{REPLIES['help']}", 900)
    assert posted.startswith(f"{MARKER}\n{marker(900)}\n\n### 🪑 ")
    assert posted.count(MARKER) == 1
    assert marker(90) not in posted


def hostile(text: str) -> list[str]:
    """The replies with this text in every place that people fill."""
    somebody = Actor(12, text)
    deeds = (Waive("who", UNTIL, text), Judge(Ruled.RAISED, Tier.R2, text))
    told = acted(UNTOUCHED, *deeds, by=somebody)
    # One command a line: what a line break would begin is read on its own.
    line = " ".join(text.split())
    body = "\n".join(f"/impact {verb}{line}" for verb in ("", "reach: ", "undo ", "tier ", "a"))
    wrong = [line for line in lines(body) if line.error]
    return [status_text(told), error_text(wrong, 1)]


def test_hostile_text_stays_text() -> None:
    assert {"a", "img"} <= set(active(HOSTILE))
    for text in hostile(HOSTILE):
        assert active(text) == []
        assert "evil.example" in text
        assert not re.search(r"(?<!\w)@\w|#\d", outside_code(text))
        assert "\u202e" not in text


@given(st.text(max_size=200))
def test_no_text_whatever_comes_alive(text: str) -> None:
    for reply in hostile(text):
        assert active(reply) == []
        assert reply.count(MARKER) == 1


def wordy(found: Review) -> Review:
    """The review with the longest words that a checklist may hold."""
    options = tuple(Option(id=f"{i:03}-" + "x" * 36, label="_" * 75) for i in range(99))
    questions = tuple(
        q.model_copy(update={"ask": "_" * 150, "options": options if q.options else ()})
        for q in found.checklist.questions * 9
    )
    return replace(found, checklist=replace(found.checklist, questions=questions))


def test_the_longest_reply_stays_below_the_limit_and_whole() -> None:
    status = status_text(acted(wordy(ASKED_MOST), Waive("who", UNTIL, "_" * 500)))
    assert len(status) <= LIMIT
    assert re.search(r"^- … and \d+ more$", status, re.MULTILINE)
    assert status.count("```") % 2 == 0
    errors = error_text([Line(i, "x", None, f"“{'$' * 60}” is wrong") for i in range(51)], 0)
    assert len(errors) <= LIMIT
    assert re.search(r"^- … and \d+ more$", errors, re.MULTILINE)
    assert len(help_text(wordy(ASKED_MOST).checklist, TODAY)) <= LIMIT


def test_what_does_not_fit_is_left_out_as_a_whole_and_counted() -> None:
    assert items(["one", "x" * 20, "two"], budget=10) == "- one\n- … and 2 more"
    assert compose("Title", "first", "x" * LIMIT) == compose("Title", "first")
