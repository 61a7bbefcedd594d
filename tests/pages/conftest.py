"""The bot with its pages, and a browser to look at them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from bot.cli.pair import Pair, start_pair
from tests.pages.visit import Visit, at_the_machine

ORGANISATION = """
mode: [{repositories: '**', mode: enforce}]
teams:
  - {name: Shop, repositories: ['acme/*']}
  - {name: Product, channels: [proposals]}
reviewers: {logins: [reviewer]}
roles:
  member: {logins: [author, outsider], emails: ['*@acme.example']}
  leadership: {groups: [leads]}
  admin: {groups: [admins]}
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("pages")
    with start_pair(
        folder, organisation=ORGANISATION, quiet_seconds=0, slack=True, pages=True
    ) as made:
        assert made.settle()
        yield made


@pytest.fixture
def owner(pair: Pair) -> Visit:
    """Whoever sits at the machine."""
    return at_the_machine(pair)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium here: apt install chromium")
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield made
        made.close()
