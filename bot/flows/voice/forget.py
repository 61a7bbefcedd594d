"""A customer wants to be forgotten: all that they said goes, also where it was attached."""

from __future__ import annotations

from typing import Any

from bot.store import voice_attached, voice_file
from bot.store.store import Store


def forget(store: Store, customer: str) -> tuple[int, int]:
    """Erase what the customer of this digest said; gives how many pieces were on file and how many
    were attached to reviews.

    There the piece stays, without its words: that a customer was heard is a part of the decision,
    what they said is theirs. The ledger holds no words and stays whole.
    """

    def work(tx: Any) -> tuple[int, int]:
        known = voice_file.of_customer(tx.connection, customer)
        attached = voice_attached.blank(tx, [(each.source, each.source_id) for each in known])
        return voice_file.drop(tx, [each.id for each in known]), attached

    done = store.write(work)
    voice_file.scrub(store.engine)
    return done
