"""What a model may read of a change: customers first, deletions kept, all of it bounded."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.drafting.budget import (
    PACKING,
    Ceilings,
    Prices,
    Spent,
    learnt,
    refused,
    room,
)
from bot.core.drafting.material import Heard, Material, material
from bot.core.facts import ChangedFile
from tests import data


def patch(*lines: str) -> str:
    return "@@ -1,3 +7,3 @@\n" + "\n".join(lines) + "\n"


def made(
    *files: ChangedFile, room: int = 20_000, text: str = "", voice: list[Heard] | None = None
) -> Material:
    return material(
        "A title", text, files, lambda path: path.startswith("web/"), voice or [], room,
        lambda said, prose: said,
    )  # fmt: skip


def test_files_that_customers_meet_come_first_and_each_hunk_says_where_it_is() -> None:
    inner = ChangedFile("internal/a.py", 1, 1, patch("-a = 1", "+a = 2"))
    seen = ChangedFile("web/a.tsx", 1, 1, patch("-old", "+new"))
    found = made(inner, seen)
    assert [(hunk.id, hunk.where) for hunk in found.hunks] == [
        ("H1", "web/a.tsx:7"), ("H2", "internal/a.py:7"),
    ]  # fmt: skip
    assert found.table == ("internal/a.py +1 -1", "web/a.tsx +1 -1")
    assert (found.read, found.files) == (2, 2)


def test_a_file_of_deletions_only_is_sent() -> None:
    gone = ChangedFile("web/export.ts", 0, 2, patch("-export const route = '/export'", "-x"))
    assert made(gone).hunks[0].changed == ["export const route = '/export'", "x"]


@pytest.mark.parametrize(
    "path",
    [
        "package-lock.json", "uv.lock", "web/app.min.js", "web/__snapshots__/a.snap", "vendor/x.go",
        "web/locales/de.json", "node_modules/a/b.js", "web/logo.svg",
    ],
)  # fmt: skip
def test_bulk_is_left_out_and_stays_in_the_table(path: str) -> None:
    found = made(ChangedFile(path, 9, 9, patch("-a", "+b")))
    assert found.hunks == ()
    assert found.table == (f"{path} +9 -9",)
    assert (found.read, found.files) == (0, 1)


def test_the_language_that_texts_are_written_in_is_read() -> None:
    assert made(ChangedFile("web/locales/en.json", 1, 1, patch("-a", "+b"))).hunks


def test_no_file_takes_all_the_room_and_every_visible_one_is_read() -> None:
    big = ChangedFile("web/big.ts", 900, 0, patch(*[f"+line {n} of it" for n in range(900)]))
    more = "".join(
        f"@@ -{n},1 +{n},1 @@\n-setting = {n}\n+setting = {n + 1}\n" for n in range(1, 400)
    )
    large = ChangedFile("web/large.ts", 400, 400, more)
    small = ChangedFile("web/small.ts", 1, 1, patch("-a", "+b"))
    found = made(big, large, small, room=6_000)
    read = {hunk.where.partition(":")[0] for hunk in found.hunks}
    assert read == {"web/big.ts", "web/large.ts", "web/small.ts"}
    assert len(found.as_json().encode()) < 12_000


def test_lines_that_nobody_reads_are_left_out() -> None:
    file = ChangedFile("web/a.ts", 3, 0, patch("+" + "x" * 500, "+" + "QUJD" * 20, "+shown"))
    assert made(file).hunks[0].changed == ["shown"]


@given(st.text(max_size=300))
def test_no_text_ends_its_own_field(text: str) -> None:
    found = made(text=text, voice=[Heard("E-1", "t", "signal", text, text)])
    told = found.as_json()
    assert "<" not in told
    assert json.loads(told)["customer_voice"][0]["text"] == text


def test_real_changes_fit_and_most_of_their_files_are_read() -> None:
    from bot.core import diff

    for row in data.rows("prs.jsonl"):
        files = list(diff.files(row["diff"]).values())
        found = made(*files, text=row["description"])
        assert len(found.as_json().encode()) < 30_000, row["id"]


# -- what it may cost ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spent", "why"),
    [
        (Spent(), ""),
        (Spent(of_review=3), "this one had its 3 drafts"),
        (Spent(tokens_today=100), "what drafts may cost today is spent"),
        (Spent(tokens_this_month=1000), "what drafts may cost this month is spent"),
        (Spent(money_today=1.0), "what drafts may cost today is spent"),
        (Spent(money_this_month=9.99), ""),
    ],
)
def test_each_ceiling_stops_drafts_and_says_so(spent: Spent, why: str) -> None:
    ceilings = Ceilings(8000, 1200, 3, 100, 1000, 1.0, 10.0)
    assert refused(ceilings, spent) == why
    assert refused(Ceilings(8000, 1200, 0, 0, 0), spent) == ""


def test_what_a_token_is_is_learnt_within_bounds() -> None:
    ratio = PACKING
    for _ in range(40):
        ratio = learnt(ratio, 4000, 1000)
    assert ratio == pytest.approx(4.0, abs=0.01)
    assert learnt(2.0, 100_000, 1) <= 4.5
    assert learnt(2.0, 1, 100_000) >= 1.5
    assert learnt(2.0, 0, 0) == 2.0


def test_room_shrinks_with_what_is_used_and_is_never_less_than_nothing() -> None:
    assert room(Ceilings(input_tokens=1000), 2.7, 500) == 2000
    assert room(Ceilings(input_tokens=1000), 2.7, 9000) == 0
    assert room(Ceilings(input_tokens=1000), 4.5, 0) == 3000  # whatever the model's tokens are


def test_money_counts_what_was_cached_at_its_own_price() -> None:
    prices = Prices(2.0, 0.5, 8.0)
    assert prices.cost(1_000_000, 400_000, 100_000) == pytest.approx(1.2 + 0.2 + 0.8)
