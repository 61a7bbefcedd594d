"""`emptychair drafts`: does the model answer as it should, and what did drafts cost?"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import click

from bot.cli.stats import since_day
from bot.errors import BotError, UserError

if TYPE_CHECKING:
    from bot.ports_llm import Reply
    from bot.store.drafts import Cost

PROBE = (
    "You check a connection. Answer with a JSON object: customer_facing is the word no, claims is "
    "an empty list. Nothing else.",
    "Are you there?",
)


@click.group("drafts")
def command() -> None:
    """Drafts of answers by a model.

    Off until EMPTYCHAIR_LLM__MODEL names one. docs/DRAFTING.md says what is sent and what is not.
    """


@command.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check(as_json: bool) -> None:
    """Ask the model one tiny thing, and say what its server can do.

    Sends a sentence of ours and nothing of yours. A server without schemas works too: its answers
    are then held against the schema here.
    """
    from bot.cli.environment import settings
    from bot.gateways.llm import LlmGateway

    llm = settings().llm
    if not llm.on:
        raise UserError("No model is named: set EMPTYCHAIR_LLM__MODEL, and where it is.")
    gateway = LlmGateway(llm)
    try:
        reply = gateway.ask(*PROBE)
    except BotError as error:
        raise UserError(f"{error} Asked for {llm.model} at {llm.base_url}.") from None
    finally:
        gateway.close()
    found = _features(reply, gateway.takes_schema)
    if as_json:
        click.echo(json.dumps({"model": llm.model, "answered_as": reply.model, **found}))
    else:
        click.echo(f"{llm.model} at {llm.base_url} answered in {reply.milliseconds} ms.")
        for name, value in found.items():
            click.echo(
                f"  {name:12} {'yes' if value is True else 'no' if value is False else value}"
            )
    if reply.outcome != "ok":
        raise UserError(
            f"It answered, but not as it should ({reply.outcome}): a draft would be left out. "
            "Another model may keep to the schema."
        )


def _features(reply: Reply, schema: bool) -> dict[str, bool | str]:
    return {
        "json_schema": schema,
        "json_object": reply.outcome == "ok",
        "usage": reply.counted,
        "outcome": reply.outcome,
    }


@command.command("cost")
@click.option(
    "--since",
    callback=since_day,
    metavar="DATE|90d|12w",
    help="Calls of that day (UTC) or later [all].",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, a row for each day.")
def cost(since: date | None, as_json: bool) -> None:
    """What drafts cost, by day, model and outcome."""
    from bot.cli.environment import settings
    from bot.store import drafts, reports

    read = settings()
    begin = datetime.combine(since or date(2000, 1, 1), time(), UTC)
    with reports.reading(read.database_url) as connection:
        found = drafts.costs(connection, begin)
        fates = drafts.fates(connection, begin)
    currency = read.llm.currency
    if as_json:
        rows = [_row(each) for each in found]
        total = {"calls": sum(c.calls for c in found), "cost": sum(c.cost for c in found)}
        click.echo(json.dumps({"currency": currency, **total, "days": rows, "people": fates}))
        return
    if not found:
        click.echo("No model was asked.")
        return
    for each in found:
        tokens = f"{each.tokens_in:,} in ({each.cached:,} cached), {each.tokens_out:,} out"
        told = f"{each.calls:>5} {each.outcome:10} {tokens}, {each.cost:.4f} {currency}"
        click.echo(f"{each.day}  {each.model:24} {told}")
    total_cost = sum(each.cost for each in found)
    click.echo(f"In all {sum(c.calls for c in found):,} calls, {total_cost:.4f} {currency}.")
    dates = {each.prices_as_of for each in found if each.prices_as_of}
    told_prices = (
        f"Prices as of {max(dates)}." if dates else "No prices are set, so it counts as nothing."
    )
    click.echo(told_prices)
    taken = sum(fates.values())
    if taken:
        share = 100 * fates["accepted"] / taken
        click.echo(
            f"Of {taken:,} proposed answers that people looked at: {share:.0f} % accepted as they "
            f"stood, {fates['edited']:,} edited, {fates['rejected']:,} rejected."
        )


def _row(each: Cost) -> dict[str, object]:
    return {
        "day": each.day, "model": each.model, "outcome": each.outcome, "calls": each.calls,
        "tokens_in": each.tokens_in, "cached": each.cached, "tokens_out": each.tokens_out,
        "cost": each.cost, "prices_as_of": str(each.prices_as_of) if each.prices_as_of else None,
    }  # fmt: skip
