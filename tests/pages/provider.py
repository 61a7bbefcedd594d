"""A provider of OpenID Connect on loopback: it asks nothing, and vouches for whom a test names."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.sandbox.server import Server

CLIENT, SECRET = "client-7", "a-secret-of-the-client"


class Provider:
    """`claims` is whom it vouches for; `spoil` changes what it says before it is signed."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "u1", "name": "Somebody"}
        self.spoil: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self._key = RSAKey.generate_key(2048, parameters={"kid": "k1"})
        self._codes: dict[str, dict[str, str]] = {}
        self.url = ""
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._about),
                Route("/jwks", self._keys),
                Route("/authorize", self._authorize),
                Route("/login/oauth/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/login/oauth/access_token", self._token, methods=["POST"]),
                Route("/user", self._user),
                Route("/user/memberships/orgs/{account}", self._member),
            ]
        )

    async def _about(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = secrets.token_hex(8)
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        asked = self._codes.pop(str(form["code"]), None)
        verifier = str(form.get("code_verifier") or "")
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked.get("nonce"), **self.claims, **self.spoil,
        }  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self._key)
        return JSONResponse({"access_token": "t", "token_type": "bearer", "id_token": token})

    async def _user(self, _request: Request) -> Response:
        return JSONResponse(json.loads(json.dumps(self.claims)))

    async def _member(self, request: Request) -> Response:
        found = request.path_params["account"] in self.claims.get("accounts", ())
        return JSONResponse({"state": "active"} if found else {}, 200 if found else 404)


@contextmanager
def running() -> Iterator[Provider]:
    """One that listens."""
    made, port = Provider(), _free_port()
    made.url = f"http://127.0.0.1:{port}"
    server = Server(made.app, "127.0.0.1", port)
    server.start()
    yield made
    server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
