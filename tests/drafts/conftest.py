"""A bot with a model on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.cli.pair import ENFORCE, Pair, start_pair
from bot.settings.llm import LlmSettings
from tests.drafts.server import Model, running

Started = Callable[..., tuple[Pair, Model]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Started]:
    """Starts a pair whose bot drafts with a model that behaves as told."""
    with ExitStack() as stack:

        def begin(
            organisation: str = ENFORCE, slack: bool = False, pages: bool = False,
            llm: dict[str, Any] | None = None, **model: Any,
        ) -> tuple[Pair, Model]:  # fmt: skip
            made = stack.enter_context(running(**model))
            folder = tmp_path / f"bot-{made.port}"
            folder.mkdir()
            pair = stack.enter_context(
                start_pair(
                    folder, organisation=organisation, quiet_seconds=0, slack=slack, pages=pages
                )
            )
            pair.stop_bot()
            settings = {
                "model": "stub", "base_url": made.url, "api_key": SecretStr("sk-of-the-stub"),
                "on_open": "R1", "timeout_seconds": 5,
            }  # fmt: skip
            pair.settings = pair.settings.model_copy(
                update={"llm": LlmSettings(**(settings | (llm or {})))}
            )
            pair.start_bot()
            stack.callback(made.gone.set)
            return pair, made

        yield begin
