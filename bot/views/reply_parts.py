"""What the bot's replies are made of: a hidden marker, a headline, lists that stay short."""

from __future__ import annotations

from collections.abc import Iterable

MARKER = "<!-- empty-chair:reply -->"
LIMIT = 10_000  # characters of a reply
BUDGET = 3_000  # characters of one list in it


def compose(headline: str, *parts: str) -> str:
    """The reply: marker, headline and paragraphs; the last ones are left out where it is long."""
    kept = [MARKER, f"### 🪑 {headline}", *filter(None, parts)]
    while len(text := "\n\n".join(kept) + "\n") > LIMIT:
        kept.pop()
    return text


def marker(comment: int) -> str:
    """The hidden line that tells the reply to one comment from those to others."""
    return f"<!-- empty-chair:reply {comment} -->"


def marked(text: str, comment: int) -> str:
    """A reply, or several in one, as it is posted: known by the comment that it answers."""
    body = text.replace(f"{MARKER}\n\n", "").strip()
    return f"{MARKER}\n{marker(comment)}\n\n{body}\n"


def items(lines: Iterable[str], budget: int = BUDGET) -> str:
    """A list of as many lines as fit, and how many more there are."""
    kept: list[str] = []
    left_out = 0
    for line in lines:
        if left_out or sum(map(len, kept)) + len(line) > budget:
            left_out += 1
        else:
            kept.append(f"- {line}")
    return "\n".join([*kept, *([f"- … and {left_out} more"] if left_out else [])])


def code(text: str) -> str:
    """A line of ours to copy: a code span, where nothing needs an escape and nothing is added."""
    return f"`{text.replace('`', '')}`"
