"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every run: a red test means a change, never luck. No timings in tests.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
