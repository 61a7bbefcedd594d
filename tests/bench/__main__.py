"""`make bench`: this bot beside its peers on one machine, and the table of what came out."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from tests.bench import report
from tests.bench.growth import REVIEWS, growth
from tests.bench.peers import OURS, PEERS
from tests.bench.processes import ROOT, Stage
from tests.bench.scenarios import SCENARIOS, Run

RESULTS = ROOT / "var" / "bench"
GROWTH = "growth"
ALL = [*SCENARIOS, GROWTH]


def main() -> None:
    """Run what was asked for; each result goes to `var/bench` as a line of JSON, the table out."""
    options = _options()
    RESULTS.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended too
    if options.report:
        print(report.text(report.read(*options.report)))
        return
    began = time.time()
    file = RESULTS / time.strftime("%Y%m%d-%H%M%S.jsonl", time.gmtime(began))
    with file.open("w", encoding="utf-8") as out:
        _note(out, _machine())
        for name in options.peers:
            for scenario in options.only or [s for s in ALL if s not in PEERS[name].skips]:
                with Stage(PEERS[name], RESULTS / f"{name}.log") as stage:
                    run = Run(stage, 0.25 if options.quick else 1)
                    _measure(out, run, scenario, options.reviews)
    rows = report.read(file)
    print("\n" + report.text(rows))
    file.with_suffix(".md").write_text(report.markdown(rows), encoding="utf-8")
    print(f"\n{time.time() - began:.0f} s. Lines of JSON: {file}; Markdown beside it.")


def _measure(out: TextIO, run: Run, scenario: str, reviews: tuple[int, ...]) -> None:
    if scenario != GROWTH:
        rows = SCENARIOS[scenario](run)
    elif run.stage.peer == OURS:  # the others keep no record
        rows = growth(run, reviews)
    else:
        return
    for row in rows:
        _note(out, {"peer": run.stage.peer.name, "scenario": scenario, **row})


def _note(out: TextIO, row: dict[str, Any]) -> None:
    out.write(json.dumps(row) + "\n")
    out.flush()
    shown = {key: value for key, value in row.items() if key not in ("calls", "statuses")}
    print(" ".join(f"{key}={value}" for key, value in shown.items()), flush=True)


def _machine() -> dict[str, Any]:
    return {
        "scenario": "machine",
        "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", type=_of(ALL), help=", ".join(ALL))
    others = [name for name in PEERS if name != OURS.name]
    parser.add_argument(
        "--peers", type=_of(others), default=others, help=f"beside us: none, {', '.join(others)}"
    )
    parser.add_argument("--quick", action="store_true", help="a quarter of the events, one peer")
    parser.add_argument(
        "--reviews",
        type=lambda text: tuple(map(int, text.split(","))),
        default=REVIEWS,
        help="sizes of the record in `growth`; 1000000 takes some minutes and about 10 GB of disk",
    )
    parser.add_argument(
        "--report", type=Path, nargs="+", help="measure nothing, draw the table of these results"
    )
    options = parser.parse_args()
    if options.quick:
        options.peers = options.peers[:1]
        options.reviews = options.reviews[:2]
    options.peers = [OURS.name, *options.peers]
    return options


def _of(known: list[str]) -> Callable[[str], list[str]]:
    """Reads a list with commas of what is known; `none` is the empty one."""

    def read(text: str) -> list[str]:
        names = [] if text == "none" else text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"no {name!r}; there is {', '.join(known)}")
        return names

    return read


if __name__ == "__main__":
    main()
