"""Putting it together: the only file that knows every other one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import IO, Any

import structlog
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.core.catalog import Catalog
from bot.flows.pacer import Pacer
from bot.flows.recall import recall
from bot.flows.seal import Notary
from bot.flows.world import World
from bot.gateways.github import GitHubGateway
from bot.gateways.github_auth import app_auth, token_auth
from bot.inbound.enforced import Enforced
from bot.inbound.front import SORRY, Front
from bot.inbound.github import GitHubDoor
from bot.inbound.github_delivery import deliver
from bot.inbound.health import Health
from bot.inbound.watched import Watched
from bot.jobs.embedded import EmbeddedJobs
from bot.jobs.hold import hold
from bot.jobs.names import FLOWS, PERIODIC
from bot.jobs.sealer import Sealer
from bot.jobs.traffic import Traffic
from bot.settings import GitHubSettings, Settings
from bot.store import catalog, keys
from bot.store.engine import database_file, open_engine, schema_version
from bot.store.schema import HEAD, migrate
from bot.store.store import Store

JOBS_SECONDS = 4  # for what is being worked on when we are told to stop
SEAL_SECONDS = 1  # for the last seals after that
WEBHOOKS = "/github/webhooks"
SWITCH_ON = (
    "set EMPTYCHAIR_GITHUB__APP_ID and its two secrets, or EMPTYCHAIR_GITHUB__TOKEN and the "
    "webhook's secret where there is no App"
)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class App:
    """The running bot: `web` answers, `jobs` works, `sealer` seals, `store` remembers.

    `start` takes the address that is listened on, for the log; "" is the one of the settings.
    """

    web: Front
    jobs: EmbeddedJobs
    sealer: Sealer
    store: Store
    start: Callable[..., None]

    def stop(self) -> None:
        """Finish what is running and close the database."""
        self.jobs.stop(JOBS_SECONDS)
        self.sealer.stop(SEAL_SECONDS)
        self.store.close()
        log.info("bot.stopped")


def build(settings: Settings, upgrade: Callable[[str], None] = migrate) -> App:
    """The bot with these settings; nothing runs before `start`.

    `upgrade` brings an older database to this version's schema. Raises ConfigError for settings or
    checklist files that are not right, and AlreadyRunning where another process works on this
    database: it must not be migrated under its feet.
    """
    read = catalog.load(settings.checklists_dir)
    engine = open_engine(settings.database_url)
    lock = hold(database_file(settings.database_url))
    try:
        return _assembled(settings, read, engine, lock, upgrade)
    except BaseException:
        lock.close()
        raise


def _assembled(
    settings: Settings,
    read: Catalog,
    engine: Engine,
    lock: IO[str],
    upgrade: Callable[[str], None],
) -> App:
    if schema_version(engine) != HEAD:
        upgrade(settings.database_url)
    file = database_file(settings.database_url)
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    root = keys.root_key(given, file)
    ledger_key = keys.derived(root, "ledger")
    store = Store(engine)
    with store.read() as connection:
        keys.refuse_another_key(connection, ledger_key, file)
    traffic = Traffic()
    jobs = EmbeddedJobs(
        store, _now, settings.jobs.workers, settings.jobs.max_attempts, lock, traffic
    )
    doors: dict[str, ASGIApp] = {}
    github = None
    if settings.github.on:
        github = _github(settings, store, jobs, read, ledger_key)
        doors[WEBHOOKS] = _github_door(settings.github, store, jobs, traffic)
    else:
        log.warning("github.off", hint=f"to switch it on, {SWITCH_ON}")
        doors[WEBHOOKS] = PlainTextResponse(f"GitHub is not set up here: {SWITCH_ON}.\n", 503)
    sealer = Sealer(Notary(store, _now, ledger_key, keys.derived(root, "checkpoint")))
    enforced = Enforced(store, read.organisation)
    health = Health(store, _now, github.watched if github else None, more=(enforced,))
    routes = [
        *(Route(path, door, methods=["POST"]) for path, door in doors.items()),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        Route("/metrics", health.metrics),
    ]
    web = Front(Starlette(routes=routes, exception_handlers={500: _sorry}), doors)

    def start(address: str = "") -> None:
        if github is not None:  # without a door nobody could do the jobs that are left
            recall(github.world)
            jobs.start(github.handlers, PERIODIC)
        sealer.start()
        checklists = str(settings.checklists_dir or "shipped")
        for stray in catalog.unknown_files(settings.checklists_dir):
            log.warning("checklists.unread", file=stray.file, hint=stray.rule)
        log.info(
            "bot.started",
            address=address or f"{settings.web.host}:{settings.web.port}",
            database=str(file),
            checklists=checklists,
            **_mode(settings.github),
        )

    return App(web, jobs, sealer, store, start)


@dataclass(frozen=True, slots=True)
class _GitHub:
    """The side that faces GitHub: what works there, and what health looks at."""

    world: World
    handlers: Mapping[str, Callable[[Mapping[str, Any]], Any]]
    watched: Watched


def _github(
    settings: Settings, store: Store, jobs: EmbeddedJobs, read: Catalog, ledger_key: bytes
) -> _GitHub:
    github = settings.github
    pacer = Pacer(github.limits == "on")
    gateway = _gateway(github, pacer)
    world = World(
        store=store,
        github=gateway,
        jobs=jobs,
        catalog=read,
        clock=_now,
        salt=partial(secrets.token_bytes, 16),
        ledger_key=ledger_key,
        app_id=github.app_id or 0,
        quiet=timedelta(seconds=github.quiet_seconds),
        pacer=pacer,
        started=_now(),
    )
    flows = {**FLOWS, "deliver": deliver}
    handlers = {name: _handler(flow, world) for name, flow in flows.items()}
    return _GitHub(world, handlers, Watched(gateway.time.ahead, pacer, gateway.reach.silent_for))


def _github_door(
    github: GitHubSettings, store: Store, jobs: EmbeddedJobs, traffic: Traffic
) -> GitHubDoor:
    return GitHubDoor(
        store,
        jobs,
        [secret.get_secret_value().encode() for secret in github.webhook_secret],
        _now,
        app_id=github.app_id,
        by_token=github.by_token,
        traffic=traffic,
    )


def _gateway(github: GitHubSettings, pacer: Pacer) -> GitHubGateway:
    if github.token is not None:
        return GitHubGateway(token_auth(github.token.get_secret_value()), github.base_url, pacer)
    assert github.app_id is not None
    assert github.private_key is not None
    app = app_auth(github.app_id, github.private_key.get_secret_value())
    return GitHubGateway(app, github.base_url, pacer)


def _mode(github: GitHubSettings) -> dict[str, object]:
    """As whom we face GitHub, for the log."""
    if github.by_token:
        return {"token": True}
    return {"app": github.app_id} if github.on else {"github": "off"}


def _handler(flow: Callable[..., Any], world: World) -> Callable[[Mapping[str, Any]], Any]:
    return lambda args: flow(world, **args)


def _now() -> datetime:
    return datetime.now(UTC)


async def _sorry(_request: Request, error: Exception) -> Response:
    log.error("web.error", exc_info=error)
    return PlainTextResponse(SORRY, 500)
