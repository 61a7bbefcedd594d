"""`emptychair validate`: are the checklist files right?"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command("validate")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a problem.")
def command(directory: Path | None, as_json: bool) -> None:
    """Check the checklist files in DIRECTORY [EMPTYCHAIR_CHECKLISTS_DIR, or the shipped ones].

    Each problem is named with file, line, key, the rule it breaks and an example. Exit code 1 if
    there is any.
    """
    from bot.settings import load
    from bot.store import catalog

    chosen = directory or load().checklists_dir
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
        read = catalog.load(chosen)
        count = len(read.checklist.all_questions())
        click.echo(f"All is well: {count} questions, checklist version {read.checklist.version}.")
