"""The description as a door: what is written reads back, and an edit tells what it changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.acts import Deed, Tell, Tick, Untell
from bot.core.checklist import Checklist, Kind, Question
from bot.core.grammar import Given, Piece, example, read
from bot.core.prefill import BODY_LIMIT
from bot.core.tier import Tier
from bot.errors import UserError
from bot.sandbox.markdown import render
from bot.views.github_description import (
    MOST,
    deeds_between,
    offers,
    parse_description,
    template,
    unread,
)
from tests.examples import CATALOG, HOSTILE

CHECKLIST = CATALOG.checklist
TIERS = (Tier.R1, Tier.R2, Tier.R3)


def section(*lines: str, heading: str = "## Customer impact") -> str:
    return "\n".join(["What it does.", "", heading, "", *lines, ""])


def lines(body: str) -> tuple[tuple[str, str], ...]:
    return parse_description(body, CHECKLIST).lines


def boxes(body: str) -> dict[str, bool]:
    return dict(parse_description(body, CHECKLIST).boxes)


def deeds(before: str, after: str) -> tuple[Deed, ...]:
    return deeds_between(before, after, CHECKLIST)


def told(question: str, text: str) -> Tell:
    found = CHECKLIST.question(question)
    assert found is not None
    return Tell(question, read(found, text))


@pytest.mark.parametrize(
    "heading",
    [
        "# Customer impact",
        "## customer IMPACT ##",
        "###### 🪑 Customer impact:",
        "Customer impact\n---",
        "Customer impact\n===",
        "**Customer impact**",
        "__Customer impact:__",
        "## Customer impact <!-- please fill in -->",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_heading_may_be_written_as_people_write_headings(heading: str, newline: str) -> None:
    body = section("who: existing", "", "- effect: better", heading=heading)
    assert lines(body.replace("\n", newline)) == (("who", "existing"), ("effect", "better"))


@pytest.mark.parametrize(
    "heading", ["## Impact", "Customer impact", "## Customer impact of this", "*Customer impact*"]
)
def test_nothing_is_read_under_another_name(heading: str) -> None:
    assert lines(section("who: existing", heading=heading)) == ()


def test_a_bold_line_may_stand_right_above_its_lines() -> None:
    assert lines("**Customer impact**\nwho: existing") == (("who", "existing"),)


def test_an_organisation_names_the_section_by_the_title_of_its_checklist() -> None:
    other = Checklist("ours", "Für unsere Kunden", CHECKLIST.questions)
    body = section("who: new", heading="## Für unsere KUNDEN")
    assert parse_description(body, other).lines == (("who", "new"),)
    assert parse_description(section("who: new"), other).lines == ()


@pytest.mark.parametrize(
    ("opened", "heading", "ends"),
    [
        ("## Customer impact", "## Tests", True),
        ("## Customer impact", "# Tests", True),
        ("## Customer impact", "### Details", False),
        ("## Customer impact", "**Details**", False),
        ("## Customer impact", "---", False),
        ("**Customer impact**", "**Tests**", True),
        ("**Customer impact**", "###### Tests", True),
        ("**Customer impact**", "- **Careful**", False),
        ("**Customer impact**", "**why:**", False),
    ],
)
def test_the_section_ends_at_a_heading_that_is_no_smaller(
    opened: str, heading: str, ends: bool
) -> None:
    body = section("who: new", "", heading, "", "reach: none", heading=opened)
    assert ("reach", "none") not in lines(body) if ends else ("reach", "none") in lines(body)


def test_a_rule_right_below_the_answers_makes_no_heading_of_them() -> None:
    assert lines(section("who: new", "reach: none", "---", "Closes #3")) == (
        ("who", "new"),
        ("reach", "none"),
    )


@pytest.mark.parametrize(
    "line",
    [
        "effect: better",
        "Effect: better",
        "EFFECT :better",
        "- effect: better",
        "1. effect: better",
        "**effect:** better",
        "**Effect**: better",
        "`effect`: better",
        "**effect: better**",
        "effect: <!-- What changes for them? --> better",
    ],
)
def test_a_line_names_its_question_by_id_or_short_name(line: str) -> None:
    assert lines(section(line)) == (("effect", "better"),)


def test_a_short_name_of_two_words_is_a_name_too() -> None:
    assert lines(section("not served: none", "Not_Served: some")) == (
        ("not_served", "none"),
        ("not_served", "some"),
    )


def test_a_line_ends_with_its_line_and_an_empty_one_says_nothing() -> None:
    body = section("why: It is slow.", "And more.", "", "who:", "reach:   ", "", "colour: red")
    assert lines(body) == (("why", "It is slow."),)


def test_the_voice_has_as_many_lines_as_were_heard() -> None:
    body = section("voice: asked", "voice: signal 40 tickets", "voice: asked")
    assert lines(body) == (("voice", "asked"), ("voice", "signal 40 tickets"), ("voice", "asked"))
    assert deeds("", body) == (told("voice", "asked"), told("voice", "signal 40 tickets"))


@pytest.mark.parametrize(
    "rows",
    [
        ["effect:", "- [x] Better", "- [ ] Worse"],
        ["effect:", "", "* [X] better", "+ [ ] WORSE"],
        ["effect: better", "1. [x] Better", "2. [ ] Worse"],
        ["- effect:", "  - [x] Better", "  - [ ] Worse"],
        ["-   effect:", "    - [x] Better", "    - [ ] Worse"],
        ["**effect:**", "- [x] Better <!-- yes -->", "- [ ] Worse"],
        ["effect:", "- [x] Better", "- <!-- box who=new -->", "- [ ] Worse"],
        ["- [x] Good", "  <!-- box effect=better -->", "- [ ] Bad", "  <!-- box effect=worse -->"],
        ["who:", "- [x] Good", "  <!-- box effect=better -->", "", "effect:", "- [ ] Worse"],
    ],
)
def test_a_box_belongs_to_the_question_above_it_or_carries_its_id(rows: list[str]) -> None:
    assert boxes(section(*rows)) == {"effect=better": True, "effect=worse": False}


def test_a_label_that_looks_like_a_line_is_a_label() -> None:
    found = parse_description(
        section("voice:", "- [x] A signal: ticket, review, number"), CHECKLIST
    )
    assert (found.lines, found.boxes) == ((), {"voice=signal": True})


@pytest.mark.parametrize(
    "rows",
    [
        ["- [x] Better"],
        ["effect:", "- [x] Tests pass"],
        ["effect:", "### Checks", "- [x] Better"],
        ["effect:", "- see [x] Better"],
        ["effect:", "- [x] Better", "  <!-- box effect=done -->"],
        ["effect:", "- [x] Better", "  <!-- box nothing=better -->"],
        ["effect:", "[x] Better"],
        ["who: ", "", "## Tests", "- [x] New customers"],
    ],
)
def test_other_boxes_are_somebody_elses(rows: list[str]) -> None:
    assert boxes(section(*rows)) == {}


@pytest.mark.parametrize(
    "rows",
    [
        ["```", "who: new", "- [x] Worse", "```"],
        ["- a list", "  ~~~yaml", "  who: new", "  ~~~"],
        ["    who: new"],
        ["> who: new", "> - [x] Worse"],
        ["- > who: new"],
        ["<!-- who: new", "", "- [x] Worse", "-->"],
        ["<!--", "who: new", "-->"],
        ["So: <!-- who: new -->"],
        ["```", "who: new"],
        ["> ## Customer impact", "> who: new"],
    ],
)
def test_code_quotes_and_hidden_comments_say_nothing(rows: list[str]) -> None:
    found = parse_description(section("effect:", "", *rows), CHECKLIST)
    assert (found.lines, found.boxes) == ((), {})


def test_a_box_that_stands_twice_in_two_states_is_left_out() -> None:
    found = parse_description(
        section("effect:", "- [x] Better", "- [ ] Worse", "effect:", "- [ ] Better"), CHECKLIST
    )
    assert found.boxes == {"effect=worse": False}
    assert found.unclear == {"effect=better"}


BETTER, WORSE = Tick("effect=better", True), Tick("effect=worse", True)
NOT_BETTER = Tick("effect=better", False)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ([], ["who: new"], [told("who", "new")]),
        (["who: new"], ["who: new", "reach: none"], [told("reach", "none")]),
        (["who: new"], ["who: existing"], [told("who", "existing")]),
        (["who: new"], ["Customers:  New customers"], []),
        (["who: new"], ["who:"], [Untell("who")]),
        (["who: new"], [], [Untell("who")]),
        (["who: new"], ["<!-- who: new -->"], [Untell("who")]),
        (["reach: none"], ["reach: a lot"], []),
        (["reach: a lot"], ["reach: none"], [told("reach", "none")]),
        (["reach: a lot"], [], [Untell("reach")]),
        (["journey: ,"], ["journey: , ,"], []),
        (["why: One.", "why: Two."], ["why: Two."], []),
    ],
)
def test_a_line_tells_what_the_edit_changed(
    before: list[str], after: list[str], wanted: list[Deed]
) -> None:
    assert deeds(section(*before), section(*after)) == tuple(wanted)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("", "effect:\n- [x] Better\n- [ ] Worse", [BETTER]),
        ("effect:\n- [ ] Better", "effect:\n- [x] Better", [BETTER]),
        ("effect:\n- [x] Better", "effect:\n- [ ] Better", [NOT_BETTER]),
        ("effect:\n- [x] Better", "", [NOT_BETTER]),
        ("effect:\n- [ ] Better", "", []),
        (
            "effect:\n- [ ] Worse\n- [x] Better",
            "effect:\n- [x] Worse\n- [ ] Better",
            [NOT_BETTER, WORSE],
        ),
        ("effect:\n- [x] Better", "effect:\n- [x] Better\n- [ ] Better", []),
        ("effect:\n- [x] Better\n- [ ] Better", "effect:\n- [ ] Better", [NOT_BETTER]),
    ],
)
def test_a_box_tells_what_the_edit_changed(before: str, after: str, wanted: list[Deed]) -> None:
    assert deeds(section(before), section(after)) == tuple(wanted)


def test_taking_the_section_away_takes_back_what_it_said() -> None:
    body = section("who: new", "", "effect:", "- [x] Better", "", "voice: asked")
    assert deeds(body, "Nothing left.") == (NOT_BETTER, Untell("who"), Untell("voice"))


def test_unticks_come_before_ticks_and_lines_last() -> None:
    before = section("effect:", "- [ ] Worse", "- [x] Better")
    after = section("why: It is slow.", "", "effect:", "- [x] Worse", "- [ ] Better")
    assert deeds(before, after) == (NOT_BETTER, WORSE, told("why", "It is slow."))


def test_a_voice_line_that_goes_leaves_the_other_ones() -> None:
    before = section("voice: asked a", "voice: signal b", "voice: observed c")
    after = section("voice: asked a", "voice: observed c")
    assert deeds(before, after) == (
        Untell("voice"),
        told("voice", "asked a"),
        told("voice", "observed c"),
    )
    assert deeds(after, before) == (told("voice", "signal b"),)


def test_a_line_that_becomes_a_box_is_still_an_answer() -> None:
    before = section("effect: better")
    after = section("effect:", "- [x] Better")
    assert deeds(before, after) == (Untell("effect"), BETTER)


def test_a_box_stays_ticked_when_the_line_beside_it_goes() -> None:
    before = section("effect: better, at once", "- [x] Better")
    after = section("effect:", "- [x] Better")
    assert deeds(before, after) == (Untell("effect"), BETTER)


def test_a_name_behind_the_colon_stands_beside_the_groups_that_are_ticked() -> None:
    body = section("who: shop owners in Japan", "- [x] Partners", "- [ ] Admins")
    assert deeds("", body) == (
        Tick("who=partners", True),
        Tell("who", Given(("partners",), "shop owners in Japan")),
    )


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (
            ["effect: the button moves", "- [x] Different"],
            Tell("effect", Given(("different",), "the button moves")),
        ),
        (
            ["voice: I export every Friday", "- [x] We asked customers"],
            Tell("voice", Given(piece=Piece("asked", "I export every Friday"))),
        ),
        (["spoke_for: Dana", "- [x] A customer"], Tell("spoke_for", Given(("customer",), "Dana"))),
    ],
)
def test_mere_words_beside_one_ticked_box_are_the_line_of_that_pick(
    rows: list[str], wanted: Tell
) -> None:
    assert deeds("", section(*rows))[-1] == wanted
    assert unread(section(*rows), CHECKLIST) == {}
    unticked = section(*(row.replace("[x]", "[ ]") for row in rows))
    assert deeds("", unticked) == ()
    assert wanted in deeds(unticked, section(*rows))


def test_more_lines_of_voice_than_anybody_reads_do_not_count() -> None:
    body = section(*(f"voice: signal ticket {number}" for number in range(5000)))
    assert len(deeds("", body)) == MOST


def refusal(question: str, text: str) -> str:
    with pytest.raises(UserError) as refused:
        told(question, text)
    return str(refused.value)


def test_a_line_that_cannot_be_read_says_why_and_gives_an_example() -> None:
    wrong = [("effect", "splendid"), ("measure", "more"), ("journey", ","), ("voice", "loud")]
    rows = [f"{question}: {text}" for question, text in wrong]
    found = unread(section("who: new", "voice: asked", *rows, "voice: louder"), CHECKLIST)
    assert found == {question: refusal(question, text) for question, text in wrong}
    assert found["effect"].startswith("`effect`: “splendid” is none of `better`")
    assert "Example: `effect: better, " in found["effect"]


@pytest.mark.parametrize("tier", TIERS)
def test_a_template_that_is_left_as_it_is_says_nothing(tier: Tier) -> None:
    text = template(CHECKLIST, tier)
    assert lines(text) == ()
    assert not any(boxes(text).values())
    assert deeds("", text) == deeds(text, "") == ()
    assert unread(text, CHECKLIST) == {}


@pytest.mark.parametrize("tier", TIERS)
def test_a_template_asks_what_its_tier_requires_and_every_box_is_one_of_github(tier: Tier) -> None:
    text = template(CHECKLIST, tier)
    asked = [q for q, need in CHECKLIST.asked(tier, (), {}) if need.must]
    wanted = [f"{question.id}={option.id}" for question in asked for option in question.options]
    assert list(boxes(text)) == wanted
    assert render(text).count('type="checkbox"') == len(wanted)
    assert all(f"\n{question.id}: " in text for question in asked)


def test_the_smallest_template_scares_nobody() -> None:
    assert len(template(CHECKLIST).splitlines()) <= 40


def test_no_word_of_a_checklist_gets_out_of_its_place_in_a_template() -> None:
    question = {
        "id": "q", "ask": "Who --> is\n- [x] a", "short": "Qu", "help": "None.", "type": "pick",
        "options": [{"id": "a", "label": "a\nq: a"}], "tiers": {"R1": "pick"},
    }  # fmt: skip
    odd = Checklist("odd", "A\nb", (Question.model_validate(question),))
    found = parse_description(template(odd), odd)
    assert (found.lines, found.boxes) == ((), {"q=a": False})


WORDS = st.text("abc äé,;.→\"'()*_`#[]%", min_size=1, max_size=30).map(lambda t: f"It {t.strip()}.")
SAID = {
    Kind.LINE: WORDS,
    Kind.EVIDENCE: WORDS.map(lambda text: f"signal {text}"),
    Kind.MEASURE: st.integers(0, 100).map(lambda sure: f"exports, 1 → 2, {sure} %"),
    Kind.SEGMENTS: WORDS.map(lambda text: f"existing; {text}"),
}


@st.composite
def filled_in(draw: st.DrawFn) -> tuple[str, set[Deed]]:
    """A template that somebody filled in, and what that says."""
    tier = draw(st.sampled_from(TIERS))
    text, said = template(CHECKLIST, tier), set[Deed]()
    for question, need in CHECKLIST.asked(tier, (), {}):
        before, label, rest = text.partition(f"\n{question.id}: ")
        if not need.must or not label:
            continue
        picks = [option for option in question.options if draw(st.booleans())]
        for option in picks:
            rest = rest.replace(f"- [ ] {option.label}\n", f"- [x] {option.label}\n", 1)
        said |= {Tick(f"{question.id}={option.id}", True) for option in picks}
        if question.kind in SAID and draw(st.booleans()):
            answer = draw(SAID[question.kind])
            rest = f"{answer} {rest}"
            given = read(question, answer)
            if question.kind.many:
                ids = dict.fromkeys([*given.picks, *(option.id for option in picks)])
                given = replace(given, picks=tuple(ids))
            said.add(Tell(question.id, given))
        text = f"{before}{label}{rest}"
    return text, said


@given(filled_in())
def test_a_template_filled_in_says_exactly_what_was_filled_in(
    filled: tuple[str, set[Deed]],
) -> None:
    text, said = filled
    found = deeds("", f"Faster exports.\r\n\r\n{text}\n## Tests\n\nwho: new\n")
    assert set(found) == said
    assert len(found) == len(said)
    assert deeds(text, text) == ()


@pytest.mark.parametrize("question", CHECKLIST.all_questions(), ids=lambda question: question.id)
def test_an_answer_written_as_a_line_reads_back(question: Question) -> None:
    line = example(question)
    body = section(f"{question.id}: {line}")
    assert deeds("", body) == (Tell(question.id, read(question, line)),)


PIECES = st.sampled_from(
    [
        "## Customer impact", "**Customer impact**", "who: ", "effect: better", "voice: asked",
        "- [x] Better", "- [ ] Better", "  <!-- box effect=better -->", "<!--", "-->", "```", "> ",
        "- ", "1. ", "    ", "\t", "---", "===", "*", "|", "\r", "\x00", "\ud800", "[a]: b",
        "look_back: ٣٣٣٣-٣٣-٣٣", "measure: a, b to c, ٣%", "<div>", HOSTILE, "journey: ,;,",
    ]
)  # fmt: skip
BODIES = st.lists(PIECES | st.text(max_size=9), max_size=25).flatmap(
    lambda parts: st.sampled_from(["\n", "", "\n\n", "\r\n"]).map(lambda by: by.join(parts))
)


@given(BODIES, BODIES)
def test_no_description_raises_and_what_it_says_are_answers_only(before: str, after: str) -> None:
    known = {f"{q.id}={o.id}" for q in CHECKLIST.all_questions() for o in q.options}
    for deed in deeds(before, after):
        assert isinstance(deed, Tick | Tell | Untell)
        if isinstance(deed, Tick):
            assert deed.box in known
            assert deed.offer is None
    assert deeds(after, after) == ()
    unread(after, CHECKLIST)


def test_what_is_longer_than_a_description_can_be_is_not_read() -> None:
    filler = "a" * BODY_LIMIT
    assert lines(section("who: new", filler, "", "reach: none")) == (("who", "new"),)


@pytest.mark.timeout(30)  # what is not read in linear time takes minutes
@pytest.mark.parametrize(
    "piece",
    [
        "<!--", "<!-- ", "**", "who: ;", "[a]: b\n", "> ", "- ", "- a\n  ", "a\n=\n", ">\n- ", "x:",
        "measure: a, to", "voice: asked a\n", "effect:\n- [x] Better\n- [ ] Better\n", '<a b="',
        "who: a <!--\n", "## Customer impact\n", "__a", "\x00", "`",
    ],
)  # fmt: skip
def test_no_description_takes_long(piece: str) -> None:
    body = (section("") + piece * BODY_LIMIT)[:BODY_LIMIT]
    deeds("", body)
    unread(body, CHECKLIST)


def test_what_a_bot_wrote_is_offered_line_by_line_and_box_by_box() -> None:
    body = (
        "## Customer impact\n\nwho: existing\nwhy: Exports take too long for large shops.\n"
        "effect:\n- [x] Better\nvoice: signal https://example.com/7\n"
    )
    found = {offer.question: offer for offer in offers(body, CHECKLIST)}
    assert found["who"].picks == ("existing",)
    assert found["why"].text == "Exports take too long for large shops."
    assert found["effect"].picks == ("better",)
    assert [piece.link for piece in found["voice"].pieces] == ["https://example.com/7"]
    assert offers("Nothing of that kind.", CHECKLIST) == ()
