"""What holds for all tests."""

from __future__ import annotations

import structlog
from hypothesis import settings

# The same examples on every run: a red test means a change, never luck. No timings in tests.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# Unless told otherwise, structlog draws each traceback with all its locals: thousands of lines,
# and seconds on a busy machine before the job that failed is put back.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)
