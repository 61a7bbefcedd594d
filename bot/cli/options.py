"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def _chosen(_context: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    """Where none is named, its setting may be misspelt."""
    if value is None:
        from bot.settings import refuse_misspelt

        refuse_misspelt()
    return value


def checklists(help: str) -> Callable[[Command], Command]:
    """`--checklists`, the argument `folder`: where an organisation's own files are, or None."""
    return click.option(
        "--checklists",
        "folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        envvar="EMPTYCHAIR_CHECKLISTS_DIR",
        show_envvar=True,
        callback=_chosen,
        help=help,
    )
