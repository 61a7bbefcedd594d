"""What the description already says, offered as an answer: no model, no guessing.

Never a full answer by itself: a person accepts it with one tick.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.core.answers import is_text
from bot.core.checklist import Kind, Question
from bot.core.grammar import Piece, read
from bot.errors import UserError

LONGEST = 280  # characters of an offered text; more is cut at a word
BODY_LIMIT = 65_536  # GitHub's own limit for a description

# https://docs.github.com/en/issues/tracking-your-work-with-issues/linking-a-pull-request-to-an-issue
CLOSES = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+"
    r"(?:(?P<repo>[\w.-]+/[\w.-]+)?#(?P<number>\d{1,9})"
    r"|https?://[\w.-]+/(?P<url_repo>[\w.-]+/[\w.-]+)/issues/(?P<url_number>\d{1,9}))",
    re.IGNORECASE,
)
A_FIX = re.compile(r"^\W*(bug ?)?fix(es|ed)?\b", re.IGNORECASE)

_markdown = MarkdownIt("commonmark", {"html": True})


@dataclass(frozen=True, slots=True)
class Prefill:
    """One offered answer: picked options, a line, or pieces of customer voice; never nothing.

    `source` says where it stands, in words that fit behind "from". `too_short`: somebody wrote
    there, but it is no answer yet; it can be shown and not accepted. `basis` says what a draft of a
    model rests on, evidenced, assumed or unknown, and `cites` where that stands; both are empty for
    what a person wrote.
    """

    question: str
    picks: tuple[str, ...]
    text: str
    source: str
    pieces: tuple[Piece, ...] = ()
    too_short: bool = False
    basis: str = ""
    cites: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Tells this offer from what stood there before: a tick accepts what was shown."""
        shown = repr((self.picks, self.text, self.pieces))
        return hashlib.sha256(shown.encode()).hexdigest()[:32]


def prefill(
    questions: Iterable[Question],
    title: str,
    body: str,
    repository_url: str,
    text_minimum: int,
    own_heading: str = "",
) -> tuple[Prefill, ...]:
    """The answers that title and description already hold, at most one a question.

    `repository_url` ("https://github.com/acme/shop") completes the link of a linked issue. A text
    shorter than `text_minimum` characters, or a placeholder, is marked as too short. What stands
    below `own_heading` is answered there, and not offered.
    """
    own = _plain(own_heading)
    sections = [part for part in _sections(body[:BODY_LIMIT]) if not own or part[0] != own]
    found: list[Prefill] = []
    for question in questions:
        offer = _from_heading(question, sections, text_minimum) or _by_question(
            question, title, sections, text_minimum
        )
        if question.kind is Kind.EVIDENCE:
            offer = _with_linked_issue(question.id, offer, body, repository_url)
        if offer:
            found.append(offer)
    return tuple(found)


def _from_heading(
    question: Question, sections: list[tuple[str, str]], minimum: int
) -> Prefill | None:
    """What stands under a heading of the question's name: in its grammar, or simply as a line."""
    names = {_plain(name) for name in question.headings}
    texts = [text for heading, text in sections if heading in names]
    if question.kind is Kind.EVIDENCE:
        pieces = tuple(piece for text in texts if (piece := _piece(question, text, minimum)))
        return Prefill(question.id, (), "", "your description", pieces) if pieces else None
    for text in texts[:1]:
        picks, line = _picks_and_line(question, text)
        if question.kind.has_line and line:
            enough = is_text(line, minimum)
            return Prefill(question.id, picks, _cut(line), "your description", (), not enough)
    return None


def _picks_and_line(question: Question, text: str) -> tuple[tuple[str, ...], str]:
    if question.kind is not Kind.PICK_LINE:
        return (), text
    try:
        found = read(question, text)
    except UserError:
        return (), text
    return found.picks, found.text


def _piece(question: Question, text: str, minimum: int) -> Piece | None:
    """A piece of customer voice; the kind is empty where the text does not say how it was heard."""
    try:
        piece = read(question, text).piece
    except UserError:
        return Piece("", _cut(text)) if is_text(text, minimum) else None
    return piece if piece and (piece.text or piece.link) else None


def _by_question(
    question: Question, title: str, sections: list[tuple[str, str]], minimum: int
) -> Prefill | None:
    if question.id == "why":
        text = _reason(sections)
        if is_text(text, minimum):
            return Prefill("why", (), _cut(text), "your first lines")
    better = "better" in {option.id for option in question.options}
    if question.id == "effect" and better and A_FIX.match(title):
        return Prefill("effect", ("better",), "", "your title")
    return None


def _reason(sections: list[tuple[str, str]]) -> str:
    """A sentence with "so that", else the first paragraph that stands under no heading."""
    for _, text in sections:
        if sentence := _so_that(text):
            return sentence
    return next((text for heading, text in sections if not heading), "")


def _so_that(text: str) -> str:
    """The sentence around "so that", if it says something on both sides."""
    at = text.lower().find(" so that ")
    if at < 0:
        return ""
    begin = max(text.rfind(end, 0, at) for end in ".!?") + 1
    ends = [found for end in ".!?" if (found := text.find(end, at)) >= 0]
    return text[begin : min(ends) + 1 if ends else len(text)].strip()


def _with_linked_issue(
    question: str, offer: Prefill | None, body: str, repository_url: str
) -> Prefill | None:
    """A linked issue is a signal, beside what customers said."""
    match = CLOSES.search(body[:BODY_LIMIT])
    if match is None:
        return offer
    name, piece = _linked_issue(match, repository_url)
    if offer is None:
        return Prefill(question, (), "", f"linked issue {name}", (piece,))
    return replace(offer, pieces=(*offer.pieces, piece))


def _linked_issue(match: re.Match[str], repository_url: str) -> tuple[str, Piece]:
    number = match["number"] or match["url_number"]
    other = match["repo"] or match["url_repo"]
    base = repository_url
    if other:
        base = f"{repository_url.rsplit('/', 2)[0]}/{other}"
    name = (
        f"{other}#{number}" if other and not repository_url.endswith(f"/{other}") else f"#{number}"
    )
    return name, Piece("signal", f"Issue {name}", f"{base}/issues/{number}")


def prose(body: str) -> str:
    """The words of a description without its marks, hints that nobody sees, and headings."""
    return " ".join(text for _, text in _sections(body[:BODY_LIMIT]))


def _sections(body: str) -> Iterator[tuple[str, str]]:
    """(heading, text of a paragraph or item below it); the heading is empty before the first one.

    A line in bold that stands alone counts as a heading, as many people write it so. HTML, also a
    template's hidden hints, is left out.
    """
    heading = ""
    tokens = _markdown.parse(body)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline":
            continue
        text = _words(token)
        if (before is not None and before.type == "heading_open") or _is_bold_line(token):
            heading = _plain(text)
        elif text:
            yield heading, text


def _words(inline: Token) -> str:
    parts: list[str] = []
    for child in inline.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    text = " ".join("".join(parts).split())
    return re.sub(r"^\[[ xX]\]\s*", "", text)


def _is_bold_line(inline: Token) -> bool:
    children = [c for c in inline.children or [] if c.type != "text" or c.content.strip(" :")]
    return (
        len(children) == 3
        and children[0].type == "strong_open"
        and children[1].type == "text"
        and children[2].type == "strong_close"
    )


@functools.lru_cache(4096)
def _plain(heading: str) -> str:
    return re.sub(r"[^\w ]+", " ", heading).lower().strip()


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"
