"""A draft from door to door: made, shown as a draft, accepted, rejected, paid for."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.cli.pair import ENFORCE, Pair
from bot.core.gate import Gate, standing
from bot.core.review import Review
from bot.store import tables as t
from tests.drafts.conftest import Started
from tests.flows.people import body, opened, say, settle, tick, until

WHY = "People with migraines cannot read the page at night."
FEEL = "They may be relieved to read without pain."


def claim(question: str, text: str, basis: str = "assumed", cite: str = "", quote: str = "") -> Any:
    cites = [cite] if cite else []
    return {"question": question, "text": text, "basis": basis, "cites": cites, "quote": quote}


def answer(*claims: Any, facing: str = "yes") -> Any:
    return lambda prompt: {"customer_facing": facing, "claims": list(claims)}


DRAFT = answer(
    claim("why", WHY, "evidenced", "H1", "a { color: blue }"),
    claim("feeling", FEEL, "evidenced", "H1", "a { color: blue }"),
)


def review(pair: Pair, number: int) -> Review:
    found = pair.review(number)
    assert found is not None
    return found


def calls(pair: Pair) -> list[Any]:
    assert pair.bot is not None
    with pair.bot.store.read() as connection:
        return list(connection.execute(t.llm_call.select().order_by(t.llm_call.c.id)))


def opened_bare(pair: Pair) -> int:
    """A pull request whose description says nothing."""
    number = opened(pair, body="")
    assert until(lambda: bool(calls(pair)))
    settle(pair)
    return number


def test_a_draft_is_shown_as_one_and_counts_only_once_a_person_accepts_it(start: Started) -> None:
    pair, _ = start(answers=DRAFT)
    number = opened_bare(pair)
    shown = body(pair, number)
    assert "Draft by a model, nobody confirmed it" in shown
    assert f"“{WHY}”" in shown
    assert "evidenced: web/theme.css:1" in shown.replace("\u2060", "")
    before = review(pair, number)
    assert not before.answers
    assert [d.basis for d in before.drafted] == ["evidenced", "assumed"]  # a diff shows no feeling
    assert len(standing(before).missing) == 5
    tick(pair, number, f"why=accept-{before.drafted[0].digest}")
    settle(pair)
    after = review(pair, number)
    (given,) = after.answers
    assert (given.question, given.text, given.by.login, given.source) == (
        "why", WHY, "reviewer", "a draft",
    )  # fmt: skip
    assert len(standing(after).missing) == 4


def test_a_draft_is_rejected_with_a_tick_or_a_command(start: Started) -> None:
    pair, _ = start(answers=DRAFT)
    number = opened_bare(pair)
    tick(pair, number, f"why=refuse-{review(pair, number).drafted[0].digest}")
    settle(pair)
    assert [d.question for d in review(pair, number).drafted] == ["feeling"]
    say(pair, number, "/impact reject feeling")
    assert review(pair, number).drafted == ()
    assert "Draft by a model" not in body(pair, number)


def test_accept_as_a_command_takes_the_draft(start: Started) -> None:
    pair, _ = start(answers=DRAFT)
    number = opened_bare(pair)
    say(pair, number, "/impact accept why")
    assert [a.text for a in review(pair, number).answers] == [WHY]


def test_on_demand_only_where_it_is_set_so(start: Started) -> None:
    pair, model = start(answers=DRAFT, llm={"on_open": "off"})
    number = opened(pair, body="")
    assert model.asked == []
    say(pair, number, "/impact draft")
    assert until(lambda: len(model.asked) == 1)
    settle(pair)
    assert WHY in body(pair, number)
    say(pair, number, "/impact draft")
    settle(pair)
    assert len(model.asked) == 1  # the same input is answered from memory


def test_without_a_model_the_command_says_so(start: Started) -> None:
    pair, model = start(llm={"model": ""})
    number = opened(pair)
    say(pair, number, "/impact draft")
    replies = [c.body for c in pair.github.bot_comments(number)]
    assert any("No model is set up here" in text for text in replies)
    assert model.asked == []


def test_what_a_call_cost_is_on_record_and_no_word_of_it(start: Started) -> None:
    prices = {"price_input": 2.0, "price_cached": 1.0, "price_output": 8.0}
    pair, _ = start(answers=DRAFT, llm=prices)
    opened_bare(pair)
    (row,) = calls(pair)
    assert (row.model, row.model_returned, row.outcome, row.attempts) == (
        "stub",
        "stub-1.2",
        "ok",
        1,
    )
    assert row.counted
    assert row.cost == pytest.approx(
        ((row.tokens_in - 8) * 2 + 8 * 1 + row.tokens_out * 8) / 1_000_000
    )
    assert row.counts == {"evidenced": 1, "assumed": 1, "lowered": 1}
    assert "migraines" not in repr(row)


@pytest.mark.parametrize(
    "ceiling",
    [{"drafts_per_review": 1}, {"tokens_per_day": 10}, {"tokens_per_month": 10}],
)
def test_when_a_ceiling_is_reached_the_form_stays_manual_and_says_so(
    start: Started, ceiling: dict[str, int]
) -> None:
    pair, model = start(answers=DRAFT, llm=ceiling)
    number = opened_bare(pair)
    pair.github.push(number, files=(make_file("web/other.css"),))
    settle(pair)
    say(pair, number, "/impact draft")
    settle(pair)
    assert len(model.asked) == 1
    replies = "\n".join(c.body for c in pair.github.bot_comments(number))
    assert re.search(r"No draft: .*(had its 1 drafts|is spent)\. Please answer by hand", replies)


def make_file(path: str) -> Any:
    from bot.sandbox.records import FileChange

    return FileChange(path, 1, 1, "@@ -1 +1 @@\n-a { margin: 1px }\n+a { margin: 2px }\n")


# -- what is sent, and what is not -----------------------------------------------------------------


def test_secrets_and_people_never_leave_and_a_private_key_stops_it_all(start: Started) -> None:
    pair, model = start(answers=DRAFT)
    key = "AKIA" + "Q3EGRV6NB7ZX4KPM"
    text = f"Ask jo@acme.example or @octo-cat; the key is {key}, from 203.0.113.9."
    opened(pair, body=text)
    assert until(lambda: len(model.asked) == 1)
    (sent,) = model.prompts
    for secret in (key, "jo@acme.example", "octo-cat", "203.0.113.9"):
        assert secret not in sent
    assert "[SECRET:aws-access-token#1]" in sent
    pem = "-----BEGIN RSA PRIVATE KEY-----\n" + ("MIIEow" * 10 + "\n") * 4
    opened(pair, body=f"look: {pem}-----END RSA PRIVATE KEY-----")
    settle(pair)
    assert len(model.asked) == 1


def test_deletions_are_sent_and_lock_files_are_not(start: Started) -> None:
    from bot.sandbox.records import FileChange

    pair, model = start(answers=DRAFT)
    gone = FileChange("web/export.ts", 0, 1, "@@ -1 +0,0 @@\n-export const route = '/export'\n")
    lock = FileChange("package-lock.json", 9, 9, "@@ -1 +1 @@\n-lockline\n+lockline2\n")
    opened(pair, gone, lock)
    assert until(lambda: len(model.asked) == 1)
    (sent,) = model.prompts
    assert "-export const route = '/export'" in sent
    assert "lockline" not in sent
    assert '"files_read": "1 of 2"' in sent


VOICES = ENFORCE + "evidence: {send_text: %s}\n"


@pytest.mark.parametrize(("allowed", "public", "sent"), [
    ("true", False, True), ("false", False, False), ("true", True, False),
])  # fmt: skip
def test_what_customers_said_is_read_by_a_model_only_where_that_is_allowed(
    start: Started, allowed: str, public: bool, sent: bool
) -> None:
    pair, model = start(organisation=VOICES % allowed, answers=DRAFT, llm={"on_open": "off"})
    if public:
        pair.github.publicise()
        settle(pair)
    number = opened(pair, body="")
    say(pair, number, '/impact voice: asked 2026-02-01 [existing] "My eyes hurt after ten minutes"')
    say(pair, number, "/impact draft")
    assert until(lambda: len(model.asked) == 1)
    assert ("My eyes hurt" in model.prompts[0]) is sent


def test_the_privacy_overlay_and_what_nobody_notices_get_no_draft(start: Started) -> None:
    from bot.sandbox.records import FileChange

    pair, model = start(answers=DRAFT)
    opened(pair, FileChange("uv.lock", 4, 4, "@@ -1 +1 @@\n-a\n+b\n"), body="")
    settle(pair)
    assert model.asked == []


def test_a_model_that_sees_nothing_customers_notice_proposes_nothing(start: Started) -> None:
    pair, _ = start(answers=answer(claim("why", WHY), facing="no"))
    number = opened_bare(pair)
    assert review(pair, number).drafted == ()
    assert "Draft by a model" not in body(pair, number)


def test_unknown_is_shown_as_a_question_and_cannot_be_accepted(start: Started) -> None:
    asks = answer(claim("why", "Ask the three admins who wrote to support.", "unknown"))
    pair, _ = start(answers=asks)
    number = opened_bare(pair)
    assert "Ask the three admins" in body(pair, number)
    (draft,) = review(pair, number).drafted
    assert f"accept-{draft.digest}" not in body(pair, number)
    say(pair, number, "/impact accept why")
    assert review(pair, number).answers == ()


# -- the gate --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mode",
    ["ok", "refuse", "trunc", "garbage", "notjson", "html", "noschema", "nousage", "busy", "broken",
     "denied", "redirect", "slow"],
)  # fmt: skip
def test_the_gate_is_the_same_whatever_the_model_does(start: Started, mode: str) -> None:
    pair, model = start(answers=DRAFT, mode=mode, seconds=60, llm={"timeout_seconds": 0.3})
    number = opened(pair, body="")
    assert until(lambda: bool(model.asked))
    check = pair.github.check(number)
    assert check is not None
    assert (check.conclusion, check.title) == ("action_required", "0 of 5 answered")
    found = review(pair, number)
    assert standing(found).gate is Gate.PENDING
    assert not found.answers
    with_draft = mode in ("ok", "noschema", "nousage")
    assert until(lambda: bool(review(pair, number).drafted) == with_draft)
    model.gone.set()


def test_a_model_that_hangs_holds_up_nothing_else(start: Started) -> None:
    pair, model = start(answers=DRAFT, mode="slow", seconds=60, llm={"timeout_seconds": 30})
    numbers = []
    for _ in range(4):
        numbers.append(
            pair.github.open_pull_request(
                title="Add a dark theme", body="", author="author",
                files=(make_file("web/theme.css"),),
            )
        )  # fmt: skip
    assert until(lambda: len(model.asked) == 2)
    assert until(lambda: all(pair.github.check(number) is not None for number in numbers))
    pair.github.comment(numbers[3], "/impact effect: better", "author")
    assert until(lambda: bool(review(pair, numbers[3]).answers))
    assert len(model.asked) == 2  # never more at once
    model.gone.set()


def test_a_redirect_is_not_followed(start: Started) -> None:
    pair, model = start(mode="redirect")
    opened(pair, body="")
    assert until(lambda: bool(calls(pair)))
    assert {row.outcome for row in calls(pair)} == {"rejected"}
    assert len(model.asked) == 1


def test_after_three_tries_of_the_same_input_it_is_left_alone(start: Started) -> None:
    pair, model = start(mode="broken")
    opened(pair, body="")
    assert until(lambda: len(calls(pair)) == 3)
    settle(pair)
    assert [row.attempts for row in calls(pair)] == [1, 2, 3]
    assert len(model.asked) == 3


@pytest.mark.parametrize(
    ("organisation", "more"),
    [(ENFORCE, {"draft": True}), ("mode: [{repositories: '**', mode: shadow}]\n", {})],
)
def test_where_nobody_is_asked_nothing_is_drafted_unasked(
    start: Started, organisation: str, more: dict[str, Any]
) -> None:
    pair, model = start(organisation=organisation, answers=DRAFT)
    opened(pair, body="", **more)
    settle(pair)
    assert model.asked == []


def test_an_answer_that_is_known_is_looked_up_as_well_as_a_new_one(start: Started) -> None:
    def cited(prompt: str) -> Any:
        (id,) = re.findall(r"E-[0-9a-f]{8}", prompt)
        said = claim("feeling", FEEL, "evidenced", id, "My eyes hurt")
        return {"customer_facing": "yes", "claims": [said]}

    organisation = VOICES % "true"
    pair, model = start(organisation=organisation, answers=cited, llm={"on_open": "off"})
    number = opened(pair, body="")
    say(pair, number, '/impact voice: asked 2026-02-01 [existing] "My eyes hurt after ten minutes"')
    say(pair, number, "/impact draft")
    assert until(lambda: [d.basis for d in review(pair, number).drafted] == ["evidenced"])
    say(pair, number, "/impact draft")
    settle(pair)
    assert [d.basis for d in review(pair, number).drafted] == ["evidenced"]
    assert len(model.asked) == 1
