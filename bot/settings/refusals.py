"""Settings that cannot work, refused by name and with where to get the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.errors import ConfigError

if TYPE_CHECKING:
    from bot.settings import GitHubSettings, SlackSettings
    from bot.settings.web import WebSettings

PREFIX = "EMPTYCHAIR_"
DEFAULT_SECRETS = {
    *("secret", "changeme", "change-me", "change-me-please", "development", "password"),
    *("your-secret-here", "your-webhook-secret", "webhook-secret", "mysecret", "12345678"),
}


def refuse_halves(github: GitHubSettings) -> None:
    """A door is off, or set up in full: as an App, or with a token."""
    app = {
        "APP_ID": (github.app_id, "the App's settings page, under About"),
        "PRIVATE_KEY": (github.private_key, "the App's settings page, Generate a private key"),
    }
    secret = (github.webhook_secret, "the App's settings page, under Webhook")
    parts = {**app, "WEBHOOK_SECRET": secret}
    if github.by_token:
        _refuse_app_and_token([name for name, (value, _) in app.items() if value])
        where = "the settings of the repository's or organisation's webhook, under Secret"
        parts = {"TOKEN": (github.token, ""), "WEBHOOK_SECRET": (github.webhook_secret, where)}
    given = [name for name, (value, _) in parts.items() if value]
    for name, (value, where) in parts.items():
        if given and not value:
            rule = f"is missing, but {given[0]} is set. Get it from {where}."
            raise ConfigError("environment", 0, f"{PREFIX}GITHUB__{name}", rule)


def refuse_half_slack(slack: SlackSettings) -> None:
    """It needs a token to speak, and one of two ways to hear."""
    page = "https://api.slack.com/apps, your app"
    given = [name for name in ("bot_token", "signing_secret", "app_token") if getattr(slack, name)]
    if not given:
        return
    if slack.bot_token is None:
        rule = (
            f"is missing, but {PREFIX}SLACK__{given[0].upper()} is set. "
            f"Get it from {page}, OAuth & Permissions."
        )
        raise ConfigError("environment", 0, f"{PREFIX}SLACK__BOT_TOKEN", rule)
    if slack.signing_secret is None and slack.app_token is None:
        rule = (
            f"is missing, but {PREFIX}SLACK__BOT_TOKEN is set. Get it from {page}, Basic "
            f"Information; or set {PREFIX}SLACK__APP_TOKEN, for Socket Mode."
        )
        raise ConfigError("environment", 0, f"{PREFIX}SLACK__SIGNING_SECRET", rule)
    for name in given:
        refuse_unsendable(f"SLACK__{name.upper()}", getattr(slack, name), "Slack")


def refuse_half_sign_in(web: WebSettings, github: GitHubSettings, slack: SlackSettings) -> None:
    """A provider is off or set up in full, and only where people can be sent back to us."""
    oidc = web.oidc
    ways = {
        "GITHUB__": {"CLIENT_ID": github.client_id, "CLIENT_SECRET": github.client_secret},
        "SLACK__": {"CLIENT_ID": slack.client_id, "CLIENT_SECRET": slack.client_secret},
        "WEB__OIDC__": {
            "ISSUER": oidc.issuer, "CLIENT_ID": oidc.client_id, "CLIENT_SECRET": oidc.client_secret
        },
    }  # fmt: skip
    for group, parts in ways.items():
        given = [name for name, value in parts.items() if value]
        lacking = [name for name, value in parts.items() if not value]
        if not given:
            continue
        if lacking:
            rule = f"is missing, but {PREFIX}{group}{given[0]} is set: signing in takes both."
            raise ConfigError("environment", 0, f"{PREFIX}{group}{lacking[0]}", rule)
        if not web.public_url:
            rule = f"is missing, but {PREFIX}{group}CLIENT_ID is set: people are sent back to it."
            example = f"{PREFIX}WEB__PUBLIC_URL=https://empty-chair.example.com"
            raise ConfigError("environment", 0, f"{PREFIX}WEB__PUBLIC_URL", rule, example)
    if any(all(parts.values()) for parts in ways.values()) and not _safe(web.public_url):
        rule = "begins with http://, and who signs in is worth https://."
        raise ConfigError("environment", 0, f"{PREFIX}WEB__PUBLIC_URL", rule)


def _safe(address: str) -> bool:
    loopback = ("http://127.", "http://localhost", "http://[::1]")
    return address.startswith(("https://", *loopback))


def _refuse_app_and_token(app: list[str]) -> None:
    if app:
        other = f"{PREFIX}GITHUB__{app[0]}"
        rule = f"is set, and {other} too; keep one: the App, or the token where there is no App."
        raise ConfigError("environment", 0, f"{PREFIX}GITHUB__TOKEN", rule)


def refuse_weak(name: str, secret: SecretStr, shortest: int) -> None:
    """Never a secret that everybody knows or that can be guessed."""
    value = secret.get_secret_value()
    if value.lower() in DEFAULT_SECRETS or len(value) < shortest:
        rule = f"is a default or too short ({shortest} characters at least)."
        raise ConfigError("environment", 0, PREFIX + name, rule, "openssl rand -hex 32")


def refuse_unsendable(name: str, secret: SecretStr, where: str = "GitHub") -> None:
    """A token goes into a header as it is: one word of plain letters, digits and signs."""
    value = secret.get_secret_value().strip()
    if not value or not all("!" <= letter <= "~" for letter in value):
        rule = (
            "is not a token: it is empty, or holds a space, a line break or a letter that none has."
        )
        raise ConfigError("environment", 0, PREFIX + name, f"{rule} Copy it from {where} anew.")
