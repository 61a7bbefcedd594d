"""What people write in comments: which lines are commands, what each means, what is told if not."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import grammar
from bot.core.checklist import Checklist, Kind
from bot.core.commands import (
    MOST,
    AcceptOffer,
    AnswerGiven,
    Attest,
    Command,
    Help,
    NotApplicable,
    PauseFor,
    Recheck,
    Resume,
    Status,
    TierTo,
    UndoAnswer,
    WaiveFor,
    examples,
    lines_between,
    read_commands,
    write_command,
)
from bot.core.grammar import Given, Piece
from bot.core.tier import Tier
from bot.errors import UserError
from bot.store import catalog

CHECKLIST = catalog.load(None).checklist
QUESTIONS = {question.id: question for question in CHECKLIST.all_questions()}
TODAY = date(2026, 3, 2)


def read(body: str, checklist: Checklist = CHECKLIST) -> list[Command | str]:
    """The commands of a comment; an error stands as its text."""
    lines = read_commands(body, checklist, TODAY)
    assert all((line.command is None) == bool(line.error) for line in lines)
    return [line.command or line.error for line in lines]


def error(line: str) -> str:
    """The one error of a comment of one line."""
    [found] = read(line)
    assert isinstance(found, str), found
    return found


def picked(question: str, *picks: str, text: str = "") -> AnswerGiven:
    return AnswerGiven(question, Given(picks, text))


BETTER = picked("effect", "better")
EXISTING = picked("who", "existing")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/impact help", Help()),
        ("/impact help, please", Help()),
        ("/impact status", Status()),
        ("/impact: status", Status()),
        ("/IMPACT Recheck.", Recheck()),
        ("   /impact resume", Resume()),
        ("/impact effect: better", BETTER),
        ("/impact EFFECT:better", BETTER),
        ("/impact Customers: existing", EXISTING),
        ("/impact not served: some, we do", picked("not_served", "some", text="we do")),
        ("/impact answer effect better", BETTER),
        ("/impact answer effect: better", BETTER),
        ("/impact answer Spoke for them customer", picked("spoke_for", "customer")),
        ("/impact why: we ask: why?", picked("why", text="we ask: why?")),
        ("/impact voice: assumed", AnswerGiven("voice", Given(piece=Piece("assumed")))),
        (
            "/impact evidence signal 2026-02-01 [admins] 40 tickets https://x.test/1",
            AnswerGiven(
                "voice",
                Given(
                    piece=Piece(
                        "signal", "40 tickets", "https://x.test/1", date(2026, 2, 1), "admins"
                    )
                ),
            ),
        ),
        ("/impact na reach nobody  counts that", NotApplicable("reach", "nobody counts that")),
        ("/impact na Reach: nobody counts that", NotApplicable("reach", "nobody counts that")),
        ("/impact undo effect", UndoAnswer("effect")),
        ("/impact undo Not served", UndoAnswer("not_served")),
        ("/impact accept why", AcceptOffer("why")),
        ("/impact none only a log line moves", Attest("only a log line moves")),
        ("/impact none: only a log line moves", Attest("only a log line moves")),
        ("/impact tier r2 a button moves", TierTo(Tier.R2, "a button moves")),
        ("/impact tier R0: a log line", TierTo(Tier.R0, "a log line")),
        ("/impact waive all until 2026-03-02 now", WaiveFor("all", TODAY, "now")),
        (
            "/impact waive Not served Until 2026-12-01 wait until then",
            WaiveFor("not_served", date(2026, 12, 1), "wait until then"),
        ),
        ("/impact pause a trial", PauseFor("a trial")),
    ],
)  # fmt: skip
def test_each_command_is_read_as_meant(line: str, command: Command) -> None:
    assert read(line) == [command]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/impact", "Write a command behind `/impact`"),
        ("/impact hlep", "no command `hlep`. Did you mean `help`?"),
        ("/impact wave all until 2026-12-01 x", "Did you mean `waive`?"),
        ("/impact frobnicate", "`/impact help` shows"),
        ("/impact effct: better", "There is no question `effct`. Did you mean `effect`?"),
        ("/impact xyz: better", "There is no question `xyz`. `/impact status` shows"),
        ("/impact feelings relieved", "Did you mean the question `feeling`?"),
        ("/impact effect: bluer", "“bluer” is none of `better`"),
        ("/impact effect:", "there is nothing behind the colon"),
        ("/impact why: …", "there is nothing behind the colon"),
        ("/impact answer effct better", "Did you mean `effect`?"),
        ("/impact answer", "Which question?"),
        ("/impact evidence rumours", "it begins with one of `asked`"),
        ("/impact na effect", "The reason is missing: it tells the reviewer why"),
        ("/impact na effct nobody", "Did you mean `effect`?"),
        ("/impact none", "The reason is missing: it tells the reviewer why no customer"),
        ("/impact none " + "x" * 501, "at most 500 characters"),
        ("/impact pause", "The reason is missing: it tells everybody"),
        ("/impact undo", "Which question?"),
        ("/impact undo who effect", "`undo` takes one question"),
        ("/impact accept everything", "There is no question `everything`"),
        ("/impact tier", "Which tier: take `R0`"),
        ("/impact tier R4 more", "“R4” is no tier: take `R0`"),
        ("/impact tier R2", "The reason is missing"),
        ("/impact waive all", "Say until which day"),
        ("/impact waive all until", "The date is missing"),
        ("/impact waive all until 1 Dec we wait", "“1” is not a date"),
        ("/impact waive all until 2026-13-01 we wait", "“2026-13-01” is not a date"),
        ("/impact waive all until 2026-03-01 we wait", "2026-03-01 is over"),
        ("/impact waive all until 2027-03-04 we wait", "at most"),
        ("/impact waive all until 2026-12-01", "The reason is missing: it stays on record"),
        ("/impact waive effct until 2026-12-01 x", "Did you mean `effect`?"),
        ("/impact status effect: better", "`status` stands alone"),
    ],
)
def test_a_mistake_says_what_is_wrong_and_ends_with_a_line_that_is_right(
    line: str, says: str
) -> None:
    told = error(line)
    assert says in told
    tries = re.findall(r"`(/impact [^`]+)`", told)
    assert tries
    assert not any(isinstance(found, str) for found in read(tries[-1])), tries


def test_what_an_error_quotes_is_short_and_cannot_end_the_code_it_stands_in() -> None:
    for line in ("/impact `x`" + "y" * 500, "/impact `a`b: c", "/impact reach: `" + "z" * 900):
        told = error(line)
        assert told.count("`") % 2 == 0
        assert re.sub("[xyz]{30,60}", "", told).count("y" * 5) == 0
        assert len(told) < 400


@pytest.mark.parametrize(
    "body",
    ["", "hello", "see /impact help", "/impacts help", "    /impact help", "- /impact help",
     "//impact help", "/impact-help"],
)  # fmt: skip
def test_a_comment_without_commands_says_nothing(body: str) -> None:
    assert read(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "```\n/impact help\n```",
        "```text\n/impact help\n``\n~~~\n/impact help\n````",
        "~~~~\n/impact help\n~~~\n/impact help\n~~~~",
        "- like this\n\n  ```\n  /impact help\n  ```",
        "1. ```\n   /impact help\n   ```",
        "```\n/impact help",
        "> /impact help",
        "  > quoted\n>/impact help",
        "<!-- /impact help -->",
        "<!--\n/impact help\n-->",
        "text <!-- more\n/impact help\n--> /impact help",
        "<!-- a -->  <!-- b\n/impact help\n-->",
        "<!-- never closed\n/impact help",
    ],
)
def test_what_is_code_a_quote_or_hidden_is_no_command(body: str) -> None:
    assert read(body) == []
    assert read(body.replace("\n", "\r\n")) == []


@pytest.mark.parametrize(
    "before",
    [
        "```\ncode\n```\n",
        "``` not `code` at all\n",
        "> quoted\n",
        "<!-- hidden\nstill -->\n",
        "<!-->\n",
        "we now write <!-- into the file\n",
        "```\n<!--\n```\n",
        "<!--\n```\n-->\n",
        "1. ```\n   code\n   ```\n",
    ],
)
def test_what_follows_them_counts_again(before: str) -> None:
    assert read(f"{before}/impact status") == [Status()]


def test_a_hidden_part_of_a_command_is_left_out_and_so_is_what_nobody_sees() -> None:
    assert read("/impact who: existing <!-- and new -->") == [EXISTING]
    assert read("\ufeff/impact voice: signal https\u2060://x.test") == read(
        "/impact voice: signal https://x.test"
    )


def test_one_comment_holds_many_answers_below_one_another() -> None:
    body = "Here we go:\r\n/impact\r\nwho: existing\r\n- effect: better\r\n* Not served: none\r\n"
    lines = read_commands(body, CHECKLIST, TODAY)
    assert [line.command for line in lines] == [EXISTING, BETTER, picked("not_served", "none")]
    assert [line.number for line in lines] == [3, 4, 5]
    assert [line.text for line in lines] == body.split("\r\n")[2:5]


def test_an_answer_begins_a_block_and_so_does_one_that_is_wrong() -> None:
    assert read("/impact who: existing\neffect: better") == [EXISTING, BETTER]
    wrong, right = read("/impact who:\neffect: better")
    assert isinstance(wrong, str)
    assert right == BETTER


@pytest.mark.parametrize(
    "between",
    ["", "and now", "Note to all: as said", "https://x.test: as said", "> reach: none", "```\n```"],
)
def test_a_block_ends_at_what_is_no_answer(between: str) -> None:
    assert read(f"/impact who: existing\n{between}\neffect: better") == [EXISTING]


@pytest.mark.parametrize(
    "line", ["/impact status", "/impact none: nothing to see", "/impact undo who"]
)
def test_other_commands_begin_no_block(line: str) -> None:
    assert len(read(f"{line}\neffect: better")) == 1


def test_a_block_ends_where_the_next_command_begins() -> None:
    assert read("/impact who: existing\n/impact: status\neffect: better") == [EXISTING, Status()]


def test_a_block_names_misspelt_questions_and_commands_that_stand_in_it() -> None:
    body = "/impact\neffct: better\nNot servd: none\nnone: nobody sees it\nwho: existing"
    one, two, three, four = read(body)
    assert "Did you mean `effect`?" in str(one)
    assert "Did you mean `not_served`?" in str(two)
    assert "`none` needs `/impact` before it" in str(three)
    assert four == EXISTING


def test_lines_that_were_copied_and_not_filled_in_are_passed_over() -> None:
    body = "/impact\nwho: …\nvoice: assumed …\nfeeling: ...\neffect: better, …"
    assumed = AnswerGiven("voice", Given(piece=Piece("assumed")))
    assert read(body) == [assumed, BETTER]
    assert "nothing behind the colon" in error("/impact who: ; …")
    assert "Write a command" in str(read("/impact\nwho: …\neffect: …")[0])


def test_a_name_that_is_the_beginning_of_another_one_is_told_from_it() -> None:
    assert QUESTIONS["incident_hit"].short == "Who is hit"
    assert read("/impact na who is hit is known") == [NotApplicable("who", "is hit is known")]
    assert read("/impact na who is hit: nobody") == [NotApplicable("incident_hit", "nobody")]
    nearly = NotApplicable("who", "is hit: nobody")
    assert read(write_command(nearly, CHECKLIST)) == [nearly]


def test_an_id_wins_over_a_short_name_and_the_first_short_name_over_a_later_one() -> None:
    names = [("one", "Two"), ("two", "Shared"), ("three", "Shared")]
    made = (QUESTIONS["why"].model_copy(update={"id": id, "short": short}) for id, short in names)
    twins = Checklist("twins", "Twins", tuple(made))
    assert read("/impact undo two", twins) == [UndoAnswer("two")]
    assert read("/impact undo shared", twins) == [UndoAnswer("two")]


def test_beyond_fifty_commands_nothing_is_read_and_that_is_said_once() -> None:
    body = "/impact\n" + "who: existing\n" * 40 + "/impact undo who\n" * 40
    found = read(body)
    assert len(found) == MOST + 1
    assert "at most 50 commands" in str(found[-1])
    assert read_commands(body, CHECKLIST, TODAY)[-1].number == 52


def test_only_questions_of_the_checklist_are_known() -> None:
    few = Checklist(
        "few", "Few", tuple(q for q in CHECKLIST.questions if q.id in ("why", "effect"))
    )
    assert read("/impact effect: better", few) == [BETTER]
    assert "There is no question `who`" in str(read("/impact who: existing", few)[0])
    assert "does not ask for evidence" in str(read("/impact evidence asked them", few)[0])
    assert not any(isinstance(c, str) for line, _ in examples(few, TODAY) for c in read(line, few))


@pytest.mark.parametrize("line", [line for line, _ in examples(CHECKLIST, TODAY)])
def test_every_example_is_right(line: str) -> None:
    [command] = read(line)
    assert not isinstance(command, str)


def test_the_examples_show_every_kind_of_command_and_every_form_of_answer() -> None:
    commands = [read(line)[0] for line, _ in examples(CHECKLIST, TODAY)]
    kinds = {type(command) for command in commands}
    assert kinds == set(Command.__args__)
    answered = {QUESTIONS[c.question].kind for c in commands if isinstance(c, AnswerGiven)}
    assert answered == {question.kind for question in CHECKLIST.all_questions()} == set(Kind)


REASON = (
    st.text(st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Zs")), max_size=80)
    .map(lambda text: " ".join(text.replace("-->", "").split()))
    .filter(bool)
)
QUESTION = st.sampled_from(sorted(QUESTIONS))
DAYS = st.integers(0, 366).map(lambda days: TODAY + timedelta(days=days))
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.sampled_from([Help(), Status(), Recheck(), Resume()]),
    st.builds(NotApplicable, QUESTION, REASON),
    st.builds(UndoAnswer, QUESTION),
    st.builds(AcceptOffer, QUESTION),
    st.builds(Attest, REASON),
    st.builds(TierTo, st.sampled_from(Tier), REASON),
    st.builds(WaiveFor, QUESTION | st.just("all"), DAYS, REASON),
    st.builds(PauseFor, REASON),
)


@given(COMMANDS)
def test_whatever_is_written_reads_back_as_the_same_command(command: Command) -> None:
    assert read(write_command(command, CHECKLIST)) == [command]


@given(QUESTION, st.data())
def test_every_answer_that_can_be_read_reads_back(id: str, data: st.DataObject) -> None:
    question = QUESTIONS[id]
    begin = st.sampled_from([grammar.example(question), "", *(o.id for o in question.options)])
    said = data.draw(begin) + data.draw(st.sampled_from(["", ", ", "; ", " "])) + data.draw(REASON)
    [command] = read(f"/impact {id}: {said}")
    if isinstance(command, str):
        with pytest.raises(UserError):
            grammar.read(question, said)
        return
    assert read(write_command(command, CHECKLIST)) == [command]


def test_a_line_for_a_question_that_is_gone_cannot_be_written() -> None:
    with pytest.raises(LookupError):
        write_command(picked("gone", "x"), CHECKLIST)


def test_of_an_edit_only_lines_that_are_new_or_gone_say_something() -> None:
    before = "/impact who: existing\n/impact effect: better\n/impact status\n/impact hlep"
    after = (
        "Sorry!\n/impact   effect: better\n/impact hlep\n/impact effect: better\n/impact undo who"
    )
    new, gone = lines_between(before, after, CHECKLIST, TODAY)
    assert [(line.number, line.command) for line in new] == [(4, BETTER), (5, UndoAnswer("who"))]
    assert [(line.number, line.command) for line in gone] == [(1, EXISTING), (3, Status())]


def test_an_edit_that_only_moves_lines_says_nothing() -> None:
    lines = ["/impact who: existing", "/impact effect: better", "", "/impact nonsense"]
    before, after = "\n".join(lines), "\r\n".join(reversed(lines))
    assert lines_between(before, after, CHECKLIST, TODAY) == ((), ())


LONG = 65_000


@pytest.mark.parametrize(
    "body",
    [
        "`" * LONG + "x`",
        "/impact waive a" + " " * LONG + "untill",
        "/impact\n" * (LONG // 8),
        "/impact\n" + "a: b\n" * (LONG // 5),
        "/impact\n" + "who: …\n" * (LONG // 8),
        "/impact who: " + "<!--" * (LONG // 4),
        "<!-- -->" * (LONG // 8),
        "a <!--" * (LONG // 6) + "-->",
        "- " * (LONG // 2),
        "/impact " + ":" * LONG,
        ("/impact measure: a, " + " to" * 300 + "\n") * 60,
        "/impact undo " + "_" * LONG,
        "/impact\n" + " " * LONG + "x",
        ("/impact who is hitt: x\n" * 3000)[:LONG],
    ],
)
def test_a_hostile_comment_is_dealt_with_at_once(body: str) -> None:
    begun = time.process_time()
    read(body)
    assert time.process_time() - begun < 1


@given(st.text(max_size=400), st.text(max_size=100))
def test_no_comment_whatever_breaks_the_reader(body: str, more: str) -> None:
    for line in read_commands(f"{body}\n/impact {more}\n{body}", CHECKLIST, TODAY):
        assert line.error.count("`") % 2 == 0
        if line.command is not None:
            assert read(write_command(line.command, CHECKLIST)) == [line.command]
