"""The stand-in's pages in a browser: somebody proposes, answers, and sees the card change."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.chromium import Chromium, program
from tests.slack.talk import MANAGER, Talk


def has(page: Chromium, text: str) -> None:
    page.wait(f"document.body?.innerText.includes({json.dumps(text)})", 8)


def click(page: Chromium, where: str, text: str) -> None:
    found = f"[...document.querySelectorAll({json.dumps(where)})]"
    page.run(f"{found}.find(e => e.innerText.includes({json.dumps(text)})).click()")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_visitor_proposes_answers_and_watches_the_card(talk: Talk, width: int) -> None:
    path = program()
    if path is None:
        pytest.skip("no Chromium here")
    with Chromium(path) as page:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        page.ask("Emulation.setDeviceMetricsOverride", **size)
        page.open(f"{talk.slack.url}/")
        words = f"Sort exports by their date, at {width} pixels"
        page.run(f"document.querySelector('#text').value = {json.dumps(words)}")
        click(page, ".composer button", "Send")
        has(page, words)
        page.run("[...document.querySelectorAll('.more summary')].at(-1).click()")
        page.run(
            "[...document.querySelectorAll('.more button')].filter(e => "
            "e.innerText === 'Customer impact').at(-1).click()"
        )
        has(page, "Which of these are true?")
        page.run("document.querySelector('dialog input[value=notice]').click()")
        has(page, "5 questions")
        click(page, "dialog button", "Open the review")
        has(page, "0 of 5 answered")
        click(page, "section:last-of-type button", "Answer (5 left)")
        has(page, "Which customers does this touch?")
        click(page, "dialog button", "Save and next")
        has(page, "Please complete this required field.")
        page.run("document.querySelector('dialog input[value=existing]').click()")
        click(page, "dialog button", "Save and next")
        has(page, "Voice (2/3)")
        click(page, "dialog button", "Close")
        page.wait("document.readyState === 'complete' && !document.querySelector('dialog')")
        has(page, "1 of 5 answered")
        assert page.run("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.problems == []


def test_hostile_words_run_nothing_and_ping_nobody(talk: Talk) -> None:
    path = program()
    if path is None:
        pytest.skip("no Chromium here")
    hostile = "<script>window.evil=1</script> <!channel> <@U0EVIL> *b* <javascript:alert(1)|x> &lt;"
    with Chromium(path) as page:
        message = talk.propose(text=f"Change it {hostile}", by=MANAGER)
        page.open(f"{talk.slack.url}/archives/{message.channel}")
        has(page, "Change it")
        assert page.run("typeof window.evil") == "undefined"
        assert page.run("document.querySelectorAll('main a[href^=javascript]').length") == 0
        ours = "[...document.querySelectorAll('.ours .ping')].length"
        assert page.run(ours) == 0
        assert page.problems == []
