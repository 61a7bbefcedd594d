"""Putting it together: the only file that knows every other one."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.flows.world import World
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth
from bot.inbound.github import GitHubDoor
from bot.inbound.github_delivery import deliver
from bot.inbound.health import Health
from bot.jobs.embedded import EmbeddedJobs
from bot.jobs.names import FLOWS, PERIODIC
from bot.settings import Settings
from bot.store import catalog
from bot.store.engine import database_file, open_engine, schema_version
from bot.store.schema import HEAD, migrate
from bot.store.store import Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class App:
    """The running bot: `web` answers, `jobs` works, `store` remembers."""

    web: Starlette
    jobs: EmbeddedJobs
    store: Store
    start: Callable[[], None]

    def stop(self) -> None:
        """Finish what is running and close the database."""
        self.jobs.stop()
        self.store.close()


def build(settings: Settings) -> App:
    """The bot with these settings; nothing runs before `start`.

    Raises ConfigError for settings or checklist files that are not right.
    """
    read = catalog.load(settings.checklists_dir)
    engine = open_engine(settings.database_url)
    if schema_version(engine) != HEAD:
        migrate(settings.database_url)
    file = database_file(settings.database_url)
    root = _root_key(settings, file)
    store = Store(engine)
    jobs = EmbeddedJobs(store, _now, settings.jobs.workers, settings.jobs.max_attempts)
    handlers: dict[str, Callable[[Mapping[str, Any]], None]] = {}
    routes: list[Route] = []
    if settings.github.on:
        world = _world(settings, store, jobs, read, root)
        flows = {**FLOWS, "deliver": deliver}
        handlers = {name: _handler(flow, world) for name, flow in flows.items()}
        door_secrets = [s.get_secret_value().encode() for s in settings.github.webhook_secret]
        door = GitHubDoor(store, jobs, door_secrets, _now)
        routes.append(Route("/github/webhooks", door.receive, methods=["POST"]))
    else:
        log.info(
            "github.off", hint="set EMPTYCHAIR_GITHUB__APP_ID and its two secrets to switch it on"
        )
    health = Health(store, _now)
    routes += [
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        Route("/metrics", health.metrics),
    ]
    web = Starlette(routes=routes, exception_handlers={500: _sorry})
    periodic = {name: every for name, every in PERIODIC.items() if name in handlers}
    start = partial(jobs.start, handlers, periodic, file.with_name(file.name + ".lock"))
    return App(web, jobs, store, start)


def _world(
    settings: Settings, store: Store, jobs: EmbeddedJobs, read: catalog.Catalog, root: bytes
) -> World:
    github = settings.github
    assert github.app_id is not None
    assert github.private_key is not None
    app = app_auth(github.app_id, github.private_key.get_secret_value())
    return World(
        store=store,
        github=GitHubGateway(app, github.base_url),
        jobs=jobs,
        catalog=read,
        clock=_now,
        salt=partial(secrets.token_bytes, 16),
        ledger_key=derived(root, "ledger"),
        quiet=timedelta(seconds=github.quiet_seconds),
        paced=github.limits == "on",
    )


def _handler(flow: Callable[..., Any], world: World) -> Callable[[Mapping[str, Any]], None]:
    return lambda args: flow(world, **args)


def _now() -> datetime:
    return datetime.now(UTC)


def _root_key(settings: Settings, database: Path) -> bytes:
    """The root key: the setting, or a file beside the database, made at first use."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    path = database.with_name(database.name + ".key")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as new:
            new.write(secrets.token_hex(32))
    except FileExistsError:
        pass  # made earlier
    return path.read_text().strip().encode()


def derived(root: bytes, purpose: str) -> bytes:
    """The key for one purpose, from the root key."""
    return hmac.new(root, f"emptychair:{purpose}".encode(), hashlib.sha256).digest()


async def _sorry(_request: Request, error: Exception) -> Response:
    log.error("web.error", exc_info=error)
    return PlainTextResponse("Something went wrong here. The log says what.\n", 500)
