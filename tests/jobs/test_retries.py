"""When GitHub's 404 is believed."""

import pytest

from bot.errors import Rejected, Transient
from bot.jobs.retries import NOT_FOUND_TRIES, final

GONE = Rejected("GitHub answered 404: Not Found", status=404)


@pytest.mark.parametrize(
    ("failed", "before", "ends"),
    [
        (NOT_FOUND_TRIES, f"Rejected: {GONE}", True),
        (NOT_FOUND_TRIES - 1, f"Rejected: {GONE}", False),
        (NOT_FOUND_TRIES + 20, "Transient: GitHub answered 502", False),
        (NOT_FOUND_TRIES + 20, "", False),
    ],
)
def test_one_404_among_other_failures_ends_nothing(failed: int, before: str, ends: bool) -> None:
    assert final(GONE, failed, before) is ends


def test_what_else_github_refuses_is_not_asked_again_and_an_outage_is() -> None:
    assert final(Rejected("GitHub answered 422", status=422), 1, "")
    assert not final(Transient("GitHub answered 502"), 90, "Transient: GitHub answered 502")
