"""Who we are to GitHub: an App, or the owner of a token.

Installation tokens: one per installation, refreshed early, each fetched by one thread at a time."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from github import Auth, GithubIntegration

from bot.errors import ConfigError
from bot.gateways.github_time import GitHubTime

EARLY = timedelta(minutes=5)


class AppAuth(Auth.AppAuth):
    """The App's own identity, which signs with GitHub's `time`."""

    def __init__(self, app_id: int, key: RSAPrivateKey) -> None:
        self.time = GitHubTime()

        def sign(payload: dict[str, object]) -> str:
            return jwt.encode(self.time.corrected(payload), key, algorithm="RS256")

        super().__init__(app_id, sign_func=sign)


def app_auth(app_id: int, private_key: str) -> AppAuth:
    """The App's own identity. The key is parsed once: parsing costs 48 ms, signing 1.4 ms."""
    return AppAuth(app_id, _parsed(private_key.strip().replace("\\n", "\n")))


def token_auth(token: str) -> Auth.Token:
    """Somebody's personal access token, classic or fine-grained."""
    return Auth.Token(token.strip())


def _parsed(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, RSAPrivateKey):
        return key
    rule = "is not an RSA private key in PEM format. Paste the whole file that GitHub gave you."
    name, example = "EMPTYCHAIR_GITHUB__PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY----- …"
    raise ConfigError("environment", 0, name, rule, example)


class Tokens:
    """The installation tokens in use."""

    def __init__(self, integration: GithubIntegration, time: GitHubTime) -> None:
        self._integration, self._time = integration, time
        # One lock an installation: while GitHub is slow with one token, the others come.
        self._one_flight: dict[int, threading.Lock] = {}
        self._known: dict[int, tuple[str, datetime]] = {}

    def get(self, installation: int) -> str:
        """A token that is good for five minutes at least."""
        if token := self._fresh(installation):
            return token
        with self._one_flight.setdefault(installation, threading.Lock()):
            return self._fresh(installation) or self._fetch(installation)

    def _fresh(self, installation: int) -> str | None:
        token, expires = self._known.get(installation, ("", None))
        return token if expires and self._time.moment() + EARLY < expires else None

    def _fetch(self, installation: int) -> str:
        # PyGithub's requester is not made for two threads at once, and would hand one installation
        # the token of another: each fetch has one of its own.
        alone = self._integration.withLazy(True)
        fetched = alone.get_access_token(installation)
        self._known[installation] = (fetched.token, fetched.expires_at)
        return fetched.token

    def forget(self, installation: int) -> None:
        """GitHub refused the token: the next call fetches a new one."""
        self._known.pop(installation, None)


class InstallationAuth(Auth.Auth):
    """PyGithub's view of one installation: asks `Tokens` at each request."""

    def __init__(self, tokens: Tokens, installation: int) -> None:
        self._tokens, self._installation = tokens, installation

    @property
    def token_type(self) -> str:
        """The word before the token in the header."""
        return "token"

    @property
    def token(self) -> str:
        """A fresh enough token."""
        return self._tokens.get(self._installation)

    @property
    def _masked_token(self) -> str:
        return "token (removed)"
