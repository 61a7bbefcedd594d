"""Every kind of answer has one line, and the line reads back."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.checklist import Kind, Question
from bot.core.grammar import Given, Piece, example, read, write
from bot.errors import UserError
from tests.examples import CATALOG

QUESTIONS = {question.id: question for question in CATALOG.checklist.all_questions()}


@pytest.mark.parametrize(
    ("question", "text", "wanted"),
    [
        ("why", "Exports take too long.", Given(text="Exports take too long.")),
        ("reach", "10-to-50", Given(("10-to-50",))),
        ("reach", "Over 50 %", Given(("over-50",))),
        ("journey", "start, Get help", Given(("start", "get-help"))),
        ("effect", "different, the button moves", Given(("different",), "the button moves")),
        ("effect", "BETTER", Given(("better",))),
        ("effect", "Better for some, worse for others, as always", Given(("mixed",), "as always")),
        ("feeling", "let-down", Given(("let-down",))),
        ("who", "existing, paying", Given(("existing", "paying"))),
        ("who", "existing; shop owners in Japan", Given(("existing",), "shop owners in Japan")),
        ("who", "shop owners in Japan, new", Given(("new",), "shop owners in Japan")),
        ("who", "; shop owners in Japan", Given((), "shop owners in Japan")),
        ("voice", "assumed", Given(piece=Piece("assumed"))),
        (
            "voice",
            'asked 2026-02-20 [admins] "I export every Friday" https://example.com/7',
            Given(
                piece=Piece(
                    "asked", "I export every Friday", "https://example.com/7",
                    date(2026, 2, 20), "admins",
                )
            ),
        ),
        ("voice", "signal 40 tickets in May", Given(piece=Piece("signal", "40 tickets in May"))),
        ("voice", "observed http://x.test", Given(piece=Piece("observed", link="http://x.test"))),
        ("measure", "sales a week, 12 -> 15, 70%", Given(text="sales a week, 12 → 15, 70 %")),
        ("measure", "days, to sale, 3 to 1, 55 %", Given(text="days, to sale, 3 → 1, 55 %")),
        ("measure", "we, lost customers 3->1,5%", Given(text="we, lost customers 3 → 1, 5 %")),
        ("journey", "use, Use, start", Given(("use", "start"))),
        (
            "voice",
            'asked "see https://example.com/7"',
            Given(piece=Piece("asked", "see https://example.com/7")),
        ),
        ("spoke_for", "colleague, Dana from support", Given(("colleague",), "Dana from support")),
        ("look_back", "2026-12-01, Dana", Given(text="2026-12-01, Dana")),
    ],
)  # fmt: skip
def test_each_line_is_read_as_meant(question: str, text: str, wanted: Given) -> None:
    assert read(QUESTIONS[question], text) == wanted
    assert read(QUESTIONS[question], write(QUESTIONS[question], wanted)) == wanted


@pytest.mark.parametrize(
    ("question", "text", "says"),
    [
        ("reach", "many", "“many” is none of `none`, `under-1`"),
        ("effect", "bluer, than before", "“bluer” is none of `better`"),
        ("journey", "use, fly", "“fly” is none of"),
        ("voice", "rumour of discontent", "it begins with one of `asked`"),
        ("voice", "asked 2026-13-45 they said so", "“2026-13-45” is not a date"),
        ("measure", "more exports", "a measure is: what, today's value → expected value"),
        ("measure", "exports, 1 → 2, 120 %", "more than 100 %"),
        ("look_back", "next spring", "“next spring” is not a date"),
        ("measure", "exports, today → soon", "a measure is: what"),
        ("measure", "exports, → 2, 50 %", "a measure is: what"),
        ("measure", ", 1 → 2, 50 %", "a measure is: what"),
        ("journey", ", ,", "nothing is named"),
        ("who", " ; ", "nothing is named"),
        ("reach", "`m`any\N{ZERO WIDTH SPACE}", "“many” is none of"),
        ("reach", "y" * 900, f"“{'y' * 60}” is none of"),
        ("why", "   ", "there is nothing behind the colon"),
        ("why", "x" * 1001, "more than 1000 characters"),
    ],
)
def test_a_mistake_says_what_was_read_what_is_possible_and_an_example(
    question: str, text: str, says: str
) -> None:
    with pytest.raises(UserError) as caught:
        read(QUESTIONS[question], text)
    message = str(caught.value)
    assert says in message
    shown = re.search(rf"Example: `{question}: (.*)`$", message)
    assert shown
    read(QUESTIONS[question], shown[1])


@pytest.mark.parametrize("id", QUESTIONS)
def test_the_example_of_every_question_is_right(id: str) -> None:
    assert read(QUESTIONS[id], example(QUESTIONS[id]))


WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=60).map(
    lambda text: " ".join(text.split())
)


@given(st.sampled_from(sorted(QUESTIONS)), WORDS)
def test_whatever_is_read_reads_back_the_same(id: str, text: str) -> None:
    question = QUESTIONS[id]
    try:
        first = read(question, text)
    except UserError:
        return
    assert read(question, write(question, first)) == first


@given(WORDS, st.dates(), st.sampled_from(["asked", "observed", "signal", "assumed"]))
def test_a_piece_of_evidence_reads_back_the_same(text: str, on: date, kind: str) -> None:
    question: Question = QUESTIONS["voice"]
    assert question.kind is Kind.EVIDENCE
    line = f'{kind} {on.isoformat()} [admins] "{text}" https://example.com/7'
    once = read(question, line)
    assert read(question, write(question, once)) == once


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("We are assuming", "assumed"),
        ("we asked customers: “slow”", "asked"),
        ("A signal: ticket, review, number https://example.com/7", "signal"),
    ],
)
def test_the_words_of_a_box_say_how_it_was_heard(line: str, kind: str) -> None:
    voice = CATALOG.checklist.question("voice")
    assert voice is not None
    piece = read(voice, line).piece
    assert piece is not None
    assert piece.kind == kind


def test_a_group_that_is_nearly_one_of_ours_is_asked_back_and_a_name_is_a_name() -> None:
    who = CATALOG.checklist.question("who")
    assert who is not None
    with pytest.raises(UserError, match="did you mean `paying`"):
        read(who, "existing, payng")
    assert read(who, "existing, shop owners in Japan").text == "shop owners in Japan"
