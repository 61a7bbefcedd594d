"""What a description says under its heading "Customer impact": writer and reader in one file.

    ## Customer impact

    who: existing, paying
    why: Exports take too long for large shops.

    effect:
    - [x] Better
    - [ ] Worse

The heading has the checklist's title; a line in bold that stands alone is a heading too. The
section ends at the next heading that is no smaller. A line names its question by id or by short
name, and ends where GitHub ends it; a box belongs to the question above it. Code, quotes and hidden
comments say nothing. Anybody may write a description: nothing in it raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.core.acts import Deed, Tell, Tick, Untell
from bot.core.checklist import Checklist, Kind, Need, Question
from bot.core.grammar import Given, example, read
from bot.core.prefill import BODY_LIMIT, Prefill
from bot.core.tier import Tier
from bot.errors import UserError

MOST = 20  # lines of one question that count; only the customer's voice has more than one
JOINTS = {Kind.PICK_LINE: ", ", Kind.PICK_PERSON: ", ", Kind.EVIDENCE: " "}  # pick and words
BOLD = 7  # a line in bold is a smaller heading than the smallest
HOW = """\
<!-- Will no customer notice this change? Then skip this section.
     Otherwise tick or fill in what you know, behind the colon; the bot asks for the rest. -->"""

# Blocks tell what is code, quoted or hidden; answers are read as they were typed.
_blocks = MarkdownIt("commonmark", {"html": True}).disable(["inline", "text_join"])

_BOLD = re.compile(r"\*\*[^*]+\*\*[ :]*|__[^_]+__[ :]*")
_BOX = re.compile(r"\[([ xX])\](?:\s+(.*))?")
_BOX_ID = re.compile(r"<!-- box ([a-z0-9_]+)=([a-z0-9-]+) -->")


@dataclass(frozen=True, slots=True)
class Described:
    """What stands in the section; nothing where there is none.

    `lines` are (question id, text behind the colon) in the order of the text, empty ones left out.
    `boxes` maps "effect=better" to whether it is ticked. `unclear` are boxes that stand twice, once
    ticked and once not; they are not among the boxes.
    """

    lines: tuple[tuple[str, str], ...]
    boxes: Mapping[str, bool]
    unclear: frozenset[str] = frozenset()

    def texts(self, question: Question) -> list[str]:
        """The lines that count: the last one, but for the customer's voice each that differs."""
        found = [text for id, text in self.lines if id == question.id]
        if question.kind is Kind.EVIDENCE:
            return list(dict.fromkeys(found))[:MOST]
        return found[-1:]

    def ticked(self, question: Question) -> tuple[str, ...]:
        """The options whose boxes are ticked, in the order of the checklist."""
        return tuple(o.id for o in question.options if self.boxes.get(f"{question.id}={o.id}"))


def template(checklist: Checklist, tier: Tier = Tier.R1) -> str:
    """The section for a pull request template, with what this tier requires and no answers."""
    asked = [
        _blank(question, need) for question, need in checklist.asked(tier, (), {}) if need.must
    ]
    return "\n\n".join([f"## {_one_line(checklist.title)}", HOW, *asked]) + "\n"


def _blank(question: Question, need: Need) -> str:
    """A question without its answer; what it asks is there for who fills it in, and hidden."""
    hint = _one_line(question.ask)
    if need is Need.REQUIRED and question.kind.has_line and question.options:
        hint += " Tick one, and say it in a line here."
    elif question.kind in (Kind.MEASURE, Kind.DATE_PERSON):
        hint += f" For example: {example(question)}"
    boxes = [f"- [ ] {_one_line(option.label)}" for option in question.options]
    return "\n".join([f"{question.id}: <!-- {hint.replace('--', '–')} -->", *boxes])


def may_answer(body: str, checklist: Checklist) -> bool:
    """Most descriptions have no such heading, and need not be read for it."""
    lower = body.casefold()
    return all(word in lower for word in checklist.title.casefold().split())


def parse_description(body: str, checklist: Checklist) -> Described:
    """What the section says. Of a body longer than GitHub's limit the rest is not read."""
    if not may_answer(body, checklist):
        return Described((), {}, frozenset())
    names = _names(checklist)
    lines: list[tuple[str, str]] = []
    states: dict[str, set[bool]] = {}
    current: Question | None = None
    for row in _section(_rows(body, names), _plain(checklist.title)):
        if row.item and (box := _BOX.fullmatch(row.text)):
            name = _box_name(box[2] or "", row.below, current, checklist)
            states.setdefault(name, set()).add(box[1] != " ")
        elif named := _line(row.text, names):
            current, text = named
            lines += [(current.id, text)] if text else []
        elif row.level:
            current = None
    states.pop("", None)
    boxes = {name: ticked.pop() for name, ticked in states.items() if len(ticked) == 1}
    return Described(tuple(lines), boxes, frozenset(states) - frozenset(boxes))


def deeds_between(before: str, after: str, checklist: Checklist) -> tuple[Deed, ...]:
    """What one edit of the description did: only what it changed. Before the first text: "".

    Unticks, then ticks, then lines. A line that is taken out takes the answer of its question with
    it, so what still stands there is said again behind it.
    """
    old, new = parse_description(before, checklist), parse_description(after, checklist)
    changed = _changed_boxes(old, new)
    ticks: list[Deed] = [Tick(box, on) for box, on in changed.items() if not on]
    lines: list[Deed] = []
    for question in checklist.all_questions():
        gone, said = _changed_lines(question, old, new)
        boxes = [f"{question.id}={option}" for option in new.ticked(question)]
        if gone:
            lines += [Untell(question.id), *(Tick(box, True) for box in boxes)]
        else:
            ticks += [Tick(box, True) for box in boxes if box in changed]
        lines += [Tell(question.id, _with_boxes(question, given, new)) for given in said]
    return (*ticks, *lines)


def offers(body: str, checklist: Checklist) -> tuple[Prefill, ...]:
    """What a description says that a bot wrote: nobody's answer, but there to be accepted."""
    said: dict[str, Given] = {}
    for deed in deeds_between("", body, checklist):
        if isinstance(deed, Tell):
            said[deed.question] = deed.given
        elif isinstance(deed, Tick):
            question, _, option = deed.box.partition("=")
            picked = said.get(question, Given())
            said[question] = replace(picked, picks=(*picked.picks, option))
    source = "your description"
    return tuple(
        Prefill(question, given.picks, given.text, source, (given.piece,) if given.piece else ())
        for question, given in said.items()
    )


def unread(body: str, checklist: Checklist) -> dict[str, str]:
    """For each question whose line cannot be read: why not, and an example, in Markdown."""
    described = parse_description(body, checklist)
    wrong: dict[str, str] = {}
    for question in checklist.all_questions():
        for text in described.texts(question):
            try:
                _read(question, text, described.ticked(question))
            except UserError as error:
                wrong.setdefault(question.id, str(error))
    return wrong


def _changed_boxes(old: Described, new: Described) -> dict[str, bool]:
    """What is ticked now and was not, or the other way round; a box that is gone is not ticked.

    A box of two states did not change; as soon as it has one again, that one is told.
    """
    names = dict.fromkeys([*old.boxes, *sorted(old.unclear), *new.boxes])
    now = {name: new.boxes.get(name, False) for name in names if name not in new.unclear}
    return {
        name: on
        for name, on in now.items()
        if name in old.unclear or on != old.boxes.get(name, False)
    }


def _changed_lines(question: Question, old: Described, new: Described) -> tuple[bool, list[Given]]:
    """Whether a line is gone, and what is said. Another spelling of the same is no change."""
    was, now = _meanings(question, old), _meanings(question, new)
    if question.kind is Kind.EVIDENCE:
        gone = not set(was) <= set(now)
        fresh = now if gone else [meaning for meaning in now if meaning not in was]
    else:
        gone, fresh = bool(was and not now), now if now != was else []
    return gone, [meaning for meaning in fresh if isinstance(meaning, Given)]


def _meanings(question: Question, described: Described) -> list[Given | str]:
    """What each line says; the line itself where it cannot be read."""
    found: list[Given | str] = []
    for text in described.texts(question):
        try:
            found.append(_read(question, text, described.ticked(question)))
        except UserError:
            found.append(text)
    return found


def _read(question: Question, text: str, ticked: Sequence[str]) -> Given:
    """What a line says; beside one ticked box it may be the mere words. Raises UserError."""
    try:
        return read(question, text)
    except UserError:
        if len(ticked) != 1 or question.kind not in JOINTS:
            raise
    return read(question, f"{ticked[0]}{JOINTS[question.kind]}{text}")


def _with_boxes(question: Question, given: Given, described: Described) -> Given:
    """Where several may be picked, line and boxes are one answer."""
    if not question.kind.many:
        return given
    return replace(given, picks=tuple(dict.fromkeys([*given.picks, *described.ticked(question)])))


class _Row(NamedTuple):
    """One line as it stands on the page. `level`: of a heading; 0 for all else."""

    text: str
    level: int = 0
    item: bool = False  # it begins an item of a list
    below: str = ""  # the hidden comment under it


Names = Mapping[str, Question]


def _rows(body: str, names: Names) -> Iterator[_Row]:
    tokens = _blocks.parse(body[:BODY_LIMIT])
    quotes = 0
    for index, token in enumerate(tokens):
        quotes += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        if token.type == "inline" and not quotes:
            yield from _of_block(tokens, index, names)


def _of_block(tokens: Sequence[Token], index: int, names: Names) -> Iterator[_Row]:
    opening, texts = tokens[index - 1], _visible(tokens[index].content).split("\n")
    heading = opening.type == "heading_open" and opening.level == 0
    if heading and not _ruled_off(opening, texts, names):
        yield _Row(" ".join(texts), int(opening.tag[1:]))
        return
    following = (t for t in tokens[index + 1 : index + 6] if not t.type.endswith("_close"))
    below = next((t.content.strip() if t.type == "html_block" else "" for t in following), "")
    for number, text in enumerate(texts):
        bold = opening.level == 0 and _BOLD.fullmatch(text.strip()) and not _line(text, names)
        item = number == 0 and tokens[index - 2].type == "list_item_open"
        yield _Row(text.strip(), BOLD if bold else 0, item, below)


def _ruled_off(opening: Token, texts: Iterable[str], names: Names) -> bool:
    """Answers with a rule right below, which makes them a heading that nobody meant."""
    return opening.markup in ("-", "=") and any(_line(text, names) for text in texts)


def _section(rows: Iterable[_Row], title: str) -> Iterator[_Row]:
    inside = 0
    for row in rows:
        if row.level and _plain(row.text) == title:
            inside = row.level
        elif 0 < row.level <= inside:
            inside = 0
        elif inside:
            yield row


def _names(checklist: Checklist) -> Names:
    """Each question by its id and its short name; ids first, and the first of two."""
    questions = checklist.all_questions()
    short = {_one_line(q.short).casefold(): q for q in reversed(questions)}
    return short | {q.id.casefold(): q for q in reversed(questions)}


def _line(text: str, names: Names) -> tuple[Question, str] | None:
    """The question that a line names before its colon, and what stands behind it."""
    name, colon, rest = text.partition(":")
    question = names.get(_one_line(name.strip(" *`")).casefold()) if colon else None
    if question is None:
        return None
    stars = "**" if name.lstrip().startswith("**") else ""
    return question, _one_line(rest.strip().removeprefix(stars).removesuffix(stars))


def _box_name(label: str, below: str, current: Question | None, checklist: Checklist) -> str:
    """ "effect=better" for a box, by its hidden id or its label; empty if it is none of ours."""
    question, name = current, _one_line(label).casefold()
    if told := _BOX_ID.fullmatch(below):
        question, name = checklist.question(told[1]), told[2]
    if question is None:
        return ""
    known = (o.id for o in question.options if name in (o.id, _one_line(o.label).casefold()))
    return next((f"{question.id}={id}" for id in known), "")


def _visible(text: str) -> str:
    """The text without its hidden comments."""
    shown, at = [], 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin)) >= 0:
        shown.append(text[at:begin])
        at = end + len("-->")
    return "".join(shown) + text[at:]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(heading: str) -> str:
    return _one_line(re.sub(r"[\W_]+", " ", heading)).casefold()
