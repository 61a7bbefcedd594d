"""`emptychair manifest`: what to give to Slack when the app is made there."""

from __future__ import annotations

import json
import re

import click

from bot.errors import UserError


@click.group("manifest")
def command() -> None:
    """Print what another service wants to know of this bot."""


@command.command("slack")
@click.option("--socket", is_flag=True, help="For Socket Mode: no public address is needed.")
@click.option("--url", default="", metavar="URL", help="The public address of this bot, https://…")
@click.option("--match-email", is_flag=True, help="Also ask for people's e-mail addresses.")
def slack(socket: bool, url: str, match_email: bool) -> None:
    """Print the app manifest for Slack, as JSON.

    Paste it at https://api.slack.com/apps, Create New App, From a manifest.
    """
    from bot.inbound.slack_manifest import manifest

    if socket == bool(url):
        raise UserError("Say how Slack reaches the bot: `--url https://…`, or `--socket`.")
    if url and not re.fullmatch(r"https://[^\s/]+(/\S*)?", url):
        raise UserError(f"{url!r} is no address that Slack calls: it begins with https://.")
    print(json.dumps(manifest(url, socket, match_email), indent=2, ensure_ascii=False))
