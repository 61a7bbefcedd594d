"""Signing in: with each provider, at the machine itself, and not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.cli.pair import Pair, start_pair
from bot.settings import SlackSettings
from bot.settings.web import OidcSettings, WebSettings
from tests.pages.conftest import ORGANISATION
from tests.pages.provider import CLIENT, SECRET, Provider, running
from tests.pages.visit import Visit, words


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def provided(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("provided")
    organisation = ORGANISATION.replace(
        "member: {", "member: {organisations: [acme], slack: [U0RESEARCH], "
    )
    with start_pair(folder, organisation=organisation, quiet_seconds=0, pages=True) as pair:
        pair.stop_bot()
        web = pair.settings.web
        secret = SecretStr(SECRET)
        oidc = OidcSettings(issuer=provider.url, client_id=CLIENT, client_secret=secret)
        github = pair.settings.github
        pair.settings = pair.settings.model_copy(
            update={
                "web": WebSettings(port=web.port, public_url=web.public_url, oidc=oidc),
                "github": github.model_copy(update={"client_id": CLIENT, "client_secret": secret}),
                "slack": SlackSettings(
                    base_url=f"{provider.url}/api/", client_id=CLIENT, client_secret=secret
                ),
            }
        )
        pair.start_bot()
        yield pair


@pytest.fixture(scope="module")
def by_github(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A bot whose GitHub, as far as signing in goes, is that provider."""
    folder: Path = tmp_path_factory.mktemp("by-github")
    organisation = ORGANISATION.replace("member: {", "member: {organisations: [acme], ")
    with start_pair(folder, organisation=organisation, quiet_seconds=0, pages=True) as pair:
        pair.stop_bot()
        ours = {"client_id": CLIENT, "client_secret": SecretStr(SECRET), "base_url": provider.url}
        github = pair.settings.github.model_copy(update=ours)
        pair.settings = pair.settings.model_copy(update={"github": github})
        pair.start_bot()
        yield pair


@pytest.mark.parametrize(
    ("account", "status"),
    [
        ({"id": 7, "login": "author"}, 200),
        ({"id": 8, "login": "newcomer", "accounts": ["acme"]}, 200),
        ({"id": 9, "login": "newcomer", "accounts": ["others"]}, 403),
    ],
)
def test_github_vouches_for_logins_and_members_of_an_account(
    by_github: Pair, provider: Provider, account: dict[str, Any], status: int
) -> None:
    provider.claims = account
    there = Visit(by_github.bot_url).get("/sign-in/github?then=/mine")
    assert there.status_code == status, words(there.text)
    (asked,) = provider.asked
    assert asked["code_challenge_method"] == "S256"


@pytest.fixture(autouse=True)
def _as_before(provider: Provider) -> None:
    provider.claims, provider.spoil = {"sub": "u1", "name": "Somebody"}, {}
    provider.asked.clear()


def test_a_verified_address_signs_in_with_state_nonce_and_pkce(
    provided: Pair, provider: Provider
) -> None:
    provider.claims |= {"email": "ada@acme.example", "email_verified": True}
    visit = Visit(provided.bot_url)
    there = visit.get("/sign-in/oidc?then=/mine")
    assert (there.status_code, there.url) == (200, f"{provided.bot_url}/mine")
    assert "Somebody" in words(there.text)
    (asked,) = provider.asked
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) > 20
    assert len(asked["nonce"]) > 15


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ada@acme.example"},
        {"email": "ada@acme.example", "email_verified": False},
        {"email": "ada@elsewhere.example", "email_verified": True},
        {"groups": ["others"]},
        {},
    ],
)
def test_whom_the_organisation_does_not_name_is_told_whom_to_ask(
    provided: Pair, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    there = Visit(provided.bot_url).get("/sign-in/oidc")
    assert there.status_code == 403
    assert "Ask who runs Empty Chair to add you under `roles: member:`." in words(there.text)


@pytest.mark.parametrize(("user", "status"), [("U0RESEARCH", 200), ("U0NOBODY", 403)])
def test_slack_vouches_for_its_members(
    provided: Pair, provider: Provider, user: str, status: int
) -> None:
    provider.claims |= {"sub": user, "name": "Research lead", "https://slack.com/team_id": "T0ACME"}
    visit = Visit(provided.bot_url)
    there = visit.get("/sign-in/slack")
    assert there.status_code == status
    assert provider.asked[-1]["scope"] == "openid profile email"
    if status == 200:
        assert "Research lead" in words(visit.get("/mine").text)


def test_a_group_makes_a_reader_a_leader(provided: Pair, provider: Provider) -> None:
    provider.claims |= {"groups": ["leads"]}
    visit = Visit(provided.bot_url)
    visit.get("/sign-in/oidc")
    assert visit.get("/api/v1/export.csv").status_code == 200
    assert visit.get("/api/v1/export.csv?names=true").status_code == 403


@pytest.mark.parametrize(
    "spoil",
    [{"nonce": "another"}, {"aud": "another"}, {"iss": "http://evil.example"}, {"exp": 1}],
)
def test_what_a_provider_signed_for_somebody_else_is_worth_nothing(
    provided: Pair, provider: Provider, spoil: dict[str, Any]
) -> None:
    provider.claims |= {"groups": ["admins"]}
    provider.spoil = spoil
    there = Visit(provided.bot_url).get("/sign-in/oidc")
    assert there.status_code == 502
    assert "did not vouch for you" in words(there.text)


def test_coming_back_takes_the_browser_that_left_and_works_once(
    provided: Pair, provider: Provider
) -> None:
    provider.claims |= {"groups": ["admins"]}
    one, other = Visit(provided.bot_url), Visit(provided.bot_url)
    away = one.get("/sign-in/oidc", allow_redirects=False)
    back = one.session.get(away.headers["Location"], allow_redirects=False, timeout=20)
    assert other.session.get(back.headers["Location"], timeout=20).status_code == 400
    assert one.session.get(back.headers["Location"], timeout=20).status_code == 200
    assert one.session.get(back.headers["Location"], timeout=20).status_code == 400


def test_signing_in_makes_a_new_session_and_signing_out_ends_it(
    provided: Pair, provider: Provider
) -> None:
    provider.claims |= {"groups": ["admins"]}
    visit = Visit(provided.bot_url)
    names = []
    for _ in range(2):
        visit.get("/sign-in/oidc")
        names.append(visit.session.cookies["emptychair"])
    assert names[0] != names[1]
    old = Visit(provided.bot_url)
    old.session.cookies.set("emptychair", names[0])
    assert old.get("/mine").url.endswith("/sign-in?then=/mine")
    visit.post("/sign-out", {"csrf": visit.csrf()})
    visit.session.cookies.set("emptychair", names[1])
    assert visit.get("/mine").url.endswith("/sign-in?then=/mine")


def test_where_a_provider_is_the_machine_itself_is_not_enough(provided: Pair) -> None:
    assert provided.bot is not None
    assert provided.bot.once is None
    page = Visit(provided.bot_url).get("/sign-in")
    assert "Sign in with GitHub" in words(page.text)
    assert Visit(provided.bot_url).get("/sign-in/once?word=").status_code == 403


@pytest.mark.parametrize(
    "then",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/sign-out", "x", "/a\nb"],
)
def test_nobody_is_sent_elsewhere_after_signing_in(
    provided: Pair, provider: Provider, then: str
) -> None:
    provider.claims |= {"groups": ["admins"]}
    visit = Visit(provided.bot_url)
    there = visit.session.get(f"{visit.base}/sign-in/oidc", params={"then": then}, timeout=20)
    assert there.url == f"{provided.bot_url}/"


def test_the_link_at_the_machine_works_once_and_the_next_is_told(pair: Pair) -> None:
    assert pair.bot is not None
    assert pair.bot.once is not None
    told: list[str] = []
    pair.bot.once.tell = told.append
    word = pair.bot.once.fresh()
    visit = Visit(pair.bot_url)
    assert visit.get(f"/sign-in/once?word={word}").status_code == 200
    assert Visit(pair.bot_url).get(f"/sign-in/once?word={word}").status_code == 403
    assert Visit(pair.bot_url).get(f"/sign-in/once?word={told[0]}").status_code == 200
    assert len(told) == 2


def test_many_tries_are_slowed_down(pair: Pair) -> None:
    visit = Visit(pair.bot_url)
    found = [visit.get("/sign-in/once?word=guess").status_code for _ in range(70)]
    assert found[0] == 403
    assert found[-1] == 429


def test_a_page_is_kept_by_no_cache_and_runs_only_our_scripts(pair: Pair) -> None:
    answer = Visit(pair.bot_url).get("/sign-in?then=/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
