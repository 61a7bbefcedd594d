"""What GitHub tried to tell our App, and asking for it again.

https://docs.github.com/en/rest/apps/webhooks: only the App itself may ask, with its JWT. The list
holds every attempt, newest first; its pages are found by a cursor in the Link header.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from github.Requester import Requester

from bot.ports import HookDelivery

DELIVERIES = "/app/hook/deliveries"
NEXT = re.compile(r'<([^>]+)>\s*;\s*rel="next"')


def page(requester: Requester, cursor: str) -> tuple[list[HookDelivery], str]:
    """A page of attempts, and the cursor to the next one; empty after the last."""
    query = {"per_page": "100"} | ({"cursor": cursor} if cursor else {})
    headers, listed = requester.requestJsonAndCheck("GET", f"{DELIVERIES}?{urlencode(query)}")
    link = next((v for name, v in headers.items() if name.lower() == "link"), "")
    return [_attempt(raw) for raw in listed or ()], next_cursor(str(link))


def next_cursor(link: str) -> str:
    """The cursor in a Link header; empty where it names no next page."""
    found = NEXT.search(link)
    return parse_qs(urlsplit(found[1]).query).get("cursor", [""])[0] if found else ""


def redeliver(requester: Requester, id: int) -> None:
    """Have GitHub send it again: it answers 202 and does so a moment later."""
    requester.requestJsonAndCheck("POST", f"{DELIVERIES}/{id}/attempts")


def _attempt(raw: dict[str, Any]) -> HookDelivery:
    return HookDelivery(
        id=raw["id"],
        guid=raw["guid"],
        event=raw["event"],
        action=raw.get("action") or "",
        at=datetime.fromisoformat(raw["delivered_at"]).astimezone(UTC),
        status=raw.get("status_code") or 0,
        again=bool(raw.get("redelivery")),
    )
