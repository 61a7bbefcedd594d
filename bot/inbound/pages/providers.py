"""Who can vouch for somebody: GitHub, Slack, or any provider of OpenID Connect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.starlette_client import OAuth
from fastapi import Request

from bot.core.roles import Identity
from bot.errors import UserError
from bot.settings import GitHubSettings, SlackSettings
from bot.settings.web import OidcSettings

TEAM = "https://slack.com/team_id"
SECONDS = 10
S256 = {"code_challenge_method": "S256", "timeout": SECONDS, "trust_env": True}


@dataclass(frozen=True, slots=True)
class Provider:
    """One of them: its name in addresses, and as people know it."""

    way: str
    name: str
    client: Any
    organisations: tuple[str, ...] = ()

    async def identity(self, request: Request) -> Identity:
        """Who came back. Raises authlib's OAuthError, httpx's errors, and UserError."""
        token = await self.client.authorize_access_token(request)
        if self.way == "github":
            return await self._github(token)
        claims: Mapping[str, Any] = token.get("userinfo") or {}
        if not claims.get("sub"):
            raise UserError(f"{self.name} did not say who you are.")
        return _slack(claims) if self.way == "slack" else _oidc(claims)

    async def _github(self, token: Mapping[str, Any]) -> Identity:
        answer = await self.client.get("user", token=token)
        answer.raise_for_status()
        told = answer.json()
        member = []
        for account in self.organisations:
            found = await self.client.get(f"user/memberships/orgs/{account}", token=token)
            if found.status_code == 200 and found.json().get("state") == "active":
                member.append(account)
        name, login = str(told.get("name") or told["login"]), str(told["login"])
        return Identity("github", str(int(told["id"])), name, login, organisations=tuple(member))


def providers(
    github: GitHubSettings,
    slack: SlackSettings,
    oidc: OidcSettings,
    organisations: Iterable[str],
) -> dict[str, Provider]:
    """Those that are set up, by their names in addresses."""
    oauth = OAuth()
    found: dict[str, Provider] = {}
    if github.client_id and github.client_secret:
        site = _site(github.base_url)
        client = oauth.register(
            "github",
            client_id=github.client_id,
            client_secret=github.client_secret.get_secret_value(),
            authorize_url=f"{site}/login/oauth/authorize",
            access_token_url=f"{site}/login/oauth/access_token",
            api_base_url=github.base_url.rstrip("/") + "/",
            client_kwargs={**S256, "scope": "read:user read:org"},
        )
        found["github"] = Provider("github", "GitHub", client, tuple(organisations))
    if slack.client_id and slack.client_secret:
        address = urlsplit(slack.base_url)
        client = oauth.register(
            "slack",
            client_id=slack.client_id,
            client_secret=slack.client_secret.get_secret_value(),
            server_metadata_url=f"{address.scheme}://{address.netloc}/.well-known/openid-configuration",
            client_kwargs={**S256, "scope": "openid profile email"},
        )
        found["slack"] = Provider("slack", "Slack", client)
    if oidc.issuer and oidc.client_id and oidc.client_secret:
        client = oauth.register(
            "oidc",
            client_id=oidc.client_id,
            client_secret=oidc.client_secret.get_secret_value(),
            server_metadata_url=oidc.issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={**S256, "scope": "openid profile email"},
        )
        found["oidc"] = Provider("oidc", "your company's account", client)
    return found


def _site(api: str) -> str:
    """The website beside an API."""
    address = urlsplit(api)
    host = address.netloc
    return f"{address.scheme}://{'github.com' if host == 'api.github.com' else host}"


def _slack(claims: Mapping[str, Any]) -> Identity:
    name = str(claims.get("name") or claims["sub"])
    team = str(claims.get(TEAM) or "")
    return Identity("slack", str(claims["sub"]), name, email=_email(claims), team=team)


def _oidc(claims: Mapping[str, Any]) -> Identity:
    groups = [claims[part] for part in ("groups", "roles") if isinstance(claims.get(part), list)]
    names = tuple(str(each) for group in groups for each in group)
    name = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])
    return Identity("oidc", str(claims["sub"])[:255], name, email=_email(claims), groups=names)


def _email(claims: Mapping[str, Any]) -> str:
    """Only an address that the provider verified says who somebody is."""
    return str(claims.get("email") or "") if claims.get("email_verified") is True else ""
