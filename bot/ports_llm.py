"""What we ask of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.core.drafting.claims import Answered


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `outcome` is "ok", "refused", "truncated", "schema" or "garbage"; `answered` is
    None for all but the first. `counted`: the server said how many tokens it took."""

    answered: Answered | None
    outcome: str
    model: str
    tokens_in: int
    cached: int
    tokens_out: int
    counted: bool
    milliseconds: int


class Model(Protocol):
    """A model that drafts answers."""

    @property
    def model(self) -> str:
        """Its name, as we ask for it."""

    @property
    def takes_schema(self) -> bool:
        """Whether its server takes a schema, as far as is known."""

    def ask(self, system: str, user: str) -> Reply:
        """One call, never repeated here. Raises Transient, or Rejected for what is ours to mend."""

    def close(self) -> None:
        """Let its connections go."""
