"""Hear Slack: open the window at once, put it on disk beside that, answer within three seconds."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter
from slack_bolt import BoltResponse
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import BotError, Refused, Transient
from bot.flows.slack.facts import STORED, Chosen, Fact, Pressed, Sent
from bot.flows.slack.look import remembered
from bot.flows.slack.take import opens
from bot.flows.slack.take_window import answer_window, first_block
from bot.flows.world import World
from bot.inbound.slack_payloads import Body, identity, parse
from bot.ports import Transaction
from bot.store import inbox
from bot.views import slack_says as says
from bot.views.forms.form import Read

DURABLE_SECONDS = 2.0  # Slack waits three for an answer
HEARD = Counter("emptychair_slack", "What Slack sent, by kind and answer", ["kind", "status"])
NOT_DURABLE = (SQLAlchemyError, TimeoutError, RuntimeError, OSError)
log = structlog.get_logger()


class Ear:
    """Takes what Bolt hands on, over HTTP or a socket. `patience`: seconds until what is not on
    disk counts as not saved."""

    def __init__(
        self,
        world: World,
        patience: float = DURABLE_SECONDS,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._world, self._patience, self._ticks = world, patience, ticks

    def hear(self, body: Body) -> BoltResponse:
        """What Slack is answered."""
        fact = parse(body)
        if fact is None:
            return BoltResponse(status=200, body="")
        answer = self._answer(fact, body)
        HEARD.labels(type(fact).__name__.lower(), answer.status).inc()
        return answer

    def _answer(self, fact: Fact, body: Body) -> BoltResponse:
        until = self._ticks() + self._patience
        if isinstance(fact, Sent):
            return self._sent(fact, body, until)
        name = window_name(body) if opens(fact) else ""
        if name:
            self._world.windows.opening(name)
        saved = self._save(fact, name, body)
        opened = self._open(fact, name) if name else True
        kept = self._is_durable(saved, until)
        if not kept:
            return self._not_saved(fact)
        if not opened:
            self._say(fact, says.too_slow())
        return BoltResponse(status=200, body="")

    def _sent(self, fact: Sent, body: Body, until: float) -> BoltResponse:
        """A window that is wrong stays as it is and says where; nothing of it is kept."""
        try:
            read = answer_window(self._world, fact)
        except (BotError, *NOT_DURABLE) as error:
            log.error("slack.not_read", error=str(error))
            return _errors({first_block(fact.window.values): says.NOT_SAVED})
        if read.errors:
            return _errors(read.errors)
        if not self._is_durable(self._save(fact, "", body), until):
            return _errors({first_block(fact.window.values): says.NOT_SAVED})
        return _follow(read, fact.window.name)

    def _save(self, fact: Fact, name: str, body: Body) -> Future[bool]:
        """The fact, once, with the job that deals with it."""
        world, delivery, now = self._world, identity(body), self._world.clock()
        packed = inbox.pack(STORED.dump_json(fact))
        args = {"delivery": delivery} | ({"name": name} if name else {})

        def work(tx: Transaction) -> bool:
            kind = type(fact).__name__
            new = inbox.accept(tx, delivery, "slack", kind, packed, now)
            if new or inbox.unpark(tx, delivery):
                world.jobs.enqueue(tx, inbox.DELIVER_SLACK, args, lock=_lane(fact))
            return new

        return world.store.submit(work)

    def _open(self, fact: Fact, name: str) -> bool:
        """The loading window; nothing is looked up before."""
        well = False
        try:
            self._world.slack.open_view(getattr(fact, "trigger", ""), says.loading(name))
            well = True
        except (Refused, Transient) as error:
            log.warning("slack.not_opened", error=str(error))
        finally:
            self._world.windows.opened(name, well)
        return well

    def _is_durable(self, saved: Future[bool], until: float) -> bool:
        try:
            saved.result(timeout=max(0.0, until - self._ticks()))
        except NOT_DURABLE as error:
            log.error("slack.not_durable", reason=self._world.store.why_not(error))
            return False
        return True

    def _not_saved(self, fact: Fact) -> BoltResponse:
        """An event comes again by itself; a person is told."""
        if isinstance(fact, Chosen | Pressed):
            self._say(fact, says.not_saved())
            return BoltResponse(status=200, body="")
        if getattr(fact, "answer_to", ""):
            return _json({**says.not_saved(), "response_type": "ephemeral"})
        return BoltResponse(status=503, body="Not stored; send it again.")

    def _say(self, fact: Fact, message: Mapping[str, Any]) -> None:
        where = getattr(fact, "answer_to", "")
        if not where:
            return
        try:
            self._world.slack.respond(where, message)
        except (Refused, Transient) as error:
            log.warning("slack.not_told", error=str(error))


def window_name(body: Body) -> str:
    """What a window is called that opens for this: by it the job finds the window again."""
    trigger = str(body.get("trigger_id") or "")
    return "w" + hashlib.sha256(trigger.encode()).hexdigest()[:40]


def _lane(fact: Fact) -> str:
    """What concerns one review is taken in order; else what one person does is."""
    if isinstance(fact, Sent):
        ref = remembered(fact.window.metadata).get("ref")
        if ref:
            return f"slack:{ref}"
    return f"slack:{fact.by.user}"


def _follow(read: Read, name: str) -> BoltResponse:
    if read.show is None:
        return _json({"response_action": "clear"})
    return _json({"response_action": "update", "view": {**read.show, "external_id": name}})


def _errors(errors: Mapping[str, str]) -> BoltResponse:
    return _json({"response_action": "errors", "errors": dict(errors)})


def _json(body: Mapping[str, Any]) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {"Content-Type": "application/json;charset=utf-8"}
    return BoltResponse(status=200, body=json.dumps(body), headers=headers)


def received(world: World, delivery: str) -> tuple[Fact, datetime] | None:
    """A stored fact and when it came; None when its body is gone."""
    with world.store.read() as connection:
        stored = inbox.load(connection, delivery)
        at = inbox.received_at(connection, delivery)
    return (STORED.validate_json(stored[1]), at) if stored is not None and at is not None else None
