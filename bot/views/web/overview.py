"""The page for leadership in words: the sentence, the tiles, and where each number leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.core.filters import Filter
from bot.core.overview import Overview
from bot.core.stats import MEASURES, Days, Hours, Line, Middle, Rate, Value

TILES = ("heard_rate", "coverage", "completion", "mature_rate", "bypassed")
GAPS = ("waivers", "ran_out", "bypassed", "without_review", "raised", "lowered_by_people", "wrong")
DEFINED = {measure.name: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class Tile:
    """One number, large: what it means, of how many it is made, how it was before, its list."""

    name: str
    heading: str
    value: str
    n: str
    definition: str
    before: str
    link: str


def value(found: Value) -> str:
    """A number as people read it; a dash where it is hidden or not there."""
    match found:
        case Rate(percent, _):
            return "–" if percent is None else f"{percent:g} %"
        case Hours(hours, _):
            return "–" if hours is None else f"{hours:g} h"
        case Days(days, _):
            return "–" if days is None else f"{days} d"
        case Middle(level, _):
            return "–" if level is None else str(level)
    return f"{found:,}"


def of(found: Value) -> str:
    """Of how many it is made; empty for a count."""
    return "" if isinstance(found, int) else f"n = {found.n:,}"


def query(by: Filter, **more: str) -> str:
    """A filter as it stands in an address, without the question mark; empty without any."""
    parts = {
        "since": by.since.isoformat() if by.since else "all",
        "until": by.until.isoformat() if by.until else "",
        "team": by.team,
        "place": by.place,
        "source": by.source,
        "tier": str(by.tier) if by.tier is not None else "",
        "overlay": by.overlay,
        "segment": by.segment,
    }
    return urlencode({name: part for name, part in (parts | more).items() if part})


def tile(name: str, page: Overview) -> Tile:
    """The tile of one measure."""
    measure, found = DEFINED[name], page.now.values[name]
    return Tile(
        name, measure.heading, value(found), of(found), measure.definition,
        _before(name, page), f"/reviews?{query(page.by, show=name)}",
    )  # fmt: skip


def tiles(page: Overview, names: tuple[str, ...] = TILES) -> list[Tile]:
    """Several of them."""
    return [tile(name, page) for name in names]


def _before(name: str, page: Overview) -> str:
    if page.before is None:
        return ""
    earlier = value(page.before.values[name])
    return "" if earlier == "–" else f"{earlier} before"


def sentence(page: Overview) -> str:
    """How it goes, in one sentence that a person would say."""
    return " ".join(_sentence(page))


def _sentence(page: Overview) -> Iterator[str]:
    heard, n = page.now.values["heard_rate"], page.now.values["complete"]
    if not isinstance(heard, Rate) or heard.percent is None:
        yield f"{_since(page)} {n} reviews are complete: too few to say more than their number."
        return
    yield (
        f"{_since(page)} people asked or watched a customer in {heard.percent:g} % of {heard.n:,} "
        f"complete reviews{_up(page, heard.percent)}."
    )
    said = [team for team in page.teams if team.asks is not None]
    quiet = sum(not team.asks for team in said)
    if said and quiet:
        verb = "decides" if quiet == 1 else "decide"
        yield f"{quiet} of {len(said)} teams {verb} less than half at level 3 or more."
    elif said:
        yield "Every team with enough to say decides at least half at level 3 or more."


def _since(page: Overview) -> str:
    by = page.by
    if by.since is None:
        return "So far,"
    end = by.until
    if end is not None:
        return f"Between {by.since.isoformat()} and {end.isoformat()},"
    return f"Since {by.since.isoformat()},"


def _up(page: Overview, percent: float) -> str:
    earlier = page.before.values["heard_rate"] if page.before else None
    if not isinstance(earlier, Rate) or earlier.percent is None:
        return ""
    if abs(earlier.percent - percent) < 1:
        return f", about as before ({earlier.percent:g} %)"
    return f", {'up' if percent > earlier.percent else 'down'} from {earlier.percent:g} %"


def rows(line: Line) -> list[tuple[str, str, str, str]]:
    """(heading, value, n, definition) of every measure."""
    return [
        (m.heading, value(line.values[m.name]), of(line.values[m.name]), m.definition)
        for m in MEASURES
    ]
