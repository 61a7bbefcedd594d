"""The bytes of a webhook, as GitHub would send them."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Mapping
from typing import Any

from tests.bench.examples import head_sha

FULL_SIZE = 25_000  # bytes; what GitHub sends of a pull request
DESCRIPTION = "What changes:\n- one\n- two"


class Webhooks:
    """Makes deliveries out of example payloads, for any pull request, signed with `secret`."""

    def __init__(self, examples: Mapping[str, dict[str, Any]], secret: str) -> None:
        self._secret = secret.encode()
        self._templates = {name: _template(payload) for name, payload in examples.items()}

    def body(self, event: str, number: int, size: int = 0, description: str = DESCRIPTION) -> bytes:
        """The payload of `event` for a pull request, in at least `size` bytes.

        What is added stands in fields that no bot reads, and packs as badly as addresses do.
        """
        text = self._templates[event].replace("@N@", str(number)).replace("@SHA@", head_sha(number))
        body = text.replace('"@BODY@"', json.dumps(description)).encode()
        missing = size - len(body) - len(',"unread":""')
        if missing <= 0:
            return body
        return body[:-1] + b',"unread":"' + _filling(missing) + b'"}'

    def request(self, path: str, event: str, body: bytes, delivery: str = "") -> bytes:
        """The whole HTTP request; each has a delivery id of its own unless one is given."""
        sha256 = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        sha1 = hmac.new(self._secret, body, hashlib.sha1).hexdigest()
        return (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: GitHub-Hookshot/bench\r\n"
            f"Accept: */*\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"X-GitHub-Event: {event.split('.')[0]}\r\n"
            f"X-GitHub-Delivery: {delivery or uuid.uuid4()}\r\nX-GitHub-Hook-ID: 1\r\n"
            f"X-Hub-Signature: sha1={sha1}\r\nX-Hub-Signature-256: sha256={sha256}\r\n\r\n"
        ).encode() + body


def _template(payload: dict[str, Any]) -> str:
    """Compact JSON, as GitHub writes it, with @N@ and @SHA@ where number and head commit go."""
    payload = copy.deepcopy(payload)
    payload["installation"] = {"id": 2, "node_id": "MDIz"}
    item = payload.get("pull_request") or payload["issue"]
    old = item["number"]
    item |= {"number": "@N@", "id": "@N@"}
    if "pull_request" in payload:
        payload["number"] = "@N@"
        item["head"]["sha"] = "@SHA@"
        item |= {
            "draft": False, "state": "open", "body": "@BODY@",
            "updated_at": "2024-05-15T15:20:34Z",
        }  # fmt: skip
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    for part in ("pulls", "issues", "pull"):
        for end in ('"', "/"):
            text = text.replace(f"/{part}/{old}{end}", f"/{part}/@N@{end}")
    return text.replace('"@N@"', "@N@")


def _filling(length: int) -> bytes:
    """Text of that length, in the likeness of the addresses that GitHub's payloads are full of."""
    draw = random.Random(length)
    words = (f"https://api.github.com/repos/{draw.getrandbits(32):x}," for _ in range(length))
    text = ""
    while len(text) < length:
        text += next(words)
    return text[:length].encode()
