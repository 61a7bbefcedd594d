"""What GitHub could not deliver is asked for again: what for, how often, and what that costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from structlog.typing import EventDict

from bot.errors import Rejected
from bot.flows import sweep_deliveries as flow
from bot.flows.sweep_deliveries import WANTED, sweep_deliveries
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth
from bot.gateways.github_deliveries import next_cursor
from bot.inbound.github_events import READERS
from bot.sandbox.app_key import make_app_key
from bot.store import inbox
from tests.sweeps.conftest import APP_ID, Bench

LIST, ASK = "GET /app/hook/deliveries", "POST /app/hook/deliveries/{id}/attempts"


@pytest.fixture
def seen(bench: Bench) -> Bench:
    """A bot that has heard of GitHub before, and has swept since."""
    _record(bench, "an earlier one")
    bench.clock.forward(minutes=5)
    bench.sweep(sweep_deliveries)
    return bench


def _record(bench: Bench, guid: str) -> None:
    packed = inbox.pack(b"{}")
    now = bench.clock()
    bench.world.store.write(lambda tx: inbox.accept(tx, guid, "pull_request", "", packed, now))


def lose(bench: Bench, count: int = 1, share: float = 1.0) -> list[str]:
    """Pull requests of which nobody hears; gives the ids of their deliveries."""
    before = len(bench.github.deliveries)
    bench.github.faults.lose_deliveries = share
    for n in range(count):
        bench.github.open_pull_request(title=f"Change {n}")
    assert bench.github.wait_idle(10)
    bench.github.faults.clear()
    bench.clock.forward(seconds=2)
    return [delivery.guid for delivery in bench.github.deliveries[before:]]


def test_what_is_asked_for_is_what_the_door_reads() -> None:
    assert set(WANTED) == set(READERS) - {"ping", "status"}


def emit(bench: Bench, event: str, action: str | None, count: int = 1) -> list[str]:
    """Events of which nobody hears; gives the ids of their deliveries."""
    bench.github.faults.lose_deliveries = 1.0
    webhooks = bench.github._world.webhooks
    with bench.github.state.lock:
        found = [webhooks.emit(event, {"action": action}).guid for _ in range(count)]
    bench.github.faults.clear()
    return found


def test_of_checks_only_what_people_pressed_is_asked_for(seen: Bench) -> None:
    emit(seen, "status", None)
    emit(seen, "check_suite", "completed")
    for action in ("created", "completed"):
        emit(seen, "check_run", action)
    pressed = [
        *emit(seen, "check_run", "rerequested"),
        *emit(seen, "check_run", "requested_action"),
        *emit(seen, "check_suite", "rerequested"),
    ]
    assert seen.sweep(sweep_deliveries) == {LIST: 1, ASK: 3}
    assert seen.ear.heard == pressed


def test_where_not_all_fit_in_pull_requests_and_what_is_said_come_first(
    seen: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "ASKS", 5)
    pressed = emit(seen, "check_run", "rerequested", 4)
    seen.clock.forward(seconds=2)
    first = [*emit(seen, "issue_comment", "created"), *lose(seen, 2)]
    first += emit(seen, "installation", "created")
    seen.clock.forward(seconds=2)
    assert seen.sweep(sweep_deliveries) == {LIST: 1, ASK: 5}
    assert seen.ear.heard == [pressed[0], *first]
    assert seen.sweep(sweep_deliveries) == {LIST: 1, ASK: 3}
    assert seen.ear.heard[5:] == pressed[1:]


def test_what_was_lost_is_asked_for_oldest_first_and_only_until_it_arrives(seen: Bench) -> None:
    lost = lose(seen, 3)
    seen.github.open_pull_request(title="This one arrives")
    assert seen.sweep(sweep_deliveries) == {LIST: 1, ASK: 3}
    assert seen.ear.heard[1:] == lost
    assert seen.sweep(sweep_deliveries) == {LIST: 1}
    assert seen.rows("SELECT key FROM sweep WHERE key LIKE 'missed:%'") == []


def test_quiet_days_cost_one_call_a_sweep_however_much_there_was_before(seen: Bench) -> None:
    for n in range(130):
        seen.github.open_pull_request(title=f"Change {n}")
    assert seen.github.wait_idle(20)
    assert seen.sweep(sweep_deliveries) == {LIST: 2}
    seen.clock.forward(minutes=2)
    seen.github.open_pull_request(title="One more")
    assert seen.github.wait_idle(5)
    assert seen.sweep(sweep_deliveries)[LIST] <= 2
    assert seen.sweep(sweep_deliveries) == {LIST: 1}


def test_a_sweep_looks_and_asks_only_so_often_and_the_next_ones_take_the_rest(
    seen: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "PAGES", 2)
    monkeypatch.setattr(flow, "ASKS", 40)
    lost = lose(seen, 250)
    spent = []
    for _ in range(12):
        spent.append(seen.sweep(sweep_deliveries))
        for guid in seen.ear.heard:
            _record(seen, guid)
        seen.clock.forward(minutes=2)
    assert all(sweep[LIST] <= 2 and sweep.get(ASK, 0) <= 40 for sweep in spent)
    assert spent[0] == {LIST: 2, ASK: 40}
    assert seen.ear.heard[:40] == lost[50:90]  # the oldest in sight
    assert seen.ear.heard[40:80] == lost[:40]
    assert sorted(seen.ear.heard) == sorted(lost)


def test_while_a_long_look_goes_on_nothing_is_asked_for_twice(
    seen: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "PAGES", 1)
    emit(seen, "check_run", "completed", 400)
    lost = lose(seen, 20)
    seen.ear.status = 502
    for _ in range(4):
        seen.sweep(sweep_deliveries)
        seen.clock.forward(minutes=5)
    assert seen.ear.heard == lost


def test_what_the_record_has_is_not_asked_for_though_github_heard_no_answer(seen: Bench) -> None:
    (lost,) = lose(seen)
    _record(seen, lost)
    assert seen.sweep(sweep_deliveries) == {LIST: 1}


def test_what_failed_here_for_good_is_asked_for_once_more(seen: Bench) -> None:
    (lost,) = lose(seen)
    _record(seen, lost)
    seen.world.store.write(
        lambda tx: seen.world.jobs.enqueue(tx, "deliver", {"delivery": lost}, lock="pr:1:1")
    )
    with seen.world.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE job SET state = 'parked'")
    assert seen.sweep(sweep_deliveries) == {LIST: 1, ASK: 1}


def test_an_event_that_nobody_reads_is_left_alone(seen: Bench) -> None:
    seen.ear.status = 500
    with seen.github.state.lock:
        seen.github._world.webhooks.emit("star", {"action": "created"})
    assert seen.sweep(sweep_deliveries) == {LIST: 1}


def test_what_fails_again_is_asked_for_five_times_ever_more_seldom_and_then_given_up(
    seen: Bench, logs: list[EventDict]
) -> None:
    (lost,) = lose(seen)
    seen.ear.status = 400
    for _ in range(60):
        seen.sweep(sweep_deliveries)
        seen.clock.forward(minutes=2)
    assert seen.ear.heard == [lost] * 5
    gaps = [d.delivered_at for d in seen.github.deliveries if d.redelivery and d.delivered_at]
    minutes = [round((b - a) / timedelta(minutes=1)) for a, b in pairwise(gaps)]
    assert minutes == [2, 4, 8, 16]
    assert [line["delivery"] for line in logs if line["event"] == "delivery.given_up"] == [lost]


def test_while_nothing_comes_through_one_is_tried_and_then_all_of_them_arrive(seen: Bench) -> None:
    lost = lose(seen, 20)
    seen.ear.status = 502
    assert seen.sweep(sweep_deliveries)[ASK] == 20
    for _ in range(90):  # three hours: longer than five tries
        seen.clock.forward(minutes=2)
        assert seen.sweep(sweep_deliveries).get(ASK, 0) <= 1
    seen.ear.status, seen.ear.heard = 202, []
    for _ in range(5):
        seen.clock.forward(minutes=2)
        seen.sweep(sweep_deliveries)
    assert set(seen.ear.heard) == set(lost)


def test_one_that_nobody_can_take_keeps_none_of_the_others_away(seen: Bench) -> None:
    lost = lose(seen, 4)
    seen.ear.status = 502
    seen.sweep(sweep_deliveries)
    seen.ear.status, seen.ear.bad, seen.ear.heard = 202, lost[0], []
    for _ in range(5):
        seen.clock.forward(minutes=2, seconds=1)
        seen.sweep(sweep_deliveries)
    assert set(seen.ear.heard) == set(lost)


def test_the_hint_fits_what_github_answered(seen: Bench, logs: list[EventDict]) -> None:
    other = app_auth(APP_ID, make_app_key().private)
    stranger = GitHubGateway(other, seen.github.api_url, seen.world.pacer)
    sweep_deliveries(replace(seen.world, github=stranger))
    seen.clock.forward(days=1, minutes=1)
    seen.github.faults.add("404-before", on="GET /app/hook/deliveries")
    seen.sweep(sweep_deliveries)
    key, old = [line["hint"] for line in logs if line["event"] == "deliveries.refused"]
    assert "private key is wrong" in key
    assert "too old" in old


def test_what_is_older_than_three_days_is_left_alone(seen: Bench) -> None:
    lose(seen)
    seen.clock.forward(days=3, minutes=5)
    assert seen.sweep(sweep_deliveries) == {LIST: 1}


def test_github_refuses_what_is_too_old(bench: Bench) -> None:
    lose(bench)
    bench.clock.forward(days=3, minutes=5)
    with pytest.raises(Rejected, match="too old") as refused:
        bench.world.github.redeliver(bench.github.deliveries[0].id)
    assert refused.value.status == 422


def test_a_new_bot_asks_only_for_installations_of_the_time_before_it(bench: Bench) -> None:
    lose(bench, 4)
    bench.clock.forward(minutes=2)
    bench.github.faults.lose_deliveries = 1.0
    bench.github.install()
    bench.github.faults.clear()
    installed = bench.github.deliveries[-1].guid
    bench.clock.forward(minutes=3)
    assert bench.sweep(sweep_deliveries) == {LIST: 1, ASK: 1}
    assert bench.ear.heard == [installed]
    lost = lose(bench, 2)
    assert bench.sweep(sweep_deliveries) == {LIST: 1, ASK: 2}
    assert bench.ear.heard[1:] == lost


def test_a_record_that_never_swept_looks_back_to_its_first_delivery(bench: Bench) -> None:
    lose(bench, 4)
    bench.clock.forward(minutes=3)
    _record(bench, "the first")
    bench.clock.forward(minutes=3)
    lost = lose(bench, 2)
    assert bench.sweep(sweep_deliveries) == {LIST: 1, ASK: 2}
    assert bench.ear.heard == lost


@pytest.mark.parametrize("fault", ["404-before", "502-before", "limit-403", "reset"])
def test_a_github_that_does_not_answer_ends_the_sweep_and_the_next_one_goes_on(
    seen: Bench, fault: str, logs: list[EventDict]
) -> None:
    lost = lose(seen, 2)
    seen.github.faults.add(fault, on="GET /app/hook/deliveries", seconds=30)  # type: ignore[arg-type]
    for _ in range(3):
        assert set(seen.sweep(sweep_deliveries)) <= {LIST}
    told = [line for line in logs if line["event"] == "deliveries.refused"]
    assert len(told) == (1 if fault == "404-before" else 0)
    seen.github.faults.clear()
    seen.clock.forward(minutes=2)
    seen.sweep(sweep_deliveries)
    assert seen.ear.heard == lost


def test_while_github_asked_us_to_wait_nothing_is_asked(seen: Bench) -> None:
    seen.github.faults.add("limit-429", on="GET /app/hook/deliveries", seconds=30, times=1)
    seen.sweep(sweep_deliveries)
    assert seen.sweep(sweep_deliveries) == {}
    seen.clock.forward(seconds=31)
    assert seen.sweep(sweep_deliveries) == {LIST: 1}


@pytest.mark.parametrize(
    ("link", "cursor"),
    [
        ('<https://x/app/hook/deliveries?per_page=100&cursor=v1_17>; rel="next"', "v1_17"),
        ('<https://x/?cursor=v1_9>; rel="prev", <https://x/?cursor=v1_2%3D>; rel="next"', "v1_2="),
        ('<https://x/?cursor=v1_9>; rel="prev"', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_next_page_is_named_by_the_link_header(link: str, cursor: str) -> None:
    assert next_cursor(link) == cursor
