"""Over a socket the same listeners hear the same, and no address is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.pair import Pair, start_pair
from tests.make import wait_until
from tests.slack.talk import LEAD, MANAGER, Talk


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("socket")
    with start_pair(folder, quiet_seconds=0, socket_mode=True) as pair:
        wait_until(lambda: pair.slack.sockets.connected == 1)
        yield pair


def test_a_proposal_is_opened_answered_and_decided_over_a_socket(talk: Talk) -> None:
    message = talk.propose()
    talk.answer_all(message)
    talk.press(MANAGER, message, "decide")
    talk.submit(MANAGER, how="approved", sentence="We show the banner from March on.")
    talk.shows(message, "*Approved* by <@U0PRODUCTMANAGER>")


def test_what_is_wrong_comes_back_over_the_socket(talk: Talk) -> None:
    message = talk.slack.post("proposals", MANAGER, "Sort the exports by their date")
    talk.shortcut(message)
    assert "customers would not notice" in talk.submit(MANAGER, switches=[]).errors["switches"]


def test_events_come_over_the_socket(talk: Talk) -> None:
    talk.slack.open_home(LEAD)
    wait_until(lambda: talk.slack.home(LEAD) is not None)


def test_when_slack_says_good_bye_it_is_connected_anew(talk: Talk) -> None:
    before = talk.slack.sockets.accepted
    talk.slack.sockets.disconnect()
    wait_until(lambda: talk.slack.sockets.accepted > before, 15)
    wait_until(lambda: talk.slack.sockets.connected == 1, 15)
    talk.propose()
