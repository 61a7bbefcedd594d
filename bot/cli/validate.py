"""`emptychair validate`: are the checklist files right?"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from bot.errors import UserError


@click.command("validate")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a problem.")
def command(directory: Path | None, as_json: bool) -> None:
    """Check checklist files, and name what is wrong in them.

    Those in DIRECTORY [EMPTYCHAIR_CHECKLISTS_DIR, or the shipped ones]. Each problem is named with
    file, line, key, the rule it breaks and an example. Exit code 1 if there is any.
    """
    from bot.cli.environment import settings
    from bot.store import catalog

    if directory is not None and not directory.is_dir():
        raise UserError(f"{directory} is not a folder.")
    chosen = directory or settings().checklists_dir
    found = list(catalog.problems(chosen))
    for problem in found:
        if as_json:
            names = ("file", "line", "key", "rule", "example")
            click.echo(json.dumps({name: getattr(problem, name) for name in names}))
        else:
            click.echo(str(problem), err=True)
    if found:
        sys.exit(1)
    if not as_json:
        checklist = catalog.load(chosen).checklist
        click.echo(
            f"All is well. {_read_from(chosen, catalog.own_files(chosen), len(catalog.FILES))} "
            f"{len(checklist.all_questions())} questions, checklist version {checklist.version}."
        )


def _read_from(folder: Path | None, own: list[str], count: int) -> str:
    """Which files are the organisation's, and how many are ours."""
    if not own and folder is not None:
        return f"{folder} holds none of yours: all {count} files are ours."
    if not own:
        return f"All {count} files: ours."
    rest = count - len(own)
    ours = f"; the other {rest} {'file' if rest == 1 else 'files'}: ours" if rest else ""
    return f"{', '.join(own)}: yours{ours}."
