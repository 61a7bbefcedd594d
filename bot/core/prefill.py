"""What the description already says, offered as an answer: no model, no guessing.

Never a full answer by itself: a person accepts it with one tick.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.core.answers import is_text
from bot.core.checklist import Kind, Question

LONGEST = 280  # characters of an offered text; more is cut at a word
BODY_LIMIT = 65_536  # GitHub's own limit for a description

# https://docs.github.com/en/issues/tracking-your-work-with-issues/linking-a-pull-request-to-an-issue
CLOSES = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+"
    r"(?:(?P<repo>[\w.-]+/[\w.-]+)?#(?P<number>\d{1,9})"
    r"|https?://[\w.-]+/(?P<url_repo>[\w.-]+/[\w.-]+)/issues/(?P<url_number>\d{1,9}))",
    re.IGNORECASE,
)
SO_THAT = re.compile(r"[^.!?\n]{10,400}\bso that\b[^.!?\n]{5,400}[.!?]?", re.IGNORECASE)
A_FIX = re.compile(r"^\W*(bug ?)?fix(es|ed)?\b", re.IGNORECASE)

_markdown = MarkdownIt("commonmark", {"html": True})


@dataclass(frozen=True, slots=True)
class Prefill:
    """One offered answer. `picks` and `text` may each be empty, never both.

    `source` says where it stands, in words that fit behind "from".
    """

    question: str
    picks: tuple[str, ...]
    text: str
    source: str
    link: str = ""


def prefill(
    questions: Iterable[Question], title: str, body: str, repository_url: str, text_minimum: int
) -> tuple[Prefill, ...]:
    """The answers that title and description already hold, at most one a question.

    `repository_url` ("https://github.com/acme/shop") completes the link of a linked issue. A text
    shorter than `text_minimum` characters, or a placeholder, is not offered.
    """
    sections = list(_sections(body[:BODY_LIMIT]))
    found: list[Prefill] = []
    for question in questions:
        offer = _from_heading(question, sections, text_minimum) or _by_question(
            question, title, body, sections, repository_url, text_minimum
        )
        if offer:
            found.append(offer)
    return tuple(found)


def _from_heading(
    question: Question, sections: list[tuple[str, str]], minimum: int
) -> Prefill | None:
    names = {_plain(name) for name in question.headings}
    for heading, text in sections:
        if heading in names and question.kind.has_line and is_text(text, minimum):
            picks = ("signal",) if question.kind is Kind.EVIDENCE else ()
            return Prefill(question.id, picks, _cut(text), "your description")
    return None


def _by_question(
    question: Question,
    title: str,
    body: str,
    sections: list[tuple[str, str]],
    repository_url: str,
    minimum: int,
) -> Prefill | None:
    if question.id == "why":
        text = _reason(sections)
        if is_text(text, minimum):
            return Prefill("why", (), _cut(text), "your description")
    if (
        question.id == "effect"
        and A_FIX.match(title)
        and "better" in {o.id for o in question.options}
    ):
        return Prefill("effect", ("better",), "", "your title")
    if question.kind is Kind.EVIDENCE and (match := CLOSES.search(body[:BODY_LIMIT])):
        return _linked_issue(question.id, match, repository_url)
    return None


def _reason(sections: list[tuple[str, str]]) -> str:
    """A sentence with "so that", else the first paragraph that stands under no heading."""
    for _, text in sections:
        if match := SO_THAT.search(text):
            return match.group().strip()
    return next((text for heading, text in sections if not heading), "")


def _linked_issue(question: str, match: re.Match[str], repository_url: str) -> Prefill:
    number = match["number"] or match["url_number"]
    other = match["repo"] or match["url_repo"]
    base = repository_url
    if other:
        base = f"{repository_url.rsplit('/', 2)[0]}/{other}"
    name = (
        f"{other}#{number}" if other and not repository_url.endswith(f"/{other}") else f"#{number}"
    )
    return Prefill(
        question, ("signal",), f"Issue {name}", f"linked issue {name}", f"{base}/issues/{number}"
    )


def _sections(body: str) -> Iterator[tuple[str, str]]:
    """(heading, first text below it) in order; the heading is empty before the first one.

    A line in bold that stands alone counts as a heading, as many people write it so. HTML, also a
    template's hidden hints, is left out.
    """
    heading, taken = "", False
    tokens = _markdown.parse(body)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline":
            continue
        text = _words(token)
        if (before is not None and before.type == "heading_open") or _is_bold_line(token):
            heading, taken = _plain(text), False
        elif text and not taken:
            yield heading, text
            taken = True


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


def _plain(heading: str) -> str:
    return re.sub(r"[^\w ]+", " ", heading).lower().strip()


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"
