"""What drafts are made with: a model, prompts, ceilings and prices."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.drafting.budget import PACKING, Ceilings, Prices
from bot.core.tier import Tier
from bot.ports_llm import Model
from bot.store.prompts import Prompts

AT_ONCE = 2  # calls: a model that hangs holds up nothing but drafts


@dataclass
class Drafter:
    """`on_open` is the tier from which on a draft is made unasked; None: only on demand. `nonce`
    gives words that nobody can guess. `ratio` is how many bytes a token of this model has, learnt
    from what its server counts."""

    model: Model
    prompts: Prompts
    ceilings: Ceilings
    prices: Prices
    on_open: Tier | None
    nonce: Callable[[], str]
    ratio: float = PACKING
    slots: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(AT_ONCE)
    )
