"""`emptychair serve`: the bot, in one process."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import signal
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.inbound.pages.once import Once

M_ARENA_MAX = -8  # the name of that switch in malloc.h
MOST_CONNECTIONS = 800  # more get 503: a process has 1,024 files by default
WEB_SECONDS = 2  # for requests that are being answered, of the 10 seconds that are promised


@click.command("serve")
@click.option("--host", help="Address to listen on [EMPTYCHAIR_WEB__HOST, 127.0.0.1].")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port to listen on [EMPTYCHAIR_WEB__PORT, 8080].",
)
def command(host: str | None, port: int | None) -> None:
    """Run the bot: webhooks, work and record in one process.

    Settings come from EMPTYCHAIR_… variables; the README lists them. Ctrl-C and SIGTERM stop it
    cleanly, within 10 seconds.
    """
    _spare()

    import structlog
    import uvicorn

    from bot import logs
    from bot.cli.port import address, listen
    from bot.main import build
    from bot.settings import doubts, load
    from bot.store.schema import migrate_apart

    logs.configure(redact=_redact)
    settings = load()
    for doubt in doubts(settings):
        structlog.get_logger().warning("settings.doubtful", hint=doubt)
    app = build(settings, migrate_apart)
    config = uvicorn.Config(
        app.web,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=WEB_SECONDS,
        server_header=False,
        proxy_headers=False,  # nobody asks where a request came from
        limit_concurrency=MOST_CONNECTIONS,
    )
    # uvicorn answers what it has begun and then raises the signal again: that ends the wait here.
    signal.signal(signal.SIGTERM, _stop)
    try:
        listener = listen(host or settings.web.host, settings.web.port if port is None else port)
        app.start(address(listener))
        if app.once is not None:
            _link(app.once, address(listener))
        gc.freeze()
        gc.enable()
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # told to stop, which is no mistake
    finally:
        app.stop()


def _redact(text: str) -> str:
    """Imported when something goes wrong: two hundred rules take a quarter of a second."""
    from bot.store.secret_rules import redactor

    return redactor().redact(text)


def _link(once: Once, address: str) -> None:
    """Print how whoever sits here signs in; again whenever that was used."""

    def tell(word: str) -> None:
        click.echo(
            f"Pages, for you on this machine, once: http://{address}/sign-in/once?word={word}"
        )

    once.tell = tell
    tell(once.fresh())


def _spare() -> None:
    """What costs memory and start-up time, and brings this command nothing."""
    # A delivery waits for its answer while a page is drawn: threads take turns ten times as often.
    sys.setswitchinterval(0.0005)
    gc.disable()  # until all is in place: what is loaded now stays, and need not be gone through
    # Threads share two heaps: glibc makes eight a core, and each keeps what it once took. Elsewhere
    # there is no such switch, and no such need.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    # structlog loads rich where it can, for tracebacks that we draw plainly.
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
    importlib.import_module("structlog")
    if sys.modules["rich"] is None:
        del sys.modules["rich"]


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
