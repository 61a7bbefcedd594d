"""Reading the checklist files: ours, and an organisation's own ones in front of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import bot
from bot.core.catalog import Catalog
from bot.core.checklist import OVERLAYS, Checklist, Overlay
from bot.core.checklist_file import parse_checklist, parse_overlay
from bot.core.organisation import Organisation, parse_organisation
from bot.core.spelling import did_you_mean
from bot.core.switches import Switches
from bot.core.triage import Triage
from bot.errors import ConfigError

CHECKLIST, ORGANISATION, TRIAGE = "customer-impact.yaml", "organisation.yaml", "triage.yaml"
PROPOSALS = "proposals.yaml"
SINGLE = (CHECKLIST, ORGANISATION, TRIAGE, PROPOSALS)
FILES = (*SINGLE, *(f"overlays/{name}.yaml" for name in OVERLAYS))


def shipped() -> Path:
    """The folder with the files that come with the program."""
    packaged = Path(bot.__file__).parent / "data" / "checklists"
    return packaged if packaged.is_dir() else Path(bot.__file__).parent.parent / "checklists"


def load(directory: Path | None) -> Catalog:
    """Read everything. Raises ConfigError at the first broken rule."""
    reader = _Reader(directory)
    organisation = reader.organisation()
    overlays = tuple(reader.overlay(name) for name in OVERLAYS)
    checklist = reader.checklist(organisation, overlays)
    return Catalog(checklist, organisation, reader.triage(), reader.switches())


def load_triage(directory: Path | None) -> Triage:
    """Read the trigger rules alone. Raises ConfigError."""
    return _Reader(directory).triage()


def own_files(directory: Path | None) -> list[str]:
    """The files that an organisation's own folder brings; the other ones are ours."""
    return [name for name in FILES if directory is not None and (directory / name).is_file()]


def problems(directory: Path | None) -> Iterator[ConfigError]:
    """What is wrong in each file, line by line; empty if all is well."""
    reader = _Reader(directory)
    yield from unknown_files(directory)
    organisation, overlays = Organisation(), []
    steps: list[Callable[[], object]] = [reader.triage, reader.switches]
    try:
        organisation = reader.organisation()
    except ConfigError as error:
        yield from (error, *error.more)
    for name in OVERLAYS:
        try:
            overlays.append(reader.overlay(name))
        except ConfigError as error:
            yield from (error, *error.more)
    if len(overlays) == len(OVERLAYS):
        steps.append(lambda: reader.checklist(organisation, tuple(overlays)))
    for step in steps:
        try:
            step()
        except ConfigError as error:
            yield from (error, *error.more)


def unknown_files(directory: Path | None) -> Iterator[ConfigError]:
    """YAML files of an organisation's folder that nothing reads: a misspelt name, most likely."""
    if directory is None:
        return
    for path in sorted(directory.rglob("*.y*ml")):
        name = path.relative_to(directory).as_posix()
        if name not in FILES:
            close = did_you_mean(name, FILES)
            hint = close or f"files are {', '.join(FILES)}."
            rule = f"is not read by anything; {hint}"
            yield ConfigError(str(path), 0, "", rule)


class _Reader:
    """Finds each file, the organisation's own first."""

    def __init__(self, directory: Path | None) -> None:
        if directory is not None and not directory.is_dir():
            rule = f"names {directory}, which is not a folder."
            raise ConfigError("environment", 0, "EMPTYCHAIR_CHECKLISTS_DIR", rule, "checklists")
        self._directory = directory

    def organisation(self) -> Organisation:
        return parse_organisation(*self._read(ORGANISATION))

    def overlay(self, name: str) -> Overlay:
        return parse_overlay(*self._read(f"overlays/{name}.yaml"))

    def triage(self) -> Triage:
        ours = (shipped() / TRIAGE).read_text(encoding="utf-8")
        return Triage.parse(*self._read(TRIAGE), ours)

    def switches(self) -> Switches:
        return Switches.parse(*self._read(PROPOSALS))

    def checklist(self, organisation: Organisation, overlays: tuple[Overlay, ...]) -> Checklist:
        segments = organisation.segments
        ours = shipped() / CHECKLIST
        text, file = self._read(CHECKLIST)
        if file == str(ours):
            return parse_checklist(text, file, None, overlays, segments)
        # Without the overlays: theirs may point at questions that only their own file adds.
        base = parse_checklist(ours.read_text(encoding="utf-8"), str(ours), None, (), segments)
        return parse_checklist(text, file, base, overlays, segments)

    def _read(self, name: str) -> tuple[str, str]:
        path = shipped() / name
        if self._directory is not None and name in own_files(self._directory):
            path = self._directory / name
        try:
            return path.read_text(encoding="utf-8"), str(path)
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise ConfigError(str(path), line, "", "is not UTF-8 text.") from None
