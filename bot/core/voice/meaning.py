"""What a text means, as numbers: near each other where two texts say the same in other words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

WIDTH = 384
NEAR, SURE = 0.30, 0.40  # from which cosine on two texts may be, and are, about the same thing


class Meaning(Protocol):
    """Turns texts into rows of `WIDTH` numbers, each of length one."""

    def embed(self, texts: Sequence[str]) -> Any:
        """One row a text, as an array of NumPy."""
