"""The comment: its words, its boxes and back, and that no stranger's text comes alive in it."""

from __future__ import annotations

import re

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from bot.core.answers import Answer
from bot.core.review import Review
from bot.sandbox.markdown import render
from bot.views.github_boxes import parse_comment, ticks_between
from bot.views.github_comment import LIMIT, MARKER, comment, same, wanted
from tests.examples import HOSTILE, answered, examples, review
from tests.golden import same_as_golden

EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_comment_reads_as_agreed(name: str) -> None:
    same_as_golden(f"comment/{name}.md", comment(EXAMPLES[name]))


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_written_is_read_back(name: str) -> None:
    found = EXAMPLES[name]
    boxes = parse_comment(comment(found))
    for answer in found.answers:
        for pick in answer.picks:
            assert boxes.get(f"{answer.question}={pick}", True)
    ticked = {box.split("=")[0] for box, on in boxes.items() if on}
    evidence = {"voice"} if found.evidence else set()
    held = {waiting.question for waiting in found.suggestions if waiting.held}
    assert ticked <= {answer.question for answer in found.answers} | evidence | held


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_box_is_a_task_item_of_github_with_its_id_below(name: str) -> None:
    text = comment(EXAMPLES[name])
    written = len(re.findall(r"^- \[[ x]\] ", text, re.MULTILINE))
    assert written == len(parse_comment(text))
    assert render(text).count('type="checkbox"') == written


def test_a_comment_is_wanted_only_where_somebody_is_asked() -> None:
    silent = {
        "shadow", "draft", "quiet_bot", "not_needed", "not_needed_any_more", "bypassed", "complete",
        "assumed", "waived", "waived_question", "paused", "attested",
        "attested_and_drawn", "lowered",
    }  # fmt: skip
    assert {name for name, found in EXAMPLES.items() if not wanted(found)} == silent


def test_the_first_version_holds_only_the_five_questions() -> None:
    text = comment(EXAMPLES["untouched"])
    questions = {box.split("=")[0] for box in parse_comment(text)}
    assert questions == {"who", "why", "effect", "feeling", "voice"}
    assert text.count("<details open>") == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("[x]", "[X]"),
        lambda text: text.replace("- [", "* ["),
        lambda text: text.replace("- [", "+ ["),
        lambda text: text + "\n> - [x] Existing customers\n>   <!-- box who=partners -->\n",
        lambda text: text + "\n```\n- [x] Partners\n  <!-- box who=partners -->\n```\n",
        lambda text: text + "\n- [x] somebody's own list\n",
    ],
)
def test_the_parser_takes_what_browsers_and_people_make_of_it(change: object) -> None:
    text = comment(EXAMPLES["half_answered"])
    assert parse_comment(change(text)) == parse_comment(text)  # type: ignore[operator]


def test_a_box_that_stands_twice_with_two_states_counts_for_nothing() -> None:
    text = comment(EXAMPLES["untouched"])
    twice = text + "\n- [x] New customers\n  <!-- box who=new -->\n"
    assert "who=new" not in parse_comment(twice)
    assert ticks_between(text, twice) == {}


def test_only_boxes_that_an_edit_changed_are_ticks() -> None:
    before = comment(EXAMPLES["half_answered"])
    after = before.replace("- [ ] Relieved", "- [x] Relieved").replace("Feeling", "Felt")
    assert ticks_between(before, after) == {"feeling=relieved": True}
    assert ticks_between(before, "gone") == {}


def test_moving_a_single_pick_by_hand_reads_as_the_new_tick_last() -> None:
    before = comment(EXAMPLES["half_answered"])
    after = before.replace("- [x] Better\n", "- [ ] Better\n").replace("- [ ] Worse", "- [x] Worse")
    assert list(ticks_between(before, after).items()) == [
        ("effect=better", False),
        ("effect=worse", True),
    ]


def test_while_several_groups_are_ticked_only_the_tally_would_change() -> None:
    untouched = comment(EXAMPLES["untouched"])
    live = untouched.replace("- [ ] Existing", "- [x] Existing")
    assert same(live, comment(EXAMPLES["picking"]))
    assert not same(live, comment(answered(EXAMPLES["picking"], "who=done")))


def test_the_last_group_is_not_folded_away_under_the_pointer() -> None:
    others = answered(review(), "why=accept", "effect=better", "feeling=relieved", "voice=accept")
    ticking = answered(others, "who=new")
    assert "complete" not in comment(ticking).split("\n")[2]
    assert "complete" in comment(answered(ticking, "who=done")).split("\n")[2]


def test_the_longest_possible_comment_is_cut_with_a_hint() -> None:
    def long(found: Review) -> Review:
        text = "wörd " * 20_000
        first = found.answers[0]
        answer = Answer("why", (), text, first.by, first.at, first.door)
        return type(found)(
            **{
                **{name: getattr(found, name) for name in found.__dataclass_fields__},
                "answers": (*found.answers, answer),
            }
        )

    text = comment(long(EXAMPLES["most_asked_begun"]))
    assert len(text) <= LIMIT
    assert "too long" in text


def active(markdown: str) -> list[str]:
    """The tags that GitHub's own parser makes of it, apart from those that we write ourselves."""
    html = cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE)
    allowed = {"p", "h3", "ul", "li", "strong", "b", "code", "details", "summary", "input",
               "pre"}  # fmt: skip
    return sorted({tag.lower() for tag in re.findall(r"<\s*([a-zA-Z][\w-]*)", html)} - allowed)


def test_hostile_text_stays_text() -> None:
    text = comment(EXAMPLES["hostile_text"])
    assert active(text) == []
    assert "evil.example" in text
    assert text.count(MARKER) == 1
    assert not re.search(r"(?<!\w)@\w", re.sub(r"<code>.*?</code>", "", text))
    assert not re.search(r"(?<!&)#\d", text)
    assert "\u202e" not in text


def questions(found: Review) -> list[tuple[str, bool]]:
    """The boxes, without what tells one offered text from another."""
    return [(box.split("accept")[0], on) for box, on in parse_comment(comment(found)).items()]


@given(st.text(max_size=300))
def test_no_description_whatever_adds_a_box_or_a_tag(text: str) -> None:
    found = answered(review(body=f"## Why\n\n{text} and some more words here"), "why=accept")
    plain = answered(review(body="## Why\n\nplain words and some more words here"), "why=accept")
    assert questions(found) == questions(plain) or not found.prefills
    assert active(comment(found)) == []


def test_hostile_example_is_worth_its_name() -> None:
    assert {"a", "img"} <= set(active(HOSTILE))
