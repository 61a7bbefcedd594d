"""At start the bot asks GitHub who it is, and says what an operator has to mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from structlog.testing import capture_logs

from bot.core.catalog import Catalog
from bot.core.organisation import Reviewers
from bot.errors import Rejected
from bot.flows.check_app import EVENTS, PERMISSIONS, check_app
from bot.ports import AppIdentity, TokenOwner
from tests.examples import CATALOG


@dataclass
class Asked:
    """As much of the world as the question needs: who GitHub says we are."""

    answer: AppIdentity | Rejected
    catalog: Catalog = CATALOG
    app_id: int = 1
    by_token: bool = False

    @property
    def github(self) -> Asked:
        return self

    def identity(self) -> AppIdentity:
        if isinstance(self.answer, Rejected):
            raise self.answer
        return self.answer


def lines(answer: AppIdentity | Rejected, catalog: Catalog = CATALOG) -> list[Mapping[str, object]]:
    with capture_logs() as logs:
        check_app(Asked(answer, catalog))  # type: ignore[arg-type]
    return list(logs)


def test_a_good_start_names_the_app() -> None:
    (found,) = lines(AppIdentity("empty-chair", PERMISSIONS, EVENTS))
    assert (found["event"], found["slug"]) == ("github.known", "empty-chair")


def test_a_wrong_key_is_said_once_with_what_to_check() -> None:
    (found,) = lines(Rejected("GitHub answered 401", 401))
    assert (found["event"], found["log_level"]) == ("github.refused_us", "error")
    assert "private key is wrong, or the clock" in str(found["hint"])


@pytest.mark.parametrize("name", PERMISSIONS)
def test_a_permission_that_is_missing_is_named(name: str) -> None:
    less = {key: level for key, level in PERMISSIONS.items() if key != name}
    first, *_ = lines(AppIdentity("empty-chair", less, EVENTS))
    assert (first["event"], first["permission"]) == ("github.permission_missing", name)


def test_reading_is_not_writing_and_an_event_that_nobody_sends_is_named() -> None:
    weaker = {**PERMISSIONS, "checks": "read"}
    found = lines(AppIdentity("empty-chair", weaker, EVENTS[:-1]))
    assert [line["event"] for line in found] == [
        "github.permission_missing",
        "github.event_missing",
        "github.known",
    ]


def test_who_names_teams_as_reviewers_needs_to_know_who_is_in_them() -> None:
    reviewers = Reviewers(teams=("acme/research",))
    organisation = CATALOG.organisation.model_copy(update={"reviewers": reviewers})
    found = lines(
        AppIdentity("empty-chair", PERMISSIONS, EVENTS), replace(CATALOG, organisation=organisation)
    )
    assert [line.get("permission") for line in found] == ["members", None]


@dataclass
class Holding:
    """The same where there is no App: whose token we hold."""

    answer: TokenOwner | Rejected
    catalog: Catalog = CATALOG
    by_token: bool = True

    @property
    def github(self) -> Holding:
        return self

    def token_owner(self) -> TokenOwner:
        if isinstance(self.answer, Rejected):
            raise self.answer
        return self.answer


def told(answer: TokenOwner | Rejected, catalog: Catalog = CATALOG) -> list[Mapping[str, object]]:
    with capture_logs() as logs:
        check_app(Holding(answer, catalog))  # type: ignore[arg-type]
    return list(logs)


@pytest.mark.parametrize("scopes", [("repo",), ()])
def test_a_token_that_may_do_enough_or_of_which_nobody_tells_is_known(
    scopes: tuple[str, ...],
) -> None:
    (found,) = told(TokenOwner(7, "machine", scopes))
    assert (found["event"], found["user"]) == ("github.known", "machine")


def test_a_token_that_is_not_taken_is_said_with_the_setting() -> None:
    (found,) = told(Rejected("GitHub answered 401", 401))
    assert (found["event"], found["log_level"]) == ("github.refused_us", "error")
    assert "EMPTYCHAIR_GITHUB__TOKEN" in str(found["hint"])


def test_a_scope_that_a_token_lacks_is_named() -> None:
    first, _ = told(TokenOwner(7, "machine", ("gist", "public_repo")))
    assert (first["event"], first["scope"]) == ("github.scope_missing", "repo")


def test_teams_as_reviewers_ask_for_one_scope_more() -> None:
    reviewers = Reviewers(teams=("acme/research",))
    organisation = CATALOG.organisation.model_copy(update={"reviewers": reviewers})
    catalog = replace(CATALOG, organisation=organisation)
    first, _ = told(TokenOwner(7, "machine", ("repo",)), catalog)
    assert first["scope"] == "read:org"
    assert len(told(TokenOwner(7, "machine", ("repo", "admin:org")), catalog)) == 1
