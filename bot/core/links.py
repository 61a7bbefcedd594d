"""Lines by which people say what belongs together: a pull request and its proposal, two accounts.

Decision: https://acme.slack.com/archives/C024BE91L/p1770000000000100
Decision: p:C024BE91L:1770000000.000100
/impact link K7QX2M9P
"""

from __future__ import annotations

import re

from bot.core.refs import ProposalRef, read_ref
from bot.errors import UserError

MOST = 5  # proposals that one description may name
_DECISION = re.compile(
    r"^[ \t>*-]*\**Decision\**:\**[ \t]*<?(?P<what>\S+?)>?[ \t]*\r?$", re.M | re.I
)
_PERMALINK = re.compile(
    r"https?://[\w.:-]+/archives/(?P<channel>[A-Z0-9]{2,30})/p(?P<seconds>\d{10})(?P<rest>\d{6})"
    r"(?:\?\S*)?",
    re.ASCII,
)
_CODE = re.compile(r"^[ \t]*/impact[ \t]+link[ \t]+`?(?P<code>[A-Za-z0-9]{8})`?[ \t]*\r?$", re.M)


def decisions(description: str) -> tuple[ProposalRef, ...]:
    """The proposals that a description names, in its order, each once."""
    found: dict[ProposalRef, None] = {}
    for match in _DECISION.finditer(description):
        named = proposal_named(match["what"].strip("()[]"))
        if named is not None:
            found[named] = None
    return tuple(found)[:MOST]


def proposal_named(written: str) -> ProposalRef | None:
    """The proposal of a link to its message, or of its name; None for anything else."""
    if link := _PERMALINK.fullmatch(written):
        return ProposalRef(link["channel"], f"{link['seconds']}.{link['rest']}")
    try:
        named = read_ref(written)
    except UserError:
        return None
    return named if isinstance(named, ProposalRef) else None


def code_in(comment: str) -> str:
    """The code by which the writer of a comment says who they are in Slack; empty without one."""
    found = _CODE.search(comment)
    return found["code"].upper() if found else ""


def without_code(comment: str) -> str:
    """The comment with the line of a code left empty: it is no command of a review."""
    return _CODE.sub("", comment)
