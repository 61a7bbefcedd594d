"""Exports that an organisation names come in by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.cli.pair import Pair, start_pair
from bot.core.organisation import parse_organisation
from bot.errors import ConfigError
from bot.store import voice_file
from tests.flows.people import until

ROW = '{"id": "%s", "text": "The dark theme helps me at night", "who": "Ann"}\n'
NAMED = """
evidence:
  imports:
    - {source: tickets, at: '%s', map: {customer: who}}
    - {source: gone, at: /nowhere/at/all.jsonl}
"""


def pieces(pair: Pair) -> list[voice_file.Filed]:
    assert pair.bot is not None
    with pair.bot.store.read() as connection:
        return list(voice_file.all_of(connection))


def test_a_folder_is_taken_in_at_every_start_and_what_is_gone_holds_nothing_up(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "one.jsonl").write_text(ROW % 1)
    (folder / "two.csv").write_text("id,text,who\n2,Exports are slow,Bob\n")
    (folder / "notes.txt").write_text("not one of them")
    named = NAMED % folder
    with capture_logs() as logs, start_pair(tmp_path / "bot", organisation=named) as pair:
        assert until(lambda: len(pieces(pair)) == 2)
        assert {piece.source for piece in pieces(pair)} == {"tickets"}
        assert all(piece.customer for piece in pieces(pair))
        pair.stop_bot()
        (folder / "one.jsonl").write_text(ROW % 1 + ROW % 3)
        pair.start_bot()
        assert until(lambda: len(pieces(pair)) == 3)
    warned = [line["source"] for line in logs if line["event"] == "evidence.not_imported"]
    assert set(warned) == {"gone"}


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ("{source: a, at: 'http://x.example/a.csv'}", "is an address that is not https"),
        ("{source: a, at: 'file:///etc/passwd'}", "is an address that is not https"),
        ("{source: a, at: /x, map: {words: body}}", "`map` names 'words'"),
    ],
)
def test_what_cannot_be_imported_is_refused_at_the_start(entry: str, rule: str) -> None:
    with pytest.raises(ConfigError, match=rule):
        parse_organisation(f"evidence: {{imports: [{entry}]}}", "organisation.yaml")
