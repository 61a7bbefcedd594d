"""What is sent to a model for one review, and what of its answer may be offered."""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Sequence

from bot.core.checklist import Question
from bot.core.drafting.budget import room
from bot.core.drafting.claims import Answered, Verified, verify
from bot.core.drafting.material import Heard, Material, material
from bot.core.facts import ChangedFile
from bot.core.prefill import prose
from bot.core.review import Review
from bot.flows.drafts.drafter import Drafter
from bot.flows.world import World
from bot.store import prompts, secret_rules

MOST_VOICE = 8
HIDDEN = ("Cf", "Cc", "Co", "Cs", "Cn")  # signs that no reader sees


class Sent:
    """One input, ready to be sent."""

    def __init__(
        self, system: str, user: str, hash: str, material: Material, wanted: set[str], canary: str
    ) -> None:
        self.system, self.user, self.hash = system, user, hash
        self._material, self._wanted, self._canary = material, wanted, canary

    @classmethod
    def of(
        cls,
        world: World,
        drafter: Drafter,
        review: Review,
        questions: Sequence[Question],
        files: Sequence[ChangedFile],
    ) -> Sent | None:
        """None where a private key is in what would be sent."""
        redactor = secret_rules.redactor()
        canary, nonce = f"canary-{drafter.nonce()}", drafter.nonce()
        instructions = {
            "questions": questions,
            "words_of_schema": "" if drafter.model.takes_schema else prompts.schema_text(),
        }
        system = drafter.prompts.draw_system(canary=canary, **instructions)
        left = room(drafter.ceilings, drafter.ratio, len(system.encode()))
        found = material(
            review.subject.title,
            prose(review.subject.body),
            files,
            world.catalog.triage.visible,
            _voice(world, review),
            left,
            lambda text, is_prose: redactor.redact(visible_only(text), mentions=is_prose),
        )
        if redactor.holds_key:
            return None
        names = [question.id for question in questions]
        user = drafter.prompts.draw_user(nonce=nonce, material=found.as_json(), wanted=names)
        stable = drafter.prompts.draw_system(canary="", **instructions)
        same = drafter.prompts.draw_user(nonce="", material=found.as_json(), wanted=names)
        key = json.dumps(
            [drafter.model.model, drafter.prompts.hash, prompts.schema_hash(), stable, same]
        )
        digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        return cls(system, user, digest, found, set(names), canary)

    def verified(self, answered: Answered) -> Verified:
        """What of an answer may be offered."""
        return verify(answered, self._material, self._wanted, (self._canary, self.system))


def visible_only(text: str) -> str:
    """The text without signs that no reader sees, which might speak to a model."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in HIDDEN)


def _voice(world: World, review: Review) -> list[Heard]:
    """What customers said, attached or on file, where a model may read it and the draft does not
    show in the open; under names that nobody can guess."""
    if review.public or not world.catalog.organisation.evidence.send_text:
        return []
    told = [
        (piece.kind, piece.segment, piece.text, piece.source or "attached")
        for piece in review.evidence
        if piece.text and not piece.private_to and not piece.withheld
    ]
    told += [
        (p.kind, p.segment, p.text, offer.source)
        for offer in review.quotes
        for p in offer.pieces
        if not p.private_to
    ]
    return [
        Heard(_name(world, review, source, text), source, kind, segment, text)
        for kind, segment, text, source in told[:MOST_VOICE]
    ]


def _name(world: World, review: Review, source: str, text: str) -> str:
    """The same for the same piece of the same review, so that an answer that is known already can
    still be looked up; and nobody without our key can guess it."""
    said = f"{review.id}\0{source}\0{text}".encode("utf-8", "replace")
    return f"E-{hmac.new(world.voice_key, said, 'sha256').hexdigest()[:8]}"
