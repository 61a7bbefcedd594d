"""An outage is told once when it begins and once when it is over, with address and cause."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import requests
from structlog.testing import capture_logs

from bot.core.facts import Repository
from bot.errors import Upstream
from bot.gateways.github import GitHubGateway
from bot.gateways.reach import Reach, cause
from bot.sandbox.github import StandIn
from tests.gateways.conftest import NOWHERE


@pytest.fixture
def mute() -> Iterator[str]:
    """The address of a server that takes connections and never says anything."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def plain() -> Iterator[str]:
    """An address that asks for TLS of a server which knows none."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def answer() -> None:
            connection = listener.accept()[0]
            with connection:
                connection.recv(1024)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def failure(address: str) -> OSError:
    with pytest.raises(OSError) as caught:  # noqa: PT011 - requests' own errors are among them
        requests.get(address, timeout=0.2)
    return caught.value


def test_the_cause_is_told_in_a_few_words(mute: str, plain: str) -> None:
    assert cause(failure(NOWHERE), 15) == "connection refused"
    assert "name" in cause(failure("http://nowhere.invalid"), 15).lower()
    assert cause(failure(mute), 15) == "no answer within 15 seconds"
    assert "ssl" in cause(failure(plain), 15).lower()
    assert cause(ConnectionResetError(104, "Connection reset by peer"), 15) == (
        "connection reset by peer"
    )
    assert cause(requests.exceptions.ChunkedEncodingError("cut"), 15) == "ChunkedEncodingError"


def test_an_outage_has_one_line_at_each_end() -> None:
    now = [100.0]
    reach = Reach("https://github.example.com/api/v3", lambda: now[0])
    with capture_logs() as logs:
        reach.answered()
        assert reach.silent_for() == 0
        for _ in range(15):
            said = reach.failed(ConnectionRefusedError(111, "Connection refused"), 15)
            now[0] += 10
        assert reach.silent_for() == 150
        reach.answered()
        reach.answered()
        assert reach.silent_for() == 0
    assert said == "https://github.example.com/api/v3 could not be reached (connection refused)"
    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("github.unreachable", "error"),
        ("github.reached", "info"),
    ]
    assert (logs[0]["error"], logs[1]["after"]) == (said, 150)


def test_an_answer_of_any_kind_ends_it(
    github: StandIn, gateway: GitHubGateway, shop: Repository
) -> None:
    gateway.reach.failed(ConnectionRefusedError(111, "Connection refused"), 15)
    with pytest.raises(Upstream):
        gateway.pull_request(shop, 4711)
    assert gateway.reach.silent_for() == 0
