"""Draws Markdown as GitHub does, safely, with task-list boxes that can be clicked.

Sanitising follows the allow-list of https://github.com/gjtorikian/html-pipeline: structure and
tables stay, and so do details and kbd; scripts, styles, event handlers and comments go. Pictures
become their alternative text: nothing leaves this machine.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.tasklists import tasklists_plugin

TAG_NAMES = """
    h1 h2 h3 h4 h5 h6 br b i strong em a pre code tt div ins del sup sub p ol ul table thead tbody
    tfoot blockquote dl dt dd kbd q samp var hr ruby rt rp li tr td th s strike summary details
    caption figure figcaption abbr bdo cite dfn mark small span time wbr img
"""
ANYWHERE = "align title lang dir colspan rowspan valign width height datetime"
ATTRIBUTES = {
    "*": set(ANYWHERE.split()),
    "a": {"href"},
    "details": {"open"},
    "img": {"alt"},
    "ol": {"start", "reversed"},
}
CLASSES = {"li": {"task-list-item"}, "ul": {"contains-task-list"}, "ol": {"contains-task-list"}}
SCHEMES = {"http", "https", "mailto"}
NEWLINE = re.compile(r"(\r\n?|\n)")
MARKER = re.compile(r"^(?:[\s>]*(?:[-+*]|\d{1,9}[.)]))+[\s>]*\[([ xX])\](?=\s)")
BARE_LINK = re.compile(r"\bhttps?://[^\s<>]+[^\s<>.,:;!?'\"*_~)\]]")


@dataclass(frozen=True, slots=True)
class Task:
    """One real task item: `line` counts from 0 in the Markdown source."""

    line: int
    checked: bool
    text: str


Box = Callable[[int, Task], str]


def disabled_box(_index: int, task: Task) -> str:
    """A box to look at."""
    ticked = " checked" if task.checked else ""
    return f'<input type="checkbox" class="box" disabled{ticked}>'


def tasks(body: str) -> list[Task]:
    """The task items in the order in which GitHub counts them.

    Only real list items count: neither code nor HTML comments hold any.
    """
    return [task for _, task in _boxed(body, _parser().parse(body)) if task]


def toggle_task(body: str, index: int, checked: bool) -> str:
    """The body with the box at `index` (from 0) set; nothing else changes, not even line ends.

    Raises IndexError when there is no such box.
    """
    task = tasks(body)[index]
    lines = NEWLINE.split(body)
    at = task.line * 2  # every other part is a line end
    match = MARKER.match(lines[at])
    assert match is not None
    place = match.start(1)
    lines[at] = lines[at][:place] + ("x" if checked else " ") + lines[at][place + 1 :]
    return "".join(lines)


def render(body: str, box: Box = disabled_box) -> str:
    """Safe HTML; `box` draws each task item's box and is trusted."""
    parser, marks, found = _parser(), _Marks(), list[Task]()
    tokens = parser.parse(body)
    for inline, task in _boxed(body, tokens):
        assert inline.children is not None
        first = inline.children[0]
        if task:
            first.content = marks.next()
            found.append(task)
        else:
            first.type, first.content = "text", "[x]" if "checked" in first.content else "[ ]"
    html = parser.renderer.render(tokens, parser.options, {})
    return marks.fill(_clean(html), [box(index, task) for index, task in enumerate(found)])


def _boxed(body: str, tokens: Sequence[Token]) -> Iterator[tuple[Token, Task | None]]:
    """Items that look like tasks, with None for those whose box stands below its list mark."""
    lines = NEWLINE.split(body)[::2]
    for opening, inline in zip(tokens, tokens[2:], strict=False):
        if opening.type != "list_item_open" or opening.attrGet("class") != "task-list-item":
            continue
        assert opening.map
        assert inline.map
        assert inline.children
        match = MARKER.match(lines[opening.map[0]]) if opening.map[0] == inline.map[0] else None
        if match is None:
            opening.attrs.pop("class")
            yield inline, None
            continue
        text = "".join(child.content for child in inline.children[1:] if not child.attrs)
        yield inline, Task(inline.map[0], match[1] != " ", text.strip())


class _Marks:
    """Places in the text that no author can guess, to put boxes in after sanitising."""

    def __init__(self) -> None:
        self._nonce, self._count = secrets.token_hex(8), 0

    def next(self) -> str:
        self._count += 1
        return f"\ue000{self._nonce}-{self._count - 1}\ue000"

    def fill(self, html: str, boxes: Sequence[str]) -> str:
        pattern = f"\ue000{self._nonce}-(\\d+)\ue000"
        return re.sub(pattern, lambda match: boxes[int(match[1])], html)


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAG_NAMES.split()),
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True})
    parser.enable(["table", "strikethrough"])
    parser.use(tasklists_plugin)
    parser.core.ruler.push("bare_links", _bare_links)
    parser.core.ruler.push("aligned_cells", _aligned_cells)
    parser.core.ruler.push("plain_pictures", _plain_pictures)
    return parser


def _bare_links(state: StateCore) -> None:
    """Addresses become links, as GitHub does it, save inside links."""
    for token in state.tokens:
        if token.children and "://" in token.content:
            token.children = list(_with_links(token.children))


def _with_links(children: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for child in children:
        depth += (child.type == "link_open") - (child.type == "link_close")
        if child.type != "text" or depth:
            yield child
            continue
        at = 0
        for match in BARE_LINK.finditer(child.content):
            yield _text(child.content[at : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": match[0]})
            yield _text(match[0])
            yield Token("link_close", "a", -1)
            at = match.end()
        yield _text(child.content[at:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _aligned_cells(state: StateCore) -> None:
    """Alignment as an attribute: style attributes do not survive sanitising."""
    for token in state.tokens:
        style = str(token.attrs.pop("style", ""))
        if style.startswith("text-align:"):
            token.attrSet("align", style.removeprefix("text-align:"))


def _plain_pictures(state: StateCore) -> None:
    """Pictures would be fetched from elsewhere, so their alternative text stands in."""
    for token in state.tokens:
        for child in token.children or []:
            if child.type == "image":
                child.type, child.tag, child.children = "text", "", None
                child.content = f"🖼 {child.content or 'picture'}"
