"""In a real browser the page stays where it is while its parts change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from github.Repository import Repository

from bot.sandbox.github import StandIn
from tests.sandbox.chromium import Chromium, program

PATH = program()
pytestmark = pytest.mark.skipif(PATH is None, reason="no chromium on this machine")
BODY = """- [ ] better

<details><summary>More</summary>

- [ ] relieved
- [ ] annoyed

</details>
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with Chromium(PATH or "") as browser:
        yield browser


def box(text: str) -> str:
    return f"document.querySelector('button[aria-label={text}]')"


def test_a_tick_stays_in_place(github: StandIn, repo: Repository, chromium: Chromium) -> None:
    number = github.open_pull_request(title="One")
    repo.get_pull(number).create_issue_comment(BODY)
    chromium.open(github.pull_url(number))
    chromium.run("window.same = true; document.querySelector('.words details').open = true")
    chromium.run(f"{box('annoyed')}.focus(); {box('annoyed')}.click()")
    chromium.wait(f"{box('annoyed')}.ariaChecked === 'true'")
    assert github.bot_comments(number)[0].body == BODY.replace("[ ] annoyed", "[x] annoyed")
    assert chromium.run("window.same && document.querySelector('.words details').open")
    assert chromium.run("document.activeElement.ariaLabel") == "annoyed"
    assert chromium.problems == []


def test_news_arrives_and_a_half_written_comment_stays(
    github: StandIn, repo: Repository, chromium: Chromium
) -> None:
    number = github.open_pull_request(title="One")
    chromium.open(github.pull_url(number))
    chromium.run("window.same = true; document.querySelector('.say textarea').value = 'half'")
    comment = repo.get_pull(number).create_issue_comment("- [ ] hello")
    chromium.wait("document.body.innerText.includes('hello')")
    github.edit_pull_request(number, title="Two")
    chromium.wait("document.querySelector('h1').innerText.startsWith('Two')")
    assert chromium.run("window.same && document.querySelector('.say textarea').value") == "half"
    comment.delete()
    chromium.wait("!document.body.innerText.includes('hello')")
    chromium.run("document.querySelector('.say button').click()")
    chromium.wait("document.querySelector('.say textarea').value === ''")
    assert [said.body for said in github.comments(number)] == ["half"]


def test_a_refused_merge_says_why_without_leaving(github: StandIn, chromium: Chromium) -> None:
    number = github.open_pull_request(title="One")
    chromium.open(github.pull_url(number))
    chromium.run("window.same = true; document.querySelector('#merge button').click()")
    chromium.wait("document.getElementById('notice').innerText.startsWith('Not merged.')")
    assert chromium.run("window.same")


@pytest.mark.parametrize("path", ["/", "/acme/shop/pull/1"])
def test_a_phone_needs_no_sideways_scrolling(
    github: StandIn, repo: Repository, chromium: Chromium, path: str
) -> None:
    long = "a_very_long_word_without_any_break_" * 6
    number = github.open_pull_request(
        title=long, body=f"{long}\n\n| {long} |\n|--|\n| x |", branch=long
    )
    repo.get_pull(number).create_issue_comment(f"`{long}`\n\n```\n{long}\n```")
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    chromium.ask("Emulation.setDeviceMetricsOverride", **phone)
    chromium.open(github.url + path)
    assert chromium.run("document.documentElement.scrollWidth") == 390
