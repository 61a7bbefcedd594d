"""The overview is kept for some seconds, for the browser that asked and for nobody else."""

from __future__ import annotations

from bot.cli.pair import Pair
from bot.core.roles import Identity
from tests.flows.people import opened
from tests.pages.visit import Visit, at_the_machine, signed_in


def test_a_page_is_given_again_until_its_reader_does_something(pair: Pair) -> None:
    reader = at_the_machine(pair)
    before = reader.get("/").text
    opened(pair)
    assert reader.get("/").text == before
    assert at_the_machine(pair).get("/").text != before
    reader.post("/reviews/1/answers/nothing", {"csrf": reader.csrf()})
    assert reader.get("/").text != before


def test_nothing_is_kept_for_another_browser_or_after_signing_out(pair: Pair) -> None:
    reader = signed_in(pair, Identity("github", "7", "author", login="author"))
    assert reader.get("/").status_code == 200
    assert Visit(pair.bot_url).get("/", allow_redirects=False).status_code == 303
    cookies = dict(reader.session.cookies)
    reader.post("/sign-out", {"csrf": reader.csrf()})
    gone = Visit(pair.bot_url)
    gone.session.cookies.update(cookies)
    assert gone.get("/", allow_redirects=False).status_code == 303
