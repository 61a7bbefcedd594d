"""The pages on which people use the stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

if TYPE_CHECKING:
    from bot.sandbox.slack.standin import StandInSlack


def page_routes(slack: StandInSlack) -> list[BaseRoute]:
    return []
