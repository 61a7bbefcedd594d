"""The web server, and who may sign in to its pages."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.core.refusals import spelled

Address = Annotated[str, spelled(r"(https?://[^\s/?#]+)?", "a web address without a path")]


class OidcSettings(BaseModel):
    """A provider of OpenID Connect: Okta, Entra, Keycloak, Google …"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field("", description="The issuer of an OpenID Connect provider to sign in with")
    client_id: str = Field("", description="The id under which that provider knows us")
    client_secret: SecretStr | None = Field(None, description="The secret that belongs to it")


class WebSettings(BaseModel):
    """The web server."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` in a container")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on")
    public_url: Address = Field(
        "",
        description="The address at which people reach the pages, `https://…`; links on GitHub and "
        "in Slack lead there",
    )
    oidc: OidcSettings = OidcSettings()

    @property
    def loopback(self) -> bool:
        """Only this machine can reach it."""
        if self.host in ("localhost", ""):
            return self.host == "localhost"
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False
