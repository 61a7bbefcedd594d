"""Who may ask: App JWTs, checked with the App's public key, installation tokens of one hour, and
personal tokens."""

from __future__ import annotations

import string
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from bot.sandbox.records import User
from bot.sandbox.state import State

LIFETIME = timedelta(hours=1)
MAX_JWT_SECONDS = 600
DRIFT_SECONDS = 60  # clocks may differ this much
HOURLY_LIMIT = 5000
LETTERS = string.ascii_letters + string.digits


class BadCredentials(Exception):
    """The text is what GitHub says with its 401."""


@dataclass(slots=True)
class Token:
    """One token and how many calls it made; `user` is None for that of an installation.

    `scopes` are those of a classic personal token, empty for a fine-grained one.
    """

    value: str
    expires_at: datetime
    used: int = 0
    user: User | None = None
    scopes: str = ""


class Tokens:
    """Issues and checks them. `app_public_key` is PEM."""

    def __init__(self, state: State, app_public_key: str) -> None:
        key = load_pem_public_key(app_public_key.encode())
        if not isinstance(key, RSAPublicKey):
            raise ValueError("A GitHub App signs with an RSA key.")
        self._key = key
        self._state = state
        self._tokens: dict[str, Token] = {}

    def issue(self) -> Token:
        with self._state.lock:
            value = "ghs_" + "".join(self._state.random.choices(LETTERS, k=36))
            token = Token(value, self._state.clock() + LIFETIME)
            self._tokens[value] = token
        return token

    def issue_personal(self, user: User, scopes: str) -> Token:
        """A token with which a script acts as this person."""
        with self._state.lock:
            value = "ghp_" + "".join(self._state.random.choices(LETTERS, k=36))
            token = Token(value, self._state.clock() + 8760 * LIFETIME, user=user, scopes=scopes)
            self._tokens[value] = token
        return token

    def expire_all(self) -> None:
        """From now on every token so far is refused, as after its time."""
        with self._state.lock:
            self._tokens.clear()

    def check_token(self, authorization: str) -> Token:
        """The token in an Authorization header, counted as used once more."""
        value = _credential(authorization)
        with self._state.lock:
            token = self._tokens.get(value)
            if token is None or token.expires_at <= self._state.clock():
                raise BadCredentials("Bad credentials")
            token.used += 1
            return token

    def check_jwt(self, authorization: str) -> None:
        """Refuses a JWT that is not this App's, is stale or lives longer than ten minutes."""
        try:
            claims = jwt.decode(
                _credential(authorization),
                self._key,
                algorithms=["RS256"],
                leeway=DRIFT_SECONDS,
                options={"require": ["exp", "iat", "iss"], "verify_iss": False},
            )
        except jwt.InvalidTokenError as error:
            raise BadCredentials("A JSON web token could not be decoded") from error
        if claims["exp"] > time.time() + MAX_JWT_SECONDS + DRIFT_SECONDS:
            raise BadCredentials("'Expiration time' claim ('exp') is too far in the future")
        if str(claims["iss"]) != str(self._state.app_id):
            raise BadCredentials("'Issuer' claim ('iss') must be the App's id")


def _credential(authorization: str) -> str:
    kind, _, value = authorization.partition(" ")
    if not value:
        raise BadCredentials("Requires authentication")
    if kind.lower() not in ("token", "bearer"):
        raise BadCredentials("Bad credentials")
    return value.strip()
