"""The comment: its words, its boxes and back, and that no stranger's text comes alive in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.acts import Act, Confirm, Found, Suggest, TakeOver, Tell, Tick, Waive
from bot.core.answers import Answer, Door, Evidence
from bot.core.gate import Gate, standing
from bot.core.grammar import Given, Piece
from bot.core.missing import required
from bot.core.review import Review
from bot.core.rulings import Ruled, Ruling
from bot.core.tier import Tier
from bot.core.tiering import held_back
from bot.sandbox.markdown import render
from bot.views.github_boxes import parse_comment, ticks_between
from bot.views.github_check import check
from bot.views.github_comment import LIMIT, MARKER, comment, same, wanted
from bot.views.reply import status_text
from tests.acting import STRANGER, act, played
from tests.examples import (
    HOSTILE,
    NOW,
    REVIEWER,
    acted,
    answered,
    examples,
    review,
    ticked,
)
from tests.golden import same_as_golden

EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_comment_reads_as_agreed(name: str) -> None:
    same_as_golden(f"comment/{name}.md", comment(EXAMPLES[name]))


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_written_is_read_back(name: str) -> None:
    found = EXAMPLES[name]
    boxes = parse_comment(comment(found))
    held = {waiting.question for waiting in found.suggestions if waiting.held}
    for answer in found.answers:
        for pick in answer.picks:
            assert boxes.get(f"{answer.question}={pick}", True) or answer.question in held
    ticked = {box.split("=")[0] for box, on in boxes.items() if on}
    evidence = {"voice"} if found.evidence else set()
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
        "attested_and_drawn", "lowered", "one_answer_waits",
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


# -- what a reader must be told --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "waived_question",
            "Problem: waived by <b>reviewer</b> until 31 Mar 2026: “the interviews",
        ),
        ("waived_question", "After that day it is asked again."),
        ("waived", "All that is open is waived by <b>reviewer</b> until 31 Mar 2026"),
        ("waived", "(no reviewers are named, so write access is enough)"),
        ("waiver_over", "(that day is over)"),
        ("waiver_over", "5 quick questions"),
        ("paused", "<b>reviewer</b> turned the bot off here: “release day, we talk about it"),
        ("paused", "<code>/impact resume</code> turns it on again"),
        ("attested", "author says that no customer will notice: “only a comment in the style"),
        ("attested", "If customers will notice, <code>/impact tier R1 …</code>"),
        ("attested_and_drawn", "picked by chance for a reviewer to look at"),
        ("attested_and_drawn", "<code>/impact tier R0 …</code> with one line why confirms it"),
        ("lowered", "reviewer lowered this to R0: “the page is not released yet”"),
        ("raised", "**R2**: reviewer asked for more: “everybody will meet this every day”"),
        ("raised", "9 questions, about"),
        ("told", "asked on 2026-02-20, admins: I export every Friday"),
        ("told_in_public", "Voice: <b>1 asked, 1 signal</b>"),
        ("not_applicable", "➖ Feeling: not applicable, <b>“nobody sees it in this form”</b>"),
        ("held_back", "“Worse” counts once you agree: it makes this R2 and adds 5 questions"),
        ("held_back", "it also asks reach, value, not served, measure and telling them"),
        ("one_answer_waits", "complete, and one answer waits for a yes"),
        ("suggested", "<b>passer-by</b> suggests: “When I export at month's end, it times out.”"),
        ("suggested", "- [ ] Take it as the answer"),
        ("asked_again", "Asked again: <code>pricing/plans.json</code> changed: a price."),
        ("asked_again", "Said so far: Existing customers (reviewer)"),
        ("asked_again", "- [ ] That still holds"),
        ("unread_description", "· its line in the description could not be read</summary>"),
        ("unread_description", "Example: <code>effect: better, and one sentence about it</code>"),
        ("reverted", "Effect: <b>Better</b> (reviewer, from #\u206011, which this reverts)"),
        ("reverted", "Voice: <b>asked: It broke</b> (reviewer, from #\u206011, which this"),
        ("comment_deleted", "(reviewer; the comment has since been deleted)"),
    ],
)
def test_a_reader_is_told(name: str, told: str) -> None:
    assert told in comment(EXAMPLES[name])


def unfolded(text: str) -> list[str]:
    """The questions that stand open."""
    return re.findall(r"<details open>\n<summary>(.*)</summary>", text)


@pytest.mark.parametrize("name", EXAMPLES)
def test_at_most_one_question_stands_open_and_one_does_where_something_is_asked(name: str) -> None:
    found = EXAMPLES[name]
    text = comment(found)
    gate = standing(found).gate
    waits = bool(found.last_picked) or any(s.held for s in found.suggestions)
    asking = gate is Gate.PENDING or (gate is Gate.COMPLETE and waits)
    assert len(unfolded(text)) == text.count("<details open>")
    assert len(unfolded(text)) == asking
    assert text.count("<details") == text.count("</details>") == text.count("<summary>")


def test_an_answer_that_waits_for_a_yes_stands_open_also_when_all_is_answered() -> None:
    for name in ("held_back", "one_answer_waits"):
        (summary,) = unfolded(comment(EXAMPLES[name]))
        assert "counts once you agree" in summary
    busy = acted(
        review(), ticked(review(), "who=new"), Suggest("effect", Given(("worse",)), held=True)
    )
    assert "counts once you agree" in unfolded(comment(busy))[0]


def test_of_a_single_pick_only_the_one_that_waits_is_ticked() -> None:
    boxes = parse_comment(comment(EXAMPLES["one_answer_waits"]))
    assert [box for box, on in boxes.items() if on and box.startswith("effect=")] == [
        "effect=worse"
    ]


def test_a_suggestion_that_would_raise_says_so_before_it_is_taken() -> None:
    worse = Suggest("effect", Given(("worse",)))
    text = comment(acted(review(), worse, by=STRANGER))
    assert "suggests: “Worse”. That makes this R2: it also asks reach," in text
    better = comment(acted(review(), Suggest("effect", Given(("better",))), by=STRANGER))
    assert "suggests: “Better”\n" in better


def test_a_taken_suggestion_names_both() -> None:
    waiting = act(1, Suggest("why", Given(text="It times out at month's end.")), by=STRANGER)
    use = f"why=use-{played(waiting).suggestions[0].id}"
    text = comment(played(waiting, act(2, Tick(use, True), by=REVIEWER)))
    assert "“It times out at month's end.”</b> (reviewer, suggested by passer-by)" in text


# -- what a tick leaves alone ----------------------------------------------------------------------


def sections(text: str) -> dict[str, str]:
    """The comment in parts, by the question or the summary; without headline, and all folded."""
    lines = [line for line in text.split("\n") if not line.startswith("### ")]
    parts = "\n".join(lines).replace("<details open>", "<details>").split("<details>")
    found: dict[str, str] = {"": parts[0]}
    for part in parts[1:]:
        named = re.search(r"<!-- box (\w+)=|/impact ([a-z&#0-9;_]+):", part)
        summary = part.split("</summary>")[0]
        found[next(filter(None, named.groups())) if named else summary] = part
    return found


BEGUN = ["half_answered", "told", "told_in_public", "not_applicable", "asked_again", "reverted",
         "comment_deleted", "most_asked_begun", "hostile_text"]  # fmt: skip


def ticks(found: Review) -> Iterator[Tick]:
    """Every box that may be ticked next."""
    for box, on in parse_comment(comment(found)).items():
        question, _, option = box.partition("=")
        offer = found.prefill(question) if option.startswith("accept-") else None
        yield Tick(box, not on, offer)


@pytest.mark.parametrize("name", BEGUN)
def test_a_tick_alone_changes_nothing_outside_its_question_and_the_headline(name: str) -> None:
    before = EXAMPLES[name]
    known = sections(comment(before))
    asked = {question.id for question, _ in before.asked}
    tried = 0
    for tick in ticks(before):
        after = acted(before, held_back(before, tick), door=Door.COMMENT)
        if standing(after).gate is not Gate.PENDING or {q.id for q, _ in after.asked} != asked:
            continue
        if {q.id for q, _ in required(after)} != {q.id for q, _ in required(before)}:
            continue  # "worse" asks how people will learn of it
        now = sections(comment(after))
        changed = {part for part in known | now if known.get(part) != now.get(part)}
        assert changed <= {tick.box.partition("=")[0]}, tick
        tried += 1
    assert tried > 10


# -- in the open -----------------------------------------------------------------------------------


def in_public(found: Review) -> Review:
    shop = replace(found.pull_request.repository, private=False)
    return replace(found, subject=replace(found.pull_request, repository=shop))


SECRETS = st.text("ghjklmnpqrstvwxz", min_size=12, max_size=30)


@settings(max_examples=25)
@given(SECRETS, st.sampled_from(["asked", "observed", "signal", "assumed"]))
def test_in_the_open_no_customers_words_and_no_taken_over_line_show(secret: str, kind: str) -> None:
    piece = Given(piece=Piece(kind, f"{secret} all", f"https://example.com/{secret}", None, secret))
    heard = Evidence(kind, secret, f"https://example.com/{secret}", None, secret, REVIEWER, NOW,
                     Door.COMMENT)  # fmt: skip
    theirs = (
        Answer("why", (), f"{secret} in words", REVIEWER, NOW, Door.COMMENT),
        Answer("effect", ("better",), f"{secret} in words", REVIEWER, NOW, Door.COMMENT),
        Answer("feeling", (), f"{secret} reason", REVIEWER, NOW, Door.COMMENT, not_applicable=True),
    )
    acts = [
        act(1, TakeOver("#11", theirs, (heard,)), door=Door.REVERT),
        act(2, Tell("voice", piece)),
        act(3, Suggest("voice", piece), by=STRANGER),
        act(4, Suggest("voice", Given(("assumed",), secret), held=True)),
        act(5, Found(("a",), ("effect", "why", "voice"), "a price changed")),
        act(6, Confirm("effect"), Confirm("why"), Confirm("voice")),
        act(7, Tick("effect=different", True)),
    ]
    worse: Act = act(8, held_back(played(*acts), Tick("effect=worse", True)))
    for number in range(len(acts) + 1):
        found = in_public(played(*acts[:number], *([worse] if number == len(acts) else [])))
        run = check([found])
        assert secret not in comment(found) + run.title + run.summary + status_text(found)
    assert secret in comment(played(*acts[:2]))


# -- how long it may get ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_text_is_too_long_for_github(name: str) -> None:
    found = EXAMPLES[name]
    words = "wörd <b> @a " * 90
    by = found.pull_request.author
    line = Answer("", (), words, by, NOW, Door.COMMAND)
    many = replace(
        found,
        answers=tuple(replace(line, question=q.id) for q in found.checklist.all_questions()),
        evidence=tuple(
            Evidence("asked", words + str(n), "", None, "", by, NOW, Door.COMMAND)
            for n in range(60)
        ),
        rulings=tuple(
            Ruling(Ruled.RAISED, Tier.R3, words[:500], by, NOW, Door.COMMAND) for _ in range(90)
        ),
        tier=Tier.R3,
    )
    run = check([many])
    assert len(comment(many)) <= LIMIT
    assert comment(many).count("<details") == comment(many).count("</details>")
    assert len(run.summary) <= LIMIT
    assert len(run.title) <= 120
    assert len(status_text(many)) <= LIMIT


def test_what_was_waived_shows_as_waived_also_where_something_was_picked() -> None:
    waive = Waive("voice", date(2026, 3, 31), "the interviews are next week")
    found = acted(answered(EXAMPLES["most_asked"], "voice=signal"), waive)
    text = comment(found)
    assert "⏭️ Voice: waived by <b>reviewer</b> until 31 Mar 2026" in text
    assert "✅ Voice" not in text


def test_a_line_that_says_too_little_is_told_so_and_shows_how() -> None:
    text = comment(acted(review(body=""), Tell("why", Given(text="faster"))))
    assert "say a little more, in 20 characters or more" in text
    assert "`/impact why: one sentence in your own words`" in text


def test_nobody_is_thanked_for_what_was_assumed() -> None:
    assert "Thank you" not in comment(EXAMPLES["assumed"])
    assert "Thank you" in comment(EXAMPLES["complete"])
