"""With much on file, words that many pieces hold are not asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.flows.voice.take_in import take_in
from bot.store import voice_frequent, voice_search
from bot.store.store import Store


@pytest.fixture
def filed(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A hundred pieces about cards, one of them about a lost one."""
    monkeypatch.setattr(voice_frequent, "FROM", 50)
    monkeypatch.setattr(voice_frequent, "MOST", 30)
    monkeypatch.setattr(voice_frequent, "LEAST", 1)
    rows = [(n, {"id": n, "text": f"my card number {n} is fine"}) for n in range(100)]
    rows.append((101, {"id": "lost", "text": "I lost the card in Lisbon"}))
    take_in(store, rows, {}, "t", b"k", datetime.now(UTC), 100)
    return store


def test_the_rarest_are_kept_in_their_order(filed: Store) -> None:
    with filed.read() as connection:
        assert voice_frequent.rare(connection, ["card", "lost", "lisbon"], 101) == [
            "lost",
            "lisbon",
        ]
        assert voice_frequent.rare(connection, ["card", "nowhere"], 101) == ["card"]
        assert voice_frequent.rare(connection, ["nowhere"], 101) == []
        assert voice_frequent.rare(connection, ["card", "lost"], 10) == ["card", "lost"]


def test_what_is_found_is_what_the_rare_words_say(filed: Store) -> None:
    with filed.read() as connection:
        found = voice_search.search(connection, ["A lost card in Lisbon"], 3, date(2026, 3, 1))
        assert [each.source_id for each, _ in found] == ["lost"]
        assert voice_search.search(connection, ["nowhere near"], 3, date(2026, 3, 1)) == []
