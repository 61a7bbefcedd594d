"""Every job and every schedule, in one list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.flows.check_app import check_app
from bot.flows.install import adopt_repository, visit_pull_request
from bot.flows.publish_check import publish_check
from bot.flows.publish_comment import publish_comment
from bot.flows.tidy import tidy

# The name that stands in the job table -> the flow; its arguments are the flow's own.
# `deliver` belongs to the GitHub door and is added where everything is put together.
FLOWS: dict[str, Callable[..., Any]] = {
    "publish_comment": publish_comment,
    "publish_check": publish_check,
    "adopt_repository": adopt_repository,
    "visit_pull_request": visit_pull_request,
    "tidy": tidy,
    "check_app": check_app,
}

PERIODIC = {
    "check_app": timedelta(hours=12),  # also at every start
    "tidy": timedelta(hours=6),  # bodies of old deliveries
}
