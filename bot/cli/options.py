"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def checklists(help: str) -> Callable[[Command], Command]:
    """`--checklists`, the argument `folder`: where an organisation's own files are, or None."""
    return click.option(
        "--checklists",
        "folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        envvar="EMPTYCHAIR_CHECKLISTS_DIR",
        show_envvar=True,
        help=help,
    )
