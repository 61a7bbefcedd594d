"""The pages as a person meets them, in Debian's Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.cli.demo_year import generate, organisation
from bot.cli.pair import Pair, start_pair
from bot.core.review import Review
from bot.store import catalog
from tests.data import rows
from tests.flows.people import click, only_comment, opened, settle
from tests.pages.conftest import ORGANISATION
from tests.pages.test_answering import record

AXE = Path(__file__).parents[1] / "stories/node_modules/axe-core/axe.min.js"
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """With a year behind it, so that there is something to see."""
    folder: Path = tmp_path_factory.mktemp("pages")
    teams = ORGANISATION.split("reviewers:")
    text = organisation(teams[0]) + "reviewers:" + teams[1]
    with start_pair(folder, organisation=text, quiet_seconds=0, pages=True, generated=True) as made:
        assert made.bot is not None
        read = catalog.load(made.settings.checklists_dir)
        generate(made.bot.store, read, datetime.now(UTC))
        assert made.settle()
        yield made


@pytest.fixture
def context(browser: Browser, pair: Pair) -> Iterator[BrowserContext]:
    made = _signed_in(browser, pair)
    yield made
    made.close()


def _signed_in(browser: Browser, pair: Pair, size: str = "desktop", **more: Any) -> BrowserContext:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, **more)
    assert pair.bot is not None
    assert pair.bot.once is not None
    page = context.new_page()
    page.goto(f"{pair.bot_url}/sign-in/once?word={pair.bot.once.fresh()}")
    expect(page).to_have_url(f"{pair.bot_url}/")
    page.close()
    return context


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A tab, and what went wrong in it: errors of scripts, what the policy blocked."""
    page, wrong = context.new_page(), []
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return page, wrong


def a_review(pair: Pair, **more: Any) -> Review:
    return record(pair, opened(pair, **more))


def test_from_the_sentence_to_the_list_to_the_review(context: BrowserContext, pair: Pair) -> None:
    page, wrong = watched(context)
    page.goto(pair.bot_url)
    expect(page.locator(".sentence")).to_contain_text("people asked or watched a customer in")
    page.locator("select[name=team]").select_option("Checkout")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("team=Checkout"))
    number = page.locator(".tile", has_text="Coverage").first
    eligible = int(re.findall(r"n = (\d+)", number.inner_text())[0])
    number.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Coverage")
    listed = page.locator(".lines li")
    assert 0 < listed.count() <= eligible
    assert all("Checkout" in text for text in listed.all_inner_texts())
    listed.first.get_by_role("link").click()
    expect(page.locator(".standing")).to_contain_text("Complete: ")
    assert wrong == []


def test_every_number_leads_to_a_list(context: BrowserContext, pair: Pair) -> None:
    page, wrong = watched(context)
    page.goto(pair.bot_url)
    links = page.locator("a.tile").evaluate_all("all => all.map(a => a.href)")
    assert len(links) == 12
    for link in links:
        shown = page.locator(f'a.tile[href="{link.removeprefix(pair.bot_url)}"] .value').first
        page.goto(link)
        assert page.locator("h1").inner_text() in page.content()
        page.go_back()
        assert shown.is_visible()
    assert wrong == []


def test_answering_until_github_is_green(context: BrowserContext, pair: Pair) -> None:
    review = a_review(pair)
    number = review.pull_request.number
    page, wrong = watched(context)
    page.goto(f"{pair.bot_url}/reviews/{review.id}")
    page.locator("#who").get_by_label("Existing customers").check()
    expect(page.locator("#status-who")).to_contain_text("Answered by")
    page.locator("#why textarea").fill("People with migraines cannot read the page for long.")
    page.locator("#why").get_by_role("button", name="Save").click()
    expect(page.locator("#status-why")).to_contain_text("Answered by")
    page.locator("#effect").get_by_label("Better", exact=True).check()
    page.locator("#feeling").get_by_label("Relieved").check()
    expect(page.locator("#standing")).to_contain_text("4 of 5")
    page.locator("#voice").get_by_label("Asked").check()
    expect(page.locator("#standing")).to_contain_text("complete")
    assert pair.settle()
    run = pair.github.check(number)
    assert run is not None
    assert run.conclusion == "success"
    assert "complete ✅" in only_comment(pair, number).body
    assert wrong == []


def test_two_tabs_at_once(context: BrowserContext, pair: Pair) -> None:
    review = a_review(pair)
    address = f"{pair.bot_url}/reviews/{review.id}"
    one, wrong = watched(context)
    other, also_wrong = watched(context)
    for page in (one, other):
        page.goto(address)
    other.locator("#why textarea").click()
    other.keyboard.press("Control+A")
    other.keyboard.type("Half a thought")
    one.locator("#effect").get_by_label("Better", exact=True).check()
    one.locator("#why textarea").fill("People with migraines cannot read the page for long.")
    one.locator("#why").get_by_role("button", name="Save").click()
    expect(other.locator("#status-effect")).to_contain_text("Answered by", timeout=15_000)
    expect(other.locator("#why textarea")).to_have_value("Half a thought")
    other.keyboard.press("End")
    other.keyboard.type(" that goes on for a while longer.")
    other.locator("#why").get_by_role("button", name="Save").click()
    expect(other.locator("#status-why")).to_contain_text("answered meanwhile")
    other.locator("#status-why").get_by_role("button", name="Mine").click()
    expect(other.locator("#status-why .conflict")).to_have_count(0)
    kept = record(pair, review.pull_request.number).answer("why")
    assert kept is not None
    assert kept.text == "Half a thought that goes on for a while longer."
    expect(one.locator("#why textarea")).to_have_value(kept.text, timeout=15_000)
    assert wrong + also_wrong == []


def test_an_answer_on_github_arrives_without_a_reload(context: BrowserContext, pair: Pair) -> None:
    review = a_review(pair)
    page, wrong = watched(context)
    page.goto(f"{pair.bot_url}/reviews/{review.id}")
    click(pair, review.pull_request.number, "feeling=relieved")
    settle(pair)
    expect(page.locator("#status-feeling")).to_contain_text("Answered by reviewer", timeout=15_000)
    assert wrong == []


def test_a_link_to_a_question_leads_there(context: BrowserContext, pair: Pair) -> None:
    review = a_review(pair)
    page, _ = watched(context)
    page.goto(f"{pair.bot_url}/reviews/{review.id}#feeling")
    assert page.locator("#feeling").evaluate("at => at.getBoundingClientRect().top") < 450


def test_without_scripts_the_same_form_works(browser: Browser, pair: Pair) -> None:
    review = a_review(pair)
    context = _signed_in(browser, pair, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{pair.bot_url}/reviews/{review.id}")
    page.locator("#effect").get_by_label("Better", exact=True).check()
    page.locator("#effect").get_by_role("button", name="Save").click()
    expect(page.locator("#status-effect")).to_contain_text("Answered by")
    context.close()


def test_hostile_words_stay_words(context: BrowserContext, pair: Pair) -> None:
    """In the title, in every answer and in evidence; what runs would say so."""
    hostile = [row["text"] for row in rows("output_sanitising.jsonl")]
    review = a_review(pair, title="<img src=x onerror=alert(1)>" + hostile[0][:100])
    page, _ = watched(context)
    ran: list[str] = []
    page.on("dialog", lambda dialog: ran.append(dialog.message))
    foreign: list[str] = []
    page.on(
        "request", lambda r: foreign.append(r.url) if not r.url.startswith(pair.bot_url) else None
    )
    page.goto(f"{pair.bot_url}/reviews/{review.id}")
    for start in range(0, len(hostile), 6):
        text = (" ".join(hostile[start : start + 6]) + " a sentence that is long enough.")[:990]
        page.locator("#why textarea").fill(text)
        page.locator("#why").get_by_role("button", name="Save").click()
        expect(page.locator("#status-why")).to_contain_text(re.compile("Answered|Please"))
    for row in hostile[:40]:
        page.locator("#voice").get_by_label("Signal").check()
        page.locator("#voice textarea").fill(row[:900])
        page.locator("#voice").get_by_role("button", name="Save").click()
        page.wait_for_timeout(30)
    for path in (f"/reviews/{review.id}", "/reviews", "/decisions?q=%3Cscript%3E", "/"):
        page.goto(pair.bot_url + path)
        assert page.locator("main script, main img, main iframe, main svg, main style").count() == 0
        links = page.locator("main a").evaluate_all("all => all.map(a => a.href)")
        assert all(link.startswith(("http://", "https://")) for link in links)
    assert ran == []
    assert all(url.startswith(pair.bot_url) for url in foreign)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_everybody_can_use_it(browser: Browser, pair: Pair, size: str, scheme: Any) -> None:
    """axe finds nothing serious; nothing is wider than the screen or moves while it loads."""
    if not AXE.exists():
        pytest.skip("no axe-core: make setup-dev installs it")
    review = a_review(pair)
    context = _signed_in(browser, pair, size, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((all) => { for (const each of all.getEntries()) "
        "if (!each.hadRecentInput) window.moved += each.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    for path in (
        "/",
        f"/reviews/{review.id}",
        "/reviews",
        "/decisions?q=export",
        "/mine",
        "/queue",
    ):
        page.goto(pair.bot_url + path)
        page.wait_for_load_state("load")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], path
        assert page.evaluate("window.moved") < 0.02, path
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run()")["violations"]
        bad = [
            (v["id"], v["nodes"][0]["html"][:120])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert bad == [], path
    context.close()


def test_the_first_view_is_small_and_asks_nobody_else(context: BrowserContext, pair: Pair) -> None:
    page, _ = watched(context)
    sizes: dict[str, int] = {}
    page.on("response", lambda r: sizes.update({r.url: len(r.body())}))
    page.goto(pair.bot_url)
    page.wait_for_load_state("networkidle")
    assert all(url.startswith(pair.bot_url) for url in sizes)
    assert 0 < sum(sizes.values()) <= 150_000, json.dumps(sizes)


def test_the_keyboard_is_enough(context: BrowserContext, pair: Pair) -> None:
    review = a_review(pair)
    page, _ = watched(context)
    page.goto(f"{pair.bot_url}/reviews/{review.id}")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator("#effect input[type=radio]").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#status-effect")).to_contain_text("Answered by")


def test_a_board_paper_has_the_numbers_and_no_buttons(context: BrowserContext, pair: Pair) -> None:
    page, _ = watched(context)
    page.goto(pair.bot_url)
    page.emulate_media(media="print")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".tile").first).to_be_visible()
