"""The GitHub door over real HTTP: who gets in, and what is on disk when they hear of success."""

from __future__ import annotations

import json
import select
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import event
from structlog.typing import EventDict

from bot.inbound.github import LARGE_AT_ONCE, MOST, signed
from bot.jobs.traffic import CROWD
from bot.store import inbox, queue
from tests import make
from tests.inbound.conftest import Web
from tests.make import as_body, payload, wait_until

BODY = as_body(payload("pull_request", "opened"))
LARGE = as_body(payload("pull_request", "opened", padding="x" * 300_000))
COUNTS = "SELECT (SELECT count(*) FROM delivery), (SELECT count(*) FROM job)"


def test_a_delivery_is_on_disk_with_its_job_when_it_is_accepted(web: Web) -> None:
    answer = web.deliver("pull_request", BODY)
    assert (answer.status, answer.text) == (202, "Accepted.\n")
    assert web.rows("SELECT id, event, action FROM delivery") == [
        ("d-1", "pull_request", "PullRequest")
    ]
    assert web.rows("SELECT name, args, lock, state FROM job") == [
        ("deliver", '{"delivery": "d-1"}', "pr:501:12", "ready")
    ]
    with web.store.read() as connection:
        assert inbox.load(connection, "d-1") == ("pull_request", BODY)


def test_a_delivery_that_comes_twice_has_one_effect(web: Web) -> None:
    assert [web.deliver("pull_request", BODY).status for _ in range(2)] == [202, 200]
    assert web.rows(COUNTS) == [(1, 1)]


def test_a_delivery_that_had_failed_and_comes_again_is_tried_again_as_a_new_job(web: Web) -> None:
    for id in ("d-1", "d-2"):
        web.deliver("pull_request", BODY, id)
    web.store.write(lambda tx: queue.park(tx, 1, 8, "Rejected: 403"))
    assert [web.deliver("pull_request", BODY).status for _ in range(2)] == [202, 200]
    assert web.rows("SELECT id, args, lock, state, attempts FROM job ORDER BY id") == [
        (2, '{"delivery": "d-2"}', "pr:501:12", "ready", 0),
        (3, '{"delivery": "d-1"}', "pr:501:12", "ready", 0),
    ]


def test_many_at_once_are_all_kept_and_copies_among_them_known(web: Web) -> None:
    ids = [f"d-{n % 40}" for n in range(60)]
    with ThreadPoolExecutor(12) as threads:
        statuses = list(threads.map(lambda id: web.deliver("pull_request", BODY, id).status, ids))
    assert sorted(statuses) == [200] * 20 + [202] * 40
    assert web.rows(COUNTS) == [(40, 40)]


def test_each_of_several_secrets_opens_the_door(web: Web) -> None:
    for secret, status in (("another secret", 202), (make.SECRET, 202), ("a third one", 401)):
        signature = make.signature(BODY, secret)
        answer = web.deliver("pull_request", BODY, secret[:1], x_hub_signature_256=signature)
        assert answer.status == status


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        make.signature(BODY).removeprefix("sha256="),
        make.signature(BODY).upper(),
        make.signature(BODY)[:-1],
        make.signature(BODY) + "0",
        "sha256=" + make.signature(BODY),
        "sha1=" + make.signature(BODY)[7:47],
        "sha256=größer",
        "sha256=\xff" * 20,
        "sha512=" + make.signature(BODY)[7:],
    ],
)
def test_a_signature_that_is_wrong_in_any_way_is_refused(web: Web, signature: str) -> None:
    answer = web.deliver("pull_request", BODY, x_hub_signature_256=signature)
    assert answer.status == 401
    assert ("missing" in answer.text) == (not signature)
    assert web.rows(COUNTS) == [(0, 0)]


def test_a_sha1_signature_alone_is_not_enough(web: Web) -> None:
    answer = web.deliver(
        "pull_request", BODY, x_hub_signature_256="", x_hub_signature="sha1=" + "0" * 40
    )
    assert answer.status == 401


def test_one_changed_byte_is_noticed(web: Web) -> None:
    changed = BODY.replace(b'"number": 12', b'"number": 13', 1)
    answer = web.deliver("pull_request", changed, x_hub_signature_256=make.signature(BODY))
    assert answer.status == 401


def test_without_a_secret_nobody_gets_in() -> None:
    assert not signed(b"", make.signature(b"", ""), [])


@pytest.mark.parametrize("missing", ["x_github_event", "x_github_delivery"])
def test_a_delivery_without_its_headers_is_refused(web: Web, missing: str) -> None:
    assert web.deliver("pull_request", BODY, **{missing: ""}).status == 400


@pytest.mark.parametrize("id", ["a b", "ä", "x" * 101, "a;b", "../x"])
def test_a_delivery_id_of_a_strange_form_is_refused(web: Web, id: str) -> None:
    assert web.deliver("pull_request", BODY, id).status == 400


def test_what_is_none_of_our_business_is_thanked_for_and_not_kept(web: Web) -> None:
    closed_issue = payload("issue_comment", "created", issue={"number": 12})
    for name, body in (
        ("ping", b'{"zen": "Speak like a human."}'),
        ("star", b"not even JSON"),
        ("größer", b"{}"),
        ("pull_request", as_body(payload("pull_request", "locked"))),
        ("pull_request", as_body({"action": "of the future"})),
        ("merge_group", as_body(payload("merge_group", "destroyed"))),
        ("issue_comment", as_body(closed_issue)),
    ):
        assert web.deliver(name, body).status == 200
    assert web.rows(COUNTS) == [(0, 0)]


def test_unknown_fields_are_passed_over(web: Web) -> None:
    extra = payload("pull_request", "opened", enterprise={"id": 1}, future=[{}, None])
    assert web.deliver("pull_request", as_body(extra)).status == 202


ODD_BODIES = {
    "empty": b"",
    "no JSON": b"action=opened",
    "array": b"[]",
    "text": b'"pull_request"',
    "null": b"null",
    "cut": BODY[:-1],
    "two": BODY + BODY,
    "deep arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep inside": BODY.replace(b'"labels": [', b'"labels": [' + b"[" * 5000 + b"]" * 5000 + b","),
    "many digits": BODY.replace(b'"number": 12', b'"number": ' + b"9" * 5000),
    "beyond 64 bit": BODY.replace(b'"number": 12', b'"number": 9223372036854775808'),
    "negative": BODY.replace(b'"number": 12', b'"number": -1'),
    "fraction": BODY.replace(b'"number": 12', b'"number": 12.5'),
    "infinite": BODY.replace(b'"number": 12', b'"number": 1e999'),
    "not a number": BODY.replace(b'"number": 12', b'"number": NaN'),
    "number as text": BODY.replace(b'"number": 12', b'"number": "12"'),
    "true as number": BODY.replace(b'"number": 12', b'"number": true'),
    "invalid UTF-8": BODY.replace(b"Make", b"\xff\xfe\xc3"),
    "UTF-16": json.dumps(payload("pull_request", "opened")).encode("utf-16")[2:7],
    "no head": BODY.replace(b'"head":', b'"heart":'),
    "empty head": BODY.replace(b"a" * 40, b""),
    "no date": BODY.replace(b"2026-03-02T09:30:00Z", b"yesterday"),
    "first day": BODY.replace(b"2026-03-02T09:30:00Z", b"0001-01-01T00:00:00+14:00"),
    "half a pair as date": BODY.replace(b"2026-03-02T09:30:00Z", b"\\ud800"),
    "unknown state": BODY.replace(b'"state": "open"', b'"state": "ajar"'),
    "repository null": as_body(payload("pull_request", "opened", repository=None)),
    "installation null": as_body(payload("pull_request", "opened", installation=None)),
}


@pytest.mark.parametrize("name", ODD_BODIES)
def test_a_body_that_is_not_githubs_is_refused_in_words_and_not_kept(web: Web, name: str) -> None:
    answer = web.deliver("pull_request", ODD_BODIES[name])
    assert answer.status == 400
    assert answer.text.startswith("The ")
    assert web.rows(COUNTS) == [(0, 0)]


@pytest.mark.parametrize("text", ["\\ud800 half a pair", "nothing\\u0000", "\\uD83D\\uDE00", "\\b"])
def test_text_that_no_database_takes_is_mended_and_accepted(web: Web, text: str) -> None:
    for place in (b"Make exports faster", b"author", b"pricing", b"faster", b"a" * 40):
        body = BODY.replace(place, place + text.encode())
        assert web.deliver("pull_request", body, place.decode()[:9].replace(" ", "-")).status == 202
    assert web.rows(COUNTS) == [(5, 5)]


def test_a_webhook_that_is_not_the_apps_is_told_so(web: Web) -> None:
    body = as_body({k: v for k, v in json.loads(BODY).items() if k != "installation"})
    answer = web.deliver("pull_request", body)
    assert (answer.status, "Use the one of the App" in answer.text) == (400, True)


def test_without_an_app_the_webhook_of_a_repository_is_taken(tmp_path: Path) -> None:
    body = as_body({k: v for k, v in json.loads(BODY).items() if k != "installation"})
    web = Web(tmp_path, by_token=True)
    assert web.deliver("pull_request", body).status == 202
    assert web.rows(COUNTS) == [(1, 1)]
    web.stop()


def test_a_webhook_that_sends_forms_is_told_what_to_change(web: Web) -> None:
    answer = web.deliver("pull_request", b"payload=%7B%22action%22%3A%22opened%22%7D")
    assert answer.status == 400
    assert "content type to application/json" in answer.text


def test_a_large_body_is_accepted_and_a_larger_one_refused_by_its_length(web: Web) -> None:
    big = as_body(payload("pull_request", "opened", padding="x" * 1_000_000))
    assert web.deliver("pull_request", big).status == 202
    answer = web.deliver("pull_request", b"x" * (MOST + 1))
    assert (answer.status, "25 MB" in answer.text) == (413, True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x_hub_signature_256": ""}, 401),
        ({"x_hub_signature_256": "sha256=" + "z" * 64}, 401),
        ({"x_github_event": ""}, 400),
        ({"x_github_delivery": "a b"}, 400),
        ({"content_length": str(MOST + 1), "x_hub_signature_256": ""}, 413),
    ],
)
def test_what_the_headers_rule_out_is_refused_before_the_body_is_sent(
    web: Web, headers: dict[str, str], status: int
) -> None:
    with web.begun(LARGE, **headers) as connection:
        assert connection.getresponse().status == status


def test_a_few_large_bodies_are_read_at_a_time_and_the_others_wait(web: Web) -> None:
    with ExitStack() as stack:
        first, *_ = [stack.enter_context(web.begun(LARGE)) for _ in range(LARGE_AT_ONCE)]
        assert web.deliver("pull_request", BODY, "small").status == 202
        waiting = stack.enter_context(web.begun(LARGE))
        waiting.send(LARGE)
        assert select.select([waiting.sock], [], [], 0.05) == ([], [], [])
        first.send(LARGE)
        assert first.getresponse().status == 202
        assert waiting.getresponse().status == 200


def test_a_large_body_that_does_not_come_makes_nobody_wait_for_ever(hasty: Web) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(hasty.begun(LARGE)) for _ in range(LARGE_AT_ONCE + 1)]
        answers = [connection.getresponse() for connection in slow]
    assert {(a.status, a.headers["retry-after"]) for a in answers} == {(503, "30")}


def test_a_body_that_hides_its_length_is_cut_off_too(web: Web) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(27):
            yield b"x" * 1024 * 1024

    sent = make.headers("pull_request", b"")
    answer = web.ask("POST", "/github/webhooks", chunks(), sent)
    assert answer.status == 413
    assert web.deliver("pull_request", BODY).status == 202


def test_a_small_body_in_chunks_is_accepted(web: Web) -> None:
    pieces = [BODY[:100], BODY[100:101], BODY[101:]]
    answer = web.ask("POST", "/github/webhooks", pieces, make.headers("pull_request", BODY))
    assert answer.status == 202


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_posts_are_taken(web: Web, method: str) -> None:
    assert web.ask(method, "/github/webhooks").status == 405


def test_a_locked_database_means_later_and_leaves_nothing_half_done(
    hasty: Web, logs: list[EventDict]
) -> None:
    with hasty.locked():
        answers = [hasty.deliver("pull_request", BODY, f"d-{n}") for n in range(3)]
        assert {(a.status, a.headers["retry-after"]) for a in answers} == {(503, "30")}
    (line,) = logs  # one for all of them
    assert (line["event"], "is locked" in line["reason"]) == ("webhook.not_durable", True)
    wait_until(lambda: hasty.deliver("pull_request", BODY, "d-9").status in (200, 202))
    [(deliveries, jobs)] = hasty.rows(COUNTS)
    assert deliveries == jobs
    for n in range(3):
        assert hasty.deliver("pull_request", BODY, f"d-{n}").status in (200, 202)
    assert hasty.rows(COUNTS) == [(4, 4)]
    assert hasty.rows("SELECT count(DISTINCT args) FROM job") == [4]


def test_a_full_disk_means_later_and_leaves_nothing_half_done(
    web: Web, logs: list[EventDict]
) -> None:
    [pages] = web.rows("PRAGMA page_count")
    full = True

    @event.listens_for(web.store.engine, "checkout")
    def limit(connection: object, record: object, proxy: object) -> None:
        most = pages if full else 1_000_000
        connection.execute(f"PRAGMA max_page_count={most}")  # type: ignore[attr-defined]

    big = as_body(payload("pull_request", "opened", padding=[hash(str(n)) for n in range(20_000)]))
    answer = web.deliver("pull_request", big)
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert web.rows(COUNTS) == [(0, 0)]
    assert "the disk is full" in logs[0]["reason"]
    full = False
    assert web.deliver("pull_request", big).status == 202
    assert web.rows(COUNTS) == [(1, 1)]


def test_a_store_that_is_closing_means_later(web: Web) -> None:
    web.store.close()
    assert web.deliver("pull_request", BODY).status == 503


def test_answers_are_counted_by_event_and_status(web: Web) -> None:
    web.deliver("pull_request", BODY)
    web.deliver("an event that somebody made up", BODY, x_hub_signature_256="")
    text = web.ask("GET", "/metrics").text
    assert 'emptychair_webhooks_total{event="pull_request",status="202"}' in text
    assert 'emptychair_webhooks_total{event="other",status="401"}' in text
    assert "made up" not in text


def test_a_small_body_that_does_not_come_is_not_waited_for_and_holds_up_no_work(
    hasty: Web,
) -> None:
    body = as_body(payload("pull_request", "opened"))
    with hasty.begun(body) as connection:
        response = connection.getresponse()
        assert (response.status, response.read().decode()) == (
            408,
            "The body did not arrive in time. Deliver it again later.\n",
        )


def test_who_did_not_sign_is_no_traffic(web: Web) -> None:
    body = as_body(payload("pull_request", "opened"))
    forged = {"X-Hub-Signature-256": "sha256=" + "0" * 64}
    with ExitStack() as held:
        for _ in range(CROWD + 1):
            held.enter_context(web.begun(body, **forged))
        assert web.deliver("pull_request", body).status == 202
        assert not web.traffic.crowded
