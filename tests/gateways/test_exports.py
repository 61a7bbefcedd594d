"""Fetching an export: only over https, only what fits, never elsewhere."""

from __future__ import annotations

import pytest

from bot.errors import Rejected, Transient
from bot.gateways.exports import fetched


@pytest.mark.parametrize("address", ["http://127.0.0.1/a.csv", "file:///etc/passwd", "ftp://x/a"])
def test_what_is_not_https_is_not_asked(address: str) -> None:
    with pytest.raises(Rejected, match="is not https"), fetched(address):
        pass


def test_what_cannot_be_reached_is_worth_another_try() -> None:
    with pytest.raises(Transient, match="cannot be fetched"), fetched("https://127.0.0.1:1/a.csv"):
        pass
