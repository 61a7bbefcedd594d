"""What stands for a service that is not set up: whatever is asked of it is refused, in words."""

from __future__ import annotations

from typing import Any, cast

from bot.errors import Transient
from bot.ports import GitHub
from bot.ports_slack import Slack

RETRY_SECONDS = 300.0  # an operator may set it up again, and what is left goes on


class _Nowhere:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, method: str) -> Any:
        if method.startswith("__"):
            raise AttributeError(method)
        raise Transient(f"{self._name} is not set up here", RETRY_SECONDS)


NO_SLACK = cast(Slack, _Nowhere("Slack"))
NO_GITHUB = cast(GitHub, _Nowhere("GitHub"))
