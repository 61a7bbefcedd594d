"""`emptychair simulate`: what would the bot say? Offline, and nothing is written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.options import checklists
from bot.core import diff
from bot.core.catalog import Catalog
from bot.core.facts import ChangedFile, PullRequest
from bot.core.gate import settle
from bot.core.look import Files, look
from bot.core.review import Review
from bot.core.take import take
from bot.errors import UserError
from bot.flows.take_description import opening_act
from bot.inbound.github_events import Malformed, parse
from bot.store import catalog
from bot.views import github_comment
from bot.views.github_check import check


@click.command("simulate")
@click.argument("payload", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--diff",
    "diff_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The pull request's diff, as `git diff` or `gh pr diff` prints it.",
)
@checklists("A folder with checklist files of your own.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(payload: Path, diff_file: Path | None, folder: Path | None, as_json: bool) -> None:
    """Print what the bot would say to a webhook payload.

    PAYLOAD is the JSON body of a `pull_request` event as GitHub delivers it (App settings,
    Advanced, Recent deliveries). It names no files; give the diff as well for the tier that the bot
    would find.

    Example: emptychair simulate opened.json --diff change.diff
    """
    review = _review(_pull_request(payload), diff_file, catalog.load(folder))
    run = check([review])
    comment = github_comment.comment(review) if github_comment.wanted(review) else None
    if as_json:
        found = {
            "tier": str(review.tier),
            "customer_facing": review.customer_facing,
            "overlays": list(review.overlays),
            "why": [reason.text for reason in review.reasons],
            "comment": comment,
            "check": {"title": run.title, "conclusion": run.conclusion, "summary": run.summary},
        }
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo(f"{review.subject.name}: {review.tier} in mode {review.mode}")
    for reason in review.reasons:
        click.echo(f"  {reason.tier}: {reason.text}")
    click.echo(f"\n--- check: {run.conclusion} · {run.title}\n\n{run.summary}")
    click.echo(f"\n--- comment\n\n{comment or 'None: the check says it all.'}")


def _pull_request(file: Path) -> PullRequest:
    try:
        fact = parse("pull_request", file.read_bytes())
    except Malformed as error:
        raise UserError(f"{file}: {error}") from error
    if not isinstance(fact, PullRequest):
        raise UserError(f"{file} is not a pull_request payload that the bot acts on.")
    return fact


def _review(subject: PullRequest, diff_file: Path | None, read: Catalog) -> Review:
    """As the bot would see it on its first look, with what the description answers."""
    files, now = Files(_files(diff_file), diff_file is not None), datetime.now(UTC)
    review, _ = look(None, subject, files, read, now)
    review, _ = take(review, (), [opening_act(review, subject)], now)
    return settle(None, review, now)[0]


def _files(diff_file: Path | None) -> tuple[ChangedFile, ...]:
    if diff_file is None:
        return ()
    text = diff_file.read_text(encoding="utf-8", errors="replace")
    try:
        return tuple(diff.files(text).values())
    except diff.NoFile as error:
        raise UserError(f"{diff_file} {error}.") from error
