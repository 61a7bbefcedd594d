"""The prompts are files: one's own go first, and a name that is not known is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.store import prompts


def test_ones_own_prompt_goes_first_and_what_it_lacks_is_ours(tmp_path: Path) -> None:
    ours = prompts.load(None)
    (tmp_path / prompts.SYSTEM).write_text("Our own rules for {{ canary }}")
    own = prompts.load(tmp_path)
    assert own.draw_system(canary="x", questions=[], words_of_schema="") == "Our own rules for x"
    assert own.user == ours.user
    assert own.hash != ours.hash


def test_a_name_that_is_not_known_is_an_error_and_never_empty(tmp_path: Path) -> None:
    (tmp_path / prompts.USER).write_text("{{ nonse }}")
    with pytest.raises(ConfigError, match=r"draft\.user\.jinja.*cannot be drawn.*nonse"):
        prompts.load(tmp_path).draw_user(nonce="n", material="{}", wanted=[])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="EMPTYCHAIR_PROMPTS_DIR"):
        prompts.load(tmp_path / "none")


def test_what_stays_the_same_stands_first() -> None:
    ours = prompts.load(None)
    values = {"questions": [], "words_of_schema": ""}
    one, two = (ours.draw_system(canary=name, **values) for name in ("aaaa", "bbbb"))
    same = next(at for at, (a, b) in enumerate(zip(one, two, strict=True)) if a != b)
    assert same > 0.9 * len(one)
