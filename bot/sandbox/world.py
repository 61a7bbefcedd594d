"""The parts of the stand-in, put together once."""

from __future__ import annotations

from collections import Counter

from bot.sandbox.app_shapes import AppShapes
from bot.sandbox.check_runs import CheckRuns
from bot.sandbox.conversation import Conversation
from bot.sandbox.events import Events
from bot.sandbox.faults import Faults
from bot.sandbox.merging import Merging
from bot.sandbox.pull_requests import PullRequests
from bot.sandbox.records import Call
from bot.sandbox.state import State
from bot.sandbox.tokens import Tokens
from bot.sandbox.webhooks import Webhooks


class World:
    """One repository on one GitHub with one App."""

    def __init__(
        self,
        state: State,
        *,
        webhook_url: str,
        webhook_secret: str,
        app_public_key: str,
        required_check: str,
        faults: Faults,
    ) -> None:
        self.state, self.faults = state, faults
        if required_check:
            state.rulesets[required_check] = state.app_id
        self.tokens = Tokens(state, app_public_key)
        self.webhooks = Webhooks(state, webhook_url, webhook_secret, faults)
        self.events = Events(AppShapes(state, "", ""), self.webhooks)
        self.pulls = PullRequests(state, self.events)
        self.conversation = Conversation(state, self.events)
        self.merging = Merging(state, self.events, required_check)
        self.checks = CheckRuns(state, self.events, self.merging.settle)
        self.calls: list[Call] = []
        self.counts: Counter[tuple[str, str]] = Counter()

    def settle_at(self, web: str) -> None:
        """From now on webhooks carry this address, `http://HOST:PORT`."""
        self.events.shapes.web, self.events.shapes.api = web, f"{web}/api/v3"

    def trouble(self) -> str:
        """What people should know when the bot does not take its webhooks; empty when it does."""
        last = next((d for d in reversed(self.webhooks.deliveries) if d.status is not None), None)
        if last is None or (last.status is not None and 200 <= last.status < 300):
            return ""
        told = f"answered {last.status}" if last.status else "did not answer"
        return f"The bot {told} when it was told of the last event ({last.event})."
