"""Texts that people see, kept as files to read and review: `make golden` rewrites them."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "goldens"
WRITE = os.environ.get("EMPTYCHAIR_GOLDEN") == "write"


def same_as_golden(name: str, text: str) -> None:
    """The text is letter by letter what stands in `tests/goldens/<name>`."""
    path = FOLDER / name
    if WRITE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no golden {name}: run `make golden` and read it"
    assert text == path.read_text(encoding="utf-8"), f"{name} changed: `make golden`, then read it"
