"""What Slack told us and we stored becomes the verb that it asks for."""

from __future__ import annotations

import structlog

from bot.flows.slack.take import take
from bot.flows.world import World
from bot.inbound.slack_ear import received

log = structlog.get_logger()


def deliver_slack(world: World, delivery: str, name: str = "") -> None:
    """Deal with one stored delivery; running it again changes nothing more."""
    structlog.contextvars.bind_contextvars(delivery=delivery)
    found = received(world, delivery)
    if found is None:
        log.error("delivery.lost", hint="its body is gone; whoever did it has to do it again")
        return
    fact, at = found
    take(world, fact, name, delivery, at)
