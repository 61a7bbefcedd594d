"""`emptychair demo`: the real bot against a stand-in GitHub and Slack, on real history."""

from __future__ import annotations

import errno
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

import bot

if TYPE_CHECKING:
    from bot.cli.pair import Pair
    from bot.sandbox.replay import Sample

ORGANISATION = """
mode: [{repositories: '**', mode: enforce}]
teams:
  - {name: Shop, repositories: ['acme/*']}
  - {name: Product, channels: [proposals]}
"""
SECONDS = 50.0  # for all pull requests together; then the table says what is still open


@click.command("demo")
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A local git repository to replay [this project's own].",
)
@click.option(
    "--last", default=20, show_default=True, type=click.IntRange(1, 500), help="Newest N commits."
)
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port of the stand-in GitHub's page [any free one].",
)
@click.option(
    "--slack-port",
    default=0,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port of the stand-in Slack's page [any free one].",
)
@click.option("--exit", "leave", is_flag=True, help="Stop after the table.")
def command(repo: Path | None, last: int, port: int, slack_port: int, leave: bool) -> None:
    """See what the bot asks, on git history as pull requests.

    Starts the bot, a stand-in GitHub and a stand-in Slack on loopback: no account, no network,
    nothing leaves this machine. The newest commits or merges become pull requests and go through
    the real webhook, the real checklist and the real GitHub client; proposals in Slack go through
    the real Slack door. Then open the pages, tick the boxes, decide, try to merge.
    """
    import logging

    from rich.console import Console

    from bot import logs
    from bot.cli.demo_year import organisation
    from bot.cli.pair import start_pair
    from bot.cli.port import refusal

    logs.configure(level=logging.CRITICAL)
    signal.signal(signal.SIGTERM, _stop)
    console = Console()
    with tempfile.TemporaryDirectory(prefix="emptychair-") as folder:
        try:
            with start_pair(
                Path(folder),
                port=port,
                organisation=organisation(ORGANISATION),
                slack=True,
                slack_port=slack_port,
                generated=True,
                pages=True,
            ) as pair:
                _generate(pair)
                numbers = _replay(console, pair, _samples(repo, last))
                _play(pair, numbers)
                _show(console, pair, numbers)
                _count(pair)
                if not leave:
                    _stay(pair, numbers)
        except OSError as error:
            if port and error.errno == errno.EADDRINUSE:
                raise click.ClickException(refusal("127.0.0.1", port, error)) from error
            raise click.ClickException(f"The demo could not start: {error.strerror}.") from error
        except KeyboardInterrupt:
            click.echo("\nStopped.")


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _samples(repo: Path | None, last: int) -> Sequence[Sample]:
    from bot.sandbox.git_process import NoHistory
    from bot.sandbox.replay import replay
    from bot.sandbox.samples import samples

    folder = repo or Path(bot.__file__).parent.parent
    try:
        found = list(replay(folder, last, merges=repo is not None))
    except NoHistory as error:
        if repo is not None:
            raise click.ClickException(str(error)) from error
        found = []
    if found:
        many = f"{len(found)} (all there are)" if len(found) < last else str(len(found))
        beside = "" if repo else " And beside them some pull requests of a web shop."
        name = folder.resolve().name
        click.echo(f"Replaying the newest {many} commits of {name}.{beside}")
        return found if repo is not None else [*found, *samples()]
    click.echo("No history here, so a few pull requests written for the purpose.")
    return list(samples())


def _generate(pair: Pair) -> None:
    """A year for the pages to show."""
    from bot.cli.demo_year import TEAMS, generate
    from bot.store import catalog

    assert pair.bot is not None
    read = catalog.load(pair.settings.checklists_dir)
    made = generate(pair.bot.store, read, datetime.now(UTC))
    click.echo(f"And a generated year of {len(TEAMS)} teams, {made:,} reviews, for the pages.")


def _replay(console: object, pair: Pair, samples: Sequence[Sample]) -> list[int]:
    """Open a pull request for each sample and wait until each has its check."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:  # type: ignore[arg-type]
        opened = progress.add_task("Opening pull requests", total=len(samples))
        checked = progress.add_task("Customer impact checks", total=len(samples))
        numbers = []
        for sample in samples:
            numbers.append(
                pair.github.open_pull_request(
                    title=sample.title,
                    body=sample.body,
                    author=sample.author,
                    branch=sample.branch,
                    files=sample.files,
                )
            )
            progress.advance(opened)
        for _ in _until_checked(pair, numbers):
            progress.advance(checked)
    return numbers


def _until_checked(pair: Pair, numbers: list[int]) -> Iterator[int]:
    """The numbers, each as soon as its check stands."""
    deadline = time.monotonic() + SECONDS
    left = list(numbers)
    while left and time.monotonic() < deadline:
        done = [number for number in left if pair.github.check(number) is not None]
        left = [number for number in left if number not in done]
        yield from done
        if left:
            time.sleep(0.05)
    pair.settle(5)


def _play(pair: Pair, numbers: list[int]) -> None:
    """Let people answer in each of the ways there are, and say who did what."""
    from bot.cli.demo_slack import play as play_slack
    from bot.cli.demo_story import play

    scenes = list(play(pair, numbers))
    click.echo("People have been here before you:")
    for scene in scenes:
        click.echo(f"  #{scene.number}: {scene.told}")
    for told in play_slack(pair):
        click.echo(f"  Slack {told}")
    click.echo()


def _count(pair: Pair) -> None:
    """What leadership would see of it."""
    from bot.cli.stats import report, table
    from bot.store import catalog

    organisation = catalog.load(pair.settings.checklists_dir).organisation
    click.echo(f"\n{table(report(pair.settings.database_url, organisation, None))}")


def _show(console: object, pair: Pair, numbers: list[int]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    assert isinstance(console, Console)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    table.add_column("Pull request", ratio=3, overflow="fold")
    table.add_column("Tier")
    table.add_column("Check", ratio=2, overflow="fold")
    table.add_column("Why", ratio=2, overflow="fold")
    styles = {0: "dim", 1: "cyan", 2: "yellow", 3: "red"}
    for number in numbers:
        review = pair.review(number)
        if review is None:
            title = pair.github.pull_request(number).title
            table.add_row(str(number), Text(title), "…", "not there yet", "")
            continue
        style = styles[review.tier]
        reason = review.reasons[0].text.replace("`", "")
        tier = Text(str(review.tier), style=style)
        run = pair.github.check(number)
        check = Text(run.title or "" if run else "not there yet")
        table.add_row(str(number), Text(review.subject.title), tier, check, Text(reason))
    console.print(table)


def _link(pair: Pair) -> str:
    """How whoever sits here signs in; a new link is told when this one was used."""
    assert pair.bot is not None
    assert pair.bot.once is not None

    def link(word: str) -> str:
        return f"{pair.bot_url}/sign-in/once?word={word}"

    pair.bot.once.tell = lambda word: click.echo(f"To sign in once more: {link(word)}")
    return link(pair.bot.once.fresh())


def _stay(pair: Pair, numbers: list[int]) -> None:
    from bot.core.gate import Gate, standing

    click.echo(f"\nReady: {pair.github.url}/")
    waiting = [
        (review.tier, -number)
        for number in numbers
        if (review := pair.review(number)) and standing(review).gate is Gate.PENDING
    ]
    if waiting:
        number = -min(waiting)[1]  # one that asks for little, of the shop where there is one
        click.echo(f"One that waits for answers: {pair.github.pull_url(number)}")
    click.echo(f"Slack, with its proposals: {pair.slack.url}/")
    click.echo(f"The page for leadership, signed in once: {_link(pair)}")
    click.echo("Be the author, the reviewer or an outsider there (top right). Tick boxes, write")
    click.echo("`/impact help`, answer in the description, waive, push, try to merge.")
    click.echo("The demo enforces; a fresh install only warns. Ctrl-C stops everything.")
    while True:
        time.sleep(3600)
