"""Structured logs: one JSON line an event on a pipe, readable lines on a terminal; no secrets."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Callable
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

SECRET = re.compile(
    r"gh[a-z]_[\w.-]{8,}|github_pat_\w{8,}|xox[a-z]-[\w-]+|sk-[\w-]{16,}"
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]+|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END|\Z)"
)


LOUD = frozenset({"warning", "error", "critical", "exception"})
OURS = frozenset({"level", "timestamp", "event"})  # never a stranger's words


def configure(
    json: bool | None = None,
    level: int = logging.INFO,
    redact: Callable[[str], str] | None = None,
) -> None:
    """Set logging up for the process; `json` None means: JSON unless stderr is a terminal.

    `redact` takes secrets and personal data out of what is told from a warning on, where words of
    strangers may be; the lines of every day hold none.
    """
    as_json = not sys.stderr.isatty() if json is None else json
    render: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask,
            *([_redacted(redact)] if redact else []),
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(_Patient(sys.stderr)),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )


class _Patient:
    """A stream whose reader may have gone: a lost line of the log stops no work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


def _redacted(redact: Callable[[str], str]) -> Any:
    def work(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        if event.get("level") not in LOUD:
            return event
        return {
            name: redact(value) if isinstance(value, str) and name not in OURS else value
            for name, value in event.items()
        }

    return work


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace what looks like a token or a key, wherever it slipped in."""
    return {name: _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {name: _masked(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    return SECRET.sub("***", str(value))
