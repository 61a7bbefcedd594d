"""Where sets of real pull requests and payloads lie, beside the checkout; tests skip without."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("EMPTYCHAIR_TEST_DATA", ROOT.parent / "shared" / "data"))


def rows(name: str) -> list[dict[str, Any]]:
    """All rows of one JSONL file; skips the test where the folder is absent."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"no {name}: set EMPTYCHAIR_TEST_DATA to the folder that holds it")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
