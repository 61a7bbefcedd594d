"""Clients of PyGithub: one a thread and installation, all of them with the same tokens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from github import Auth, Github, GithubException, GithubIntegration
from github.Requester import Requester

from bot.errors import Rejected, Transient
from bot.gateways import connection
from bot.gateways.github_auth import AppAuth, InstallationAuth, Tokens
from bot.gateways.github_errors import NONSENSE, meaning, said
from bot.gateways.github_time import GitHubTime, told_at
from bot.gateways.reach import Reach
from bot.ports import Limits

TIMEOUT = 15  # seconds
# https://docs.github.com/en/rest/about-the-rest-api/api-versions: what is asked without one may one
# day be answered differently.
API_VERSION = "2022-11-28"
AS_APP = -1  # in the place of an installation: the App asks as itself; 0 is where there is none
connection.install()


class Clients:
    """As an App, or with somebody's personal token; then every installation is the same.

    No retries and no waiting: PyGithub's own are off, the job layer paces and tries again.
    """

    def __init__(self, auth: AppAuth | Auth.Token, base_url: str, limits: Limits) -> None:
        self._limits = limits
        self.reach = Reach(base_url.rstrip("/"))
        self._options: dict[str, Any] = {
            "base_url": base_url.rstrip("/"),
            "timeout": TIMEOUT,
            "per_page": 100,
            "retry": None,
            "seconds_between_requests": None,
            "seconds_between_writes": None,
            "user_agent": "emptychair",
            "lazy": True,
            "api_version": API_VERSION,
        }
        self.by_token = isinstance(auth, Auth.Token)
        self._personal = auth if isinstance(auth, Auth.Token) else None
        self.app_id, self.time = 0, GitHubTime()
        if isinstance(auth, AppAuth):
            self.integration = GithubIntegration(auth=auth, **self._options)
            self._tokens = Tokens(self.integration, auth.time)
            self.app_id, self.time = int(auth.app_id), auth.time
        self._local = threading.local()

    @contextmanager
    def asking(self, installation: int, counts: bool = True) -> Iterator[Github]:
        """A client for one installation, with PyGithub's errors in our words.

        `counts`: the last answer tells of the calls that are left; GraphQL counts for itself.
        """
        try:
            client = self._client(installation)
            yield client
            self.reach.answered()
            if counts:
                self._heard(installation, client.requester)
        except GithubException as error:
            self.reach.answered()
            if error.status == 401:
                signed_in_time = not self.time.learn(error.headers)
                if installation == AS_APP and signed_in_time:  # id or key is wrong
                    raise Rejected(said(error), 401) from error
                if self._personal is None:
                    self._tokens.forget(installation)
            known = max(installation, 0)
            raise meaning(
                error, known, lambda seconds: self._limits.refused(known, seconds)
            ) from error
        except OSError as error:  # requests' own errors are among them
            raise Transient(self.reach.failed(error, TIMEOUT)) from error
        except NONSENSE as error:
            what = f"{type(error).__name__} {error}"[:200]
            raise Transient(f"GitHub's answer made no sense: {what}") from error

    def _client(self, installation: int) -> Github:
        clients: dict[int, Github] = self._local.__dict__.setdefault("clients", {})
        if installation not in clients:
            auth = self._personal or self._auth_of(installation)
            clients[installation] = Github(auth=auth, **self._options)
        return clients[installation]

    def _auth_of(self, installation: int) -> Auth.Auth:
        if installation == AS_APP:
            return self.integration.auth
        return InstallationAuth(self._tokens, installation)

    def _heard(self, installation: int, requester: Requester) -> None:
        """What the headers of the last answer say of our limits; nothing where GitHub has none."""
        remaining, limit = requester.rate_limiting
        if limit > 0:
            now = told_at(connection.last_headers()) or self.time.now()
            resets_in = requester.rate_limiting_resettime - now
            self._limits.heard(max(installation, 0), remaining, limit, resets_in)
