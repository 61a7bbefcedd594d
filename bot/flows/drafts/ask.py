"""One call of a model, noted whatever comes of it."""

from __future__ import annotations

import structlog

from bot.core.drafting.budget import estimate, learnt
from bot.core.drafting.claims import Answered
from bot.errors import NotYet, Rejected, TimedOut, Transient, Unreachable
from bot.flows.drafts.drafter import Drafter
from bot.flows.drafts.sent import Sent
from bot.flows.world import World
from bot.ports_llm import Reply
from bot.store import drafts, prompts
from bot.store.drafts import Call

TRIES = 3  # of one input
log = structlog.get_logger()


def ask(world: World, drafter: Drafter, review: int, made: Sent, attempt: int) -> Answered | None:
    """One call, noted whatever comes of it. Raises Transient while another try may help."""
    if not drafter.slots.acquire(blocking=False):
        raise NotYet("Other drafts are being made.", retry_after=2)
    try:
        reply = drafter.model.ask(made.system, made.user)
    except (Transient, Rejected) as error:
        sent = estimate(made.system + made.user, drafter.ratio)
        tokens = sent if isinstance(error, TimedOut) else 0
        failed = Reply(None, _failed(error), "", tokens, 0, 0, False, 0)
        _note(world, drafter, review, made, failed, attempt, None)
        if isinstance(error, Transient) and attempt < TRIES:
            raise
        log.warning("draft.failed", review=review, error=str(error))
        return None
    finally:
        drafter.slots.release()
    counts = made.verified(reply.answered).counts if reply.answered else {}
    _note(world, drafter, review, made, reply, attempt, dict(counts))
    return reply.answered


def _failed(error: Transient | Rejected) -> str:
    if isinstance(error, Rejected):
        return "rejected"
    if isinstance(error, TimedOut):
        return "timeout"
    return "unreachable" if isinstance(error, Unreachable) else "busy"


def _note(
    world: World,
    drafter: Drafter,
    review: int,
    made: Sent,
    reply: Reply,
    attempt: int,
    counts: dict[str, int] | None,
) -> None:
    sent = len((made.system + made.user).encode("utf-8", "replace"))
    tokens_in, tokens_out = reply.tokens_in, reply.tokens_out
    if reply.counted:
        drafter.ratio = learnt(drafter.ratio, sent, tokens_in)
    elif reply.outcome not in drafts.FAILED:
        tokens_in = estimate(made.system + made.user, drafter.ratio)
        said = reply.answered.model_dump_json() if reply.answered else ""
        tokens_out = estimate(said, drafter.ratio)
    call = Call(
        at=world.clock(),
        review_id=review,
        model=drafter.model.model,
        model_returned=reply.model,
        prompt_hash=drafter.prompts.hash,
        schema_hash=prompts.schema_hash(),
        input_hash=made.hash,
        tokens_in=tokens_in,
        cached=reply.cached,
        tokens_out=tokens_out,
        counted=reply.counted,
        cost=drafter.prices.cost(tokens_in, reply.cached, tokens_out),
        prices_as_of=drafter.prices.as_of,
        milliseconds=reply.milliseconds,
        attempts=attempt,
        outcome=reply.outcome,
        counts=counts or {},
    )
    world.store.write(lambda tx: drafts.note(tx, call, reply.answered))
    log.info(
        "draft.asked", review=review, outcome=reply.outcome, tokens_in=tokens_in,
        tokens_out=tokens_out, milliseconds=reply.milliseconds,
    )  # fmt: skip
