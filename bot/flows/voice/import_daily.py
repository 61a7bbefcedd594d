"""The exports that an organisation names are taken in again every day."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import structlog

from bot.core.organisation import Import
from bot.errors import Rejected, Transient
from bot.flows.voice.take_in import rows, take_in
from bot.flows.world import World
from bot.gateways.exports import fetched

ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson")
log = structlog.get_logger()


def import_voice(world: World) -> None:
    """Take every one of them in; what cannot be read today is told, and tried again tomorrow."""
    new = 0
    for each in world.catalog.organisation.evidence.imports:
        try:
            new += _taken(world, each)
        except (OSError, Transient, Rejected) as error:
            log.warning("evidence.not_imported", source=each.source, reason=str(error))
    if new:
        world.store.write(
            lambda tx: world.jobs.enqueue(tx, "refresh_quotes", {}, lock="refresh_quotes")
        )


def _taken(world: World, each: Import) -> int:
    if "://" in each.at:
        with fetched(each.at) as file:
            return _of_files(world, each, [file])
    path = Path(each.at)
    inside = sorted(path.iterdir()) if path.is_dir() else [path]
    return _of_files(world, each, [f for f in inside if f.suffix.lower() in ENDINGS])


def _of_files(world: World, each: Import, files: Iterable[Path]) -> int:
    """How many pieces are new or changed."""
    new = 0
    for file in files:
        with file.open(encoding="utf-8", errors="replace", newline="") as lines:
            taken = take_in(
                world.store,
                rows(lines, file.name),
                each.map,
                each.source,
                world.voice_key,
                world.clock(),
                world.catalog.organisation.evidence.keep_days,
            )
        told = {name: taken.rows[name] for name in ("new", "changed", "known", "bad")}
        log.info("evidence.imported", source=each.source, file=file.name, **told)
        new += taken.rows["new"] + taken.rows["changed"]
    return new
