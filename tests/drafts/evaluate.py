"""How good, and how safe, drafts are: offline with models that misbehave, live with a real one.

`make eval` writes what it found to results/offline.json, which a test holds against the prompts
that are in use; `make eval-live` asks the model of EMPTYCHAIR_LLM__MODEL, and writes a dated file.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.core.drafting.claims import verify
from bot.core.drafting.material import material
from bot.core.facts import ChangedFile
from bot.errors import Rejected, Transient
from bot.flows.drafts.sent import visible_only
from bot.gateways.llm import LlmGateway
from bot.settings.llm import LlmSettings
from bot.store import catalog, prompts, secret_rules
from tests.data import FOLDER
from tests.drafts.attack import (
    CANARY,
    NONCE,
    OWN,
    Prompted,
    attacks,
    effects,
    obedient,
    prompted,
    questions,
)
from tests.drafts.server import running

RESULTS = Path(__file__).parent / "results"
OFFLINE = RESULTS / "offline.json"
MODES = ("ok", "refuse", "trunc", "garbage", "notjson", "html", "nousage", "noschema")


def wilson(good: int, of: int) -> list[float]:
    """The interval in which a share lies, with 95 % confidence."""
    if not of:
        return [0.0, 1.0]
    z, p = 1.96, good / of
    middle, width = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * width) / (1 + z * z / of) for sign in (-1, 1))
    return [round(max(0.0, low), 3), round(min(1.0, high), 3)]


def rate(good: int, of: int) -> dict[str, Any]:
    """A share with its n and its interval."""
    share = round(good / of, 4) if of else None
    return {"good": good, "of": of, "share": share, "interval": wilson(good, of)}


def versions() -> dict[str, str]:
    """What tells these prompts and this schema from any other."""
    return {"prompts": prompts.load(None).hash, "schema": prompts.schema_hash()}


def offline(texts: Sequence[str]) -> dict[str, Any]:
    """An obedient attacker over these texts, and every way to fail."""
    forbidden: Counter[str] = Counter()
    clean: Counter[str] = Counter()
    tried = 0
    with running() as server:
        gateway = LlmGateway(LlmSettings(model="stub", base_url=server.url, timeout_seconds=20))
        for text, where in attacks(texts):
            sent = prompted(text, where)
            server.answers = lambda prompt, text=text: obedient(text, prompt)  # type: ignore[misc]
            reply = gateway.ask(sent.system, sent.user)
            tried += 1
            forbidden.update(set(effects(reply, sent)))
        server.answers = lambda prompt: obedient("ordinary words", prompt)
        for mode in MODES:
            server.mode = mode
            sent = prompted("Add a dark theme", "title")
            reply = gateway.ask(sent.system, sent.user)
            found = list(effects(reply, sent))
            clean[mode] = not found
        gateway.close()
    return {
        **versions(),
        "attacks": tried,
        "forbidden_effects": dict(forbidden),
        "clean_outcomes": {mode: bool(clean[mode]) for mode in MODES},
    }


def live(settings: LlmSettings, most: int) -> dict[str, Any]:
    """A real model over real pull requests and real attacks."""
    gateway, triage = LlmGateway(settings), catalog.load(None).triage
    counts: Counter[str] = Counter()
    times: list[int] = []
    tokens: Counter[str] = Counter()
    rows = _rows("prs.jsonl")[:most]
    for number, row in enumerate(rows, 1):
        print(f"\r  {number} of {len(rows)} pull requests", end="", file=sys.stderr, flush=True)
        sent = _of_row(row, triage.visible)
        try:
            reply = gateway.ask(sent.system, sent.user)
        except (Transient, Rejected) as error:
            counts["failed"] += 1
            print(f"\n  {row['id']}: {error}", file=sys.stderr)
            continue
        times.append(reply.milliseconds)
        tokens.update({"in": reply.tokens_in, "cached": reply.cached, "out": reply.tokens_out})
        _judge(row, sent, reply, counts)
    injections = [r for r in _rows("injections.jsonl") if r["label"] == "malicious"][:most]
    hit: Counter[str] = Counter()
    for row in injections:
        sent = prompted(row["text"], "description")
        try:
            hit.update(set(effects(gateway.ask(sent.system, sent.user), sent)))
        except (Transient, Rejected):
            counts["failed"] += 1
    gateway.close()
    times.sort()
    return {
        **versions(),
        "date": datetime.now(UTC).date().isoformat(),
        "model": settings.model,
        "pull_requests": len(rows),
        "schema_valid": rate(counts["ok"], len(rows)),
        "citations_valid_as_answered": rate(
            counts["claimed"] - counts["lowered"], counts["claimed"]
        ),
        "citations_valid_as_shown": rate(counts["shown"], counts["shown"]),
        "says_nothing_of_internal_changes": rate(counts["abstained"], counts["internal"]),
        "misses_of_the_highest_tier": rate(counts["missed"], counts["highest"]),
        "injections": {"tried": len(injections), "effects": dict(hit)},
        "tokens": dict(tokens),
        "cost": {
            "money": round(
                (tokens["in"] - tokens["cached"]) * settings.price_input / 1e6
                + tokens["cached"] * settings.price_cached / 1e6
                + tokens["out"] * settings.price_output / 1e6,
                4,
            ),
            "currency": settings.currency,
            "prices_as_of": str(settings.price_as_of) if settings.price_as_of else None,
        },
        "p95_ms": times[int(0.95 * (len(times) - 1))] if times else None,
        "failed": counts["failed"],
    }


def _judge(row: dict[str, Any], sent: Prompted, reply: Any, counts: Counter[str]) -> None:
    internal = not row["label"]["customer_facing"]
    counts["internal"] += internal
    counts["highest"] += row["label"]["risk_tier"] == 3
    if reply.answered is None:
        return
    counts["ok"] += 1
    wanted = [question.id for question in questions()]
    found = verify(reply.answered, sent.material, wanted, (CANARY, sent.system))
    said_no = reply.answered.customer_facing == "no"
    counts["abstained"] += internal and said_no
    counts["missed"] += row["label"]["risk_tier"] == 3 and said_no
    counts["claimed"] += sum(claim.basis == "evidenced" for claim in reply.answered.claims)
    counts["lowered"] += found.counts.get("lowered", 0)
    counts["shown"] += sum(offer.basis == "evidenced" for offer in found.offers)


def _of_row(row: dict[str, Any], visible: Any) -> Prompted:
    from bot.core import diff

    redactor = secret_rules.redactor()
    read = diff.files(row["diff"])
    listed = [
        read.get(f["path"]) or ChangedFile(f["path"], f["additions"], f["deletions"])
        for f in row["files"]
    ]
    found = material(
        row["title"], row["description"], listed, visible, [], 20_000,
        lambda text, prose: redactor.redact(visible_only(text), mentions=prose),
    )  # fmt: skip
    texts = prompts.load(None)
    asked = questions()
    system = texts.draw_system(canary=CANARY, questions=asked, words_of_schema="")
    user = texts.draw_user(
        nonce=NONCE, material=found.as_json(), wanted=[question.id for question in asked]
    )
    return Prompted(system, user, found)


def _rows(name: str) -> list[dict[str, Any]]:
    path = FOLDER / name
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    """Run one of them, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", action="store_true", help="ask the model of the settings")
    parser.add_argument("--most", type=int, default=40, help="pull requests and attacks, live")
    args = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    if args.live:
        from bot.settings import load

        settings = load(whole=False).llm
        if not settings.on:
            sys.exit("Name a model in EMPTYCHAIR_LLM__MODEL.")
        found = live(settings, args.most)
        name = "".join(c if c.isalnum() or c in "-." else "-" for c in settings.model)
        file = RESULTS / f"live-{found['date']}-{name}.json"
    else:
        begun = time.monotonic()
        texts = [*OWN, *(row["text"] for row in _rows("injections.jsonl"))]
        texts += [row["text"] for row in _rows("output_sanitising.jsonl") if "text" in row]
        found, file = offline(texts), OFFLINE
        print(f"{found['attacks']:,} attacks in {time.monotonic() - begun:.0f} s")
    file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(found, indent=1, ensure_ascii=False))
    print(f"written to {file}")
    if found.get("forbidden_effects") or not all(found.get("clean_outcomes", {"": True}).values()):
        sys.exit("Something came of it that must not.")


if __name__ == "__main__":
    main()
