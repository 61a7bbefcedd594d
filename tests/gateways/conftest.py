"""The gateway with the real client, in front of the stand-in GitHub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.core.facts import Repository
from bot.flows.pacer import Pacer
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth
from bot.sandbox.app_key import AppKey, make_app_key
from bot.sandbox.github import StandIn

APP_ID = 4711
NOWHERE = "http://127.0.0.1:9"  # nobody listens there


@pytest.fixture(scope="session")
def app_key() -> AppKey:
    return make_app_key()


@pytest.fixture
def github(app_key: AppKey) -> Iterator[StandIn]:
    with StandIn(
        webhook_url=f"{NOWHERE}/hook",
        webhook_secret="nobody listens",
        app_id=APP_ID,
        app_public_key=app_key.public,
        seed=1,
    ) as stand_in:
        yield stand_in


@pytest.fixture
def gateway(github: StandIn, app_key: AppKey) -> GitHubGateway:
    return GitHubGateway(app_auth(APP_ID, app_key.private), github.api_url, Pacer(False))


@pytest.fixture
def shop(github: StandIn) -> Repository:
    """The stand-in's repository, as a webhook would describe it."""
    state = github.state
    return Repository(state.repository_id, github.full_name, github.installation_id)
