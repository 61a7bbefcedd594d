"""Who may see and do what; deny by default, on every route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import insert, select, update

from bot.cli.pair import Pair
from bot.core.roles import Identity, Role, roles_of
from bot.inbound.pages.site import site
from bot.store import tables as t
from tests.flows.people import PRICE, opened
from tests.pages.test_answering import record
from tests.pages.visit import Visit, at_the_machine, signed_in, words
from tests.slack.talk import MANAGER, Talk

OPEN = {"/sign-in", "/sign-in/once", "/sign-in/{way}", "/sign-in/{way}/back"}
MAIL = "manager@acme.example"
OTHERS = "This belongs to somebody else"
BOARD = "Only the board may read this title"
SECRET = "Nobody outside may read this title"


def routes(pair: Pair) -> list[tuple[str, str]]:
    """(method, path) of all there are, so that a new one is tested at once."""
    assert pair.bot is not None
    app: Any = site(pair.bot.world, {}, pair.bot_url, None)._app._app  # type: ignore[attr-defined]
    assert isinstance(app, FastAPI)
    found = [r for r in _all(app.routes) if isinstance(r, APIRoute)]
    assert len(found) > 15
    return sorted((method, r.path) for r in found for method in r.methods or ())


def _all(routes: Any) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "routes", None) or getattr(
            getattr(route, "original_router", None), "routes", None
        )
        if inner and not isinstance(route, APIRoute):
            yield from _all(inner)
        else:
            yield route


def path(template: str, id: int) -> str:
    ready = template.replace("{id}", str(id)).replace("{form}", "csv").replace("{question}", "why")
    return re.sub(r"{\w+}", "unmapped", ready)


def test_without_signing_in_every_route_leads_to_the_door(pair: Pair) -> None:
    number = opened(pair, title=SECRET)
    review = record(pair, number)
    for method, template in routes(pair):
        if template in OPEN:
            continue
        visit = Visit(pair.bot_url)
        address = visit.base + path(template, review.id)
        answer = visit.session.request(method, address, allow_redirects=False, timeout=20)
        assert answer.status_code in (303, 401), (method, template)
        assert SECRET not in answer.text


def test_what_belongs_to_another_tenant_is_on_no_route(pair: Pair) -> None:
    assert pair.bot is not None
    number = opened(pair, PRICE, title=OTHERS)
    review, owner = record(pair, number), at_the_machine(pair)
    assert OTHERS in owner.get(f"/reviews/{review.id}").text
    assert OTHERS in owner.get("/reviews").text

    def move(tx: Any) -> None:
        tx.connection.execute(insert(t.tenant), {"id": 2, "name": "another"})
        for table in (t.review, t.numbers):
            key = table.c.id if table is t.review else table.c.review_id
            tx.connection.execute(update(table).where(key == review.id).values(tenant_id=2))

    pair.bot.store.write(move)
    pair.stop_bot()
    pair.start_bot()
    owner = at_the_machine(pair)
    csrf = owner.csrf()
    for method, template in routes(pair):
        if template in OPEN or template == "/sign-out":
            continue
        address = owner.base + path(template, review.id)
        answer = owner.session.request(method, address, data={"csrf": csrf}, timeout=20)
        assert OTHERS not in answer.text, (method, template)
        if "{id}" in template:
            assert answer.status_code == 404, (method, template)
    ours = owner.get("/api/v1/stats?since=all").json()["total"]["values"]["eligible"]
    assert pair.bot is not None
    with pair.bot.store.read() as connection:
        counted = connection.execute(
            select(t.numbers.c.review_id).where(t.numbers.c.tenant_id == 1, t.numbers.c.tier > 0)
        ).all()
    assert ours == len(counted)


def test_the_words_of_a_private_repository_are_for_who_may_read_there(pair: Pair) -> None:
    assert pair.bot is not None
    number = opened(pair, title=SECRET, body="It glares.")
    review = record(pair, number)
    repository = review.pull_request.repository

    def private(hidden: bool) -> None:
        where = t.repository.c.id == repository.id
        assert pair.bot is not None
        pair.bot.store.write(
            lambda tx: tx.connection.execute(
                update(t.repository).where(where).values(private=hidden)
            )
        )

    private(True)
    try:
        author = pair.github.state.user("author")
        inside = signed_in(pair, Identity("github", str(author.id), "Author", "author"))
        outside = signed_in(pair, Identity("oidc", "u7", "Ada", email="ada@acme.example"))
        assert SECRET in inside.get(f"/reviews/{review.id}").text
        for page in (f"/reviews/{review.id}", "/reviews", "/decisions", "/", "/api/v1/reviews"):
            assert SECRET not in outside.get(page).text, page
        assert outside.get(f"/reviews/{review.id}").status_code == 404
        assert outside.get(f"/api/v1/reviews/{review.id}").status_code == 404
        listed = words(outside.get("/reviews").text)
        assert "not shown, because it is private: acme/shop" in listed
        everywhere = outside.get("/api/v1/stats?since=all").json()["total"]["values"]
        assert everywhere["eligible"] >= 1
    finally:
        private(False)


def test_the_words_of_a_private_channel_are_for_who_is_in_it(pair: Pair) -> None:
    talk = Talk(pair)
    who = talk.slack.person(MANAGER)
    talk.slack.channel("board", private=True, bot_is_member=True, members=[who.id])
    talk.propose("notice", text=BOARD, channel="board")
    assert pair.bot is not None
    team, _ = pair.bot.world.slack.team()
    inside = signed_in(pair, Identity("slack", who.id, MANAGER, email=MAIL, team=team))
    assert BOARD in inside.get("/reviews").text
    outside = signed_in(pair, Identity("oidc", "u7", "Ada", email="ada@acme.example"))
    assert BOARD not in outside.get("/reviews").text
    shown = words(outside.get("/reviews").text)
    assert "not shown, because it is private: a private channel" in shown
    for page in ("/", "/reviews", "/decisions", "/api/v1/stats?since=all", "/api/v1/reviews"):
        assert "board" not in outside.get(page).text.replace("keyboard", ""), page
    guess = outside.get("/api/v1/stats?since=all&place=%23board").json()["total"]["values"]
    assert guess["eligible"] == 0
    known = inside.get("/api/v1/stats?since=all&place=%23board").json()["total"]["values"]
    assert known["eligible"] == 1
    assert BOARD in at_the_machine(pair).get("/reviews").text


@pytest.mark.parametrize("word", ["", "guess"])
def test_a_form_without_our_word_is_refused(pair: Pair, word: str) -> None:
    review, visit = record(pair, opened(pair)), at_the_machine(pair)
    answer = visit.post(f"/reviews/{review.id}/answers/effect", {"effect": "better", "csrf": word})
    assert answer.status_code == 403
    assert not record(pair, review.pull_request.number).answers


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_form_from_elsewhere_is_refused(pair: Pair, headers: dict[str, str]) -> None:
    visit = at_the_machine(pair)
    data = {"csrf": visit.csrf()}
    assert visit.post("/sign-out", data, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"X-Forwarded-For": "203.0.113.9"}, 403),
        ({"Forwarded": "for=203.0.113.9"}, 403),
    ],
)
def test_without_a_provider_only_the_machine_itself_is_answered(
    pair: Pair, headers: dict[str, str], status: int
) -> None:
    visit = at_the_machine(pair)
    assert visit.get("/", headers=headers).status_code == status
    assert visit.get("/healthz", headers=headers).status_code == 200


def test_too_much_for_a_form_is_refused(pair: Pair) -> None:
    visit = at_the_machine(pair)
    answer = visit.post("/sign-out", {"csrf": "x" * 300_000})
    assert answer.status_code == 413


def test_only_leadership_exports_and_only_admins_with_names(pair: Pair) -> None:
    opened(pair)
    found = {}
    for group in ("none", "leads", "admins"):
        who = Identity("oidc", group, group, email="ada@acme.example", groups=(group,))
        visit = signed_in(pair, who)
        found[group] = [
            visit.get(f"/api/v1/export.{form}").status_code
            for form in ("csv", "jsonl", "csv?names=true")
        ]
    assert found == {"none": [403] * 3, "leads": [200, 200, 403], "admins": [200] * 3}
    leads = signed_in(pair, Identity("oidc", "leads", "leads", groups=("leads",)))
    assert "author" not in leads.get("/api/v1/export.jsonl").text.replace(
        '"author": "somebody"', ""
    )


def test_the_queue_is_for_reviewers(pair: Pair) -> None:
    member = signed_in(pair, Identity("oidc", "u7", "Ada", email="ada@acme.example"))
    assert member.get("/queue").status_code == 403
    reviewer = pair.github.state.user("reviewer")
    visit = signed_in(pair, Identity("github", str(reviewer.id), "Rev", "reviewer"))
    assert visit.get("/queue").status_code == 200


def test_nobody_has_a_role_whom_no_one_names(pair: Pair) -> None:
    assert pair.bot is not None
    organisation = pair.bot.world.catalog.organisation
    strangers = [
        Identity("github", "1", "x", "stranger"),
        Identity("oidc", "author", "author", login="author"),
        Identity("slack", "U1", "reviewer", login="reviewer"),
        Identity("oidc", "1", "x", email="ada@acme.example.evil.example"),
    ]
    assert [roles_of(organisation, who) for who in strangers] == [frozenset()] * 4
    assert Role.REVIEWER in roles_of(organisation, Identity("github", "1", "r", "Reviewer"))
