"""Parts of a text that must not leave the house."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.masking import Span


def apart(found: Iterable[Span]) -> list[Span]:
    """Those in the order of the text; of two that overlap the longer one."""
    kept: list[Span] = []
    for each in sorted(found, key=lambda span: (span.start, -span.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
        elif each.end - each.start > kept[-1].end - kept[-1].start:
            kept[-1] = each
    return kept
