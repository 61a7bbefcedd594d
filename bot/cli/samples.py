"""`emptychair samples`: attestations that wait for a reviewer's eye."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.store.reports import Samples, Waiting

HOW = """\
A reviewer answers on the pull request, never who attested:
  /impact tier R0 <reason>   confirms it: no customer will notice
  /impact tier R1 <reason>   says that it was wrong: the questions come back"""


@click.command("samples")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(as_json: bool) -> None:
    """List the attestations that wait for a reviewer.

    Whoever attests says "no customer will notice", and nothing is asked. Some of that is put
    before a reviewer: `sampled_percent` in organisation.yaml says how much.

    Reads EMPTYCHAIR_DATABASE_URL, also while the bot runs, and changes nothing.
    """
    from bot.cli.environment import settings
    from bot.store import reports

    with reports.reading(settings().database_url) as connection:
        found = reports.samples(connection)
    click.echo(_json(found) if as_json else _text(found))


def _json(found: Samples) -> str:
    waiting = [asdict(each) | {"at": each.at.isoformat()} for each in found.waiting]
    return json.dumps(asdict(found) | {"waiting": waiting})


def _text(found: Samples) -> str:
    totals = f"So far: {found.right} right, {found.wrong} wrong, {found.lapsed} lapsed unjudged."
    if not found.waiting:
        return f"Nothing waits for a reviewer.\n{totals}"
    many = len(found.waiting)
    head = "1 attestation waits" if many == 1 else f"{many} attestations wait"
    items = "\n\n".join(_item(each) for each in found.waiting)
    return f"{head} for a reviewer.\n\n{items}\n\n{HOW}\n\n{totals}"


def _item(each: Waiting) -> str:
    from bot.views.markdown import plain

    at = each.at.strftime("%Y-%m-%d %H:%M UTC")
    said = f"  {plain(each.who, 100)} attested on {at}: “{plain(each.reason, 300)}”"
    return f"{each.pull_request}  {each.url}\n{said}"
