"""A repository that everybody can read: what customers said shows as counts, nowhere in words."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.cli.pair import Pair, start_pair
from bot.sandbox.records import FileChange, Version
from bot.views.github_comment import MARKER
from tests.flows.people import (
    EDIT,
    PRICE,
    THEME,
    answer,
    body,
    boxes,
    calls,
    later,
    only_comment,
    opened,
    record,
    reply,
    rewrite,
    say,
    says,
    settle,
    tick,
    until,
)
from tests.flows.test_hard_days import post

QUOTE = "I cannot read your page after six o'clock"
SEEN = "They turned the lamp off at once"
LINK = "https://example.com/secret/77"
PLAN = "We will ask the three shops in Lyon"
VOICE = (
    f'/impact evidence asked 2026-02-20 [admins] "{QUOTE}" {LINK}\n/impact voice: observed {SEEN}'
)
SECRETS = (QUOTE, SEEN, LINK, PLAN, "six o", "lamp off", "secret/77", "in Lyon")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with start_pair(tmp_path_factory.mktemp("pair"), quiet_seconds=0) as pair:
        pair.github.state.private = False
        yield pair


def shown(pair: Pair, number: int) -> str:
    """All that we ever wrote about it: comment, replies, checks; also what is edited by now."""
    texts = [v.text for c in pair.github.bot_comments(number) for v in c.history]
    head = pair.github.pull_request(number).head_sha
    texts += [f"{run.title}\n{run.summary}" for run in pair.github.state.checks_on(head)]
    return "\n".join(texts)


def hides(pair: Pair, number: int, *words: str) -> bool:
    text = shown(pair, number)
    return not [word for word in (*SECRETS, *words) if word in text]


# -- public from the beginning ---------------------------------------------------------------------


def test_customer_voice_shows_as_counts_on_comment_check_and_status(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, VOICE)
    status = say(pair, number, "/impact status")
    assert [e.text for e in record(pair, number).evidence] == [QUOTE, SEEN]
    assert "1 asked, 1 observed" in body(pair, number)
    assert "4 of 5 questions open" in reply(pair, number, status)
    assert hides(pair, number)
    say(pair, number, "/impact who: existing\n/impact accept why\n/impact effect: better")
    say(pair, number, "/impact feeling: relieved\n/impact status")
    assert says(pair, number) == ("success", "Complete: heard from admins (asked)")
    assert hides(pair, number)


def test_a_plan_behind_an_assumption_does_not_show(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, f"/impact voice: assumed {PLAN}\n/impact status")
    assert answer(pair, number, "voice").text == PLAN
    assert "We are assuming" in body(pair, number)
    assert hides(pair, number)


def test_what_the_description_offers_and_answers_shows_as_counts(pair: Pair) -> None:
    text = f"## What customers said\n\nasked 2026-02-20 [admins] {QUOTE} {LINK}\n"
    number = opened(pair, body=text)
    assert "1 asked" in body(pair, number)
    tick(pair, number, "voice=accept")
    assert record(pair, number).evidence[0].text == QUOTE
    assert hides(pair, number)
    told = opened(pair, body=f"Theme.\n\n## Customer impact\n\nvoice: observed {SEEN}\n")
    say(pair, told, "/impact effect: better")
    assert record(pair, told).evidence[0].text == SEEN
    assert hides(pair, told)


def test_what_a_stranger_suggests_shows_as_counts(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, VOICE, by="stranger")
    say(pair, number, f"/impact voice: assumed {PLAN}", by="passer-by")
    tick(pair, number, "feeling=relieved")
    assert "<b>stranger</b> suggests" in body(pair, number)
    say(pair, number, "/impact status")
    assert hides(pair, number)
    say(pair, number, "/impact accept voice")
    assert hides(pair, number)


WRONG = [
    f'/impact voise: asked "{QUOTE}"',
    f'/impact evidence heard "{QUOTE}" {LINK}',
    f'/impact voice: asked 2026-13-02 "{QUOTE}"',
    f"/impact voice {QUOTE}",
    f"/impact {QUOTE}",
    f"/impact na voice: {QUOTE[:5]}",
]


@pytest.mark.parametrize("line", WRONG)
def test_an_error_does_not_repeat_what_a_customer_said(pair: Pair, line: str) -> None:
    number = opened(pair)
    comment = say(pair, number, line)
    assert "was not taken" in reply(pair, number, comment)
    assert hides(pair, number)


def test_an_unreadable_line_of_the_description_does_not_repeat_it_either(pair: Pair) -> None:
    number = opened(pair, body=f'Theme.\n\n## Customer impact\n\nvoice: heard "{QUOTE}" {LINK}\n')
    assert "could not be read" in body(pair, number)
    assert hides(pair, number)


def test_what_is_asked_again_shows_as_counts(pair: Pair) -> None:
    number = opened(pair)
    say(pair, number, f"{VOICE}\n/impact effect: better")
    pair.github.push(number, [PRICE])
    settle(pair)
    say(pair, number, "/impact status")
    assert hides(pair, number)


def test_what_came_from_another_pull_request_does_not_show(pair: Pair) -> None:
    line = "the menu turns grey for night owls"
    patch = '@@ -0,0 +1,2 @@\n+@app.get("/exports")\n+def exports() -> Page: ...\n'
    number = opened(pair, FileChange("api/exports.py", 2, 0, patch))
    say(pair, number, f"{VOICE}\n/impact effect: different, {line}")
    say(pair, number, "/impact feeling: relieved, as they told us in spring")
    assert line in shown(pair, number)
    back = pair.github.open_revert(number, author="reviewer")
    settle(pair)
    secret = (line, "night owls", "told us in spring")
    assert answer(pair, back, "effect").text == line
    assert "in words that are not shown in public" in body(pair, back)
    say(pair, back, "/impact status")
    assert hides(pair, back, *secret)
    tick(pair, back, "effect=still")
    tick(pair, back, "feeling=confident")
    say(pair, back, "/impact status")
    assert answer(pair, back, "effect").again == ""
    assert hides(pair, back, *secret)


# -- made public, made private ---------------------------------------------------------------------


def history(pair: Pair, number: int) -> list[Version]:
    """What the comment ever said, for everybody to read."""
    return only_comment(pair, number).history


def test_going_public_rewrites_every_comment_and_going_private_brings_the_words_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with start_pair(tmp_path_factory.mktemp("turn"), quiet_seconds=0) as pair:
        numbers = [opened(pair), opened(pair), opened(pair)]
        for number in numbers:
            say(pair, number, VOICE)
            assert "lamp off" in body(pair, number)
        assert pair.github.merge(numbers[0], bypass=True).merged
        settle(pair)
        pair.github.call_counts.clear()
        pair.github.publicise()
        settle(pair)
        for number in numbers:
            assert "lamp off" not in body(pair, number)
            assert "1 asked, 1 observed" in body(pair, number)
            assert not any("lamp off" in version.text for version in history(pair, number))
        assert EDIT not in calls(pair)  # an edit would leave the words in the comment's history
        pair.github.publicise(private=True)
        settle(pair)
        assert all("lamp off" in body(pair, number) for number in numbers)


def test_an_old_delivery_that_still_says_private_brings_nothing_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with start_pair(tmp_path_factory.mktemp("late"), quiet_seconds=0) as pair:
        number = opened(pair)
        say(pair, number, VOICE)
        pair.github.hold_deliveries()
        pair.github.comment(number, "/impact effect: better", "author")
        later(pair)
        pair.github.publicise()
        pair.github.release([1, 0])
        settle(pair)
        assert "effect" in {a.question for a in record(pair, number).answers}
        assert "lamp off" not in body(pair, number)
        late = next(d for d in pair.github.deliveries if d.event == "pull_request")
        payload = json.loads(late.body)
        assert payload["repository"]["private"]
        payload["action"] = "labeled"
        assert post(pair, "pull_request", payload) == 202
        settle(pair)
        tick(pair, number, "feeling=relieved")
        assert len(history(pair, number)) > 1
        assert not [version for version in history(pair, number) if "lamp off" in version.text]


def test_that_it_is_public_is_learnt_from_any_delivery(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with start_pair(tmp_path_factory.mktemp("lost"), quiet_seconds=0) as pair:
        first, second = opened(pair), opened(pair, THEME)
        say(pair, first, VOICE)
        pair.github.faults.lose_deliveries = 1
        pair.github.publicise()
        pair.github.faults.lose_deliveries = 0
        assert "lamp off" in body(pair, first)
        say(pair, second, "Looks good.")
        assert until(lambda: "lamp off" not in body(pair, first))


def test_a_reply_from_before_may_be_old_news_but_tells_no_customers_words(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with start_pair(tmp_path_factory.mktemp("replies"), quiet_seconds=0) as pair:
        number = opened(pair)
        comment = say(pair, number, f"{VOICE}\n/impact status\n/impact effekt: better")
        rewrite(pair, comment, f"{VOICE}\n/impact status\n/impact effect: bettr")
        pair.github.publicise()
        settle(pair)
        stands = [c.body for c in pair.github.bot_comments(number) if MARKER not in c.body]
        assert len(stands) == 1
        assert not [word for word in SECRETS if word in "".join(stands)]
        assert boxes(pair, number)
