"""One line for each kind of answer: read from what people write, written so that it reads back.

    line         Exports take too long for large shops.
    pick         10-to-50
    picks        start, use
    pick+line    different, the export button moves into the menu
    segments     existing, paying; shop owners in Japan
    evidence     asked 2026-02-20 [admins] "I export every Friday" https://example.com/ticket/7
                 signal [paying] ex-customer "I never found the export"
    measure      exports per week, 120 → 150, 70 %
    pick+person  colleague, Dana from support
    date+person  2026-12-01, Dana

Options may be written by id or by label, in any case. What cannot be read raises UserError, which
names what was read, what is possible, and an example.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from bot.core.checklist import Kind, Option, Question
from bot.errors import UserError

LONGEST = 1000  # characters of one answer
QUOTED = 60  # characters of what somebody wrote that an error shows
KINDS = ("asked", "observed", "signal", "assumed")
ARROW = re.compile(r"→|->|(?<=\s)to(?=\s)")
PERCENT = re.compile(r"(\d{1,3})\s*%")
EVIDENCE = re.compile(
    r"^(?P<kind>[a-z]+)(?:\s+(?P<on>\d{4}-\d{2}-\d{2}))?(?:\s+\[(?P<segment>[^\]]*)\])?"
    r"(?P<former>\s+ex-customer(?=\s|$))?"
    r"(?:\s+(?P<rest>.*))?$",
    re.IGNORECASE | re.DOTALL,
)
LINK = re.compile(r"(?:^|\s)(https?://[^\s\"]+)$")


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """One piece of customer voice as it was written. Empty parts were not given.

    `former`: from somebody who left, or did not buy. `private_to` is the private channel that alone
    may see it; nobody writes that by hand.
    """

    kind: str
    text: str = ""
    link: str = ""
    on: date | None = None
    segment: str = ""
    former: bool = False
    private_to: str = ""

    def __repr__(self) -> str:
        """The names of offers are made of this and stand in comments, so it never changes: parts
        that came later show only where they are given."""
        parts = ["kind", "text", "link", "on", "segment"]
        parts += [name for name in ("former", "private_to") if getattr(self, name)]
        return f"Piece({', '.join(f'{name}={getattr(self, name)!r}' for name in parts)})"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was written: picked option ids, a line, or a piece of evidence."""

    picks: tuple[str, ...] = ()
    text: str = ""
    piece: Piece | None = None


def read(question: Question, text: str) -> Given:
    """What the text answers to this question. Raises UserError."""
    line = " ".join(text.split())
    if not line:
        raise _unread(question, "there is nothing behind the colon")
    if len(line) > LONGEST:
        raise _unread(question, f"the answer has more than {LONGEST} characters")
    match question.kind:
        case Kind.LINE:
            return Given(text=line)
        case Kind.EVIDENCE:
            return _evidence(question, line)
        case Kind.SEGMENTS:
            return _segments(question, line)
        case Kind.PICKS:
            return _picks(question, line)
        case Kind.MEASURE:
            return _measure(question, line)
        case Kind.DATE_PERSON:
            return _date_person(question, line)
    return _pick_line(question, line)


def write(question: Question, given: Given) -> str:
    """The line that reads back as this answer."""
    if given.piece is not None:
        return _write_piece(given.piece)
    picks = ", ".join(given.picks)
    if question.kind is Kind.SEGMENTS:
        return f"{picks}; {given.text}" if picks and given.text else picks or f"; {given.text}"
    return ", ".join(part for part in (picks, given.text) if part)


def example(question: Question) -> str:
    """One line that is right for this question."""
    first = question.options[0].id if question.options else ""
    match question.kind:
        case Kind.LINE:
            return "one sentence in your own words"
        case Kind.EVIDENCE:
            return 'asked 2026-02-20 [admins] "I export every Friday" https://example.com/7'
        case Kind.SEGMENTS:
            return f"{first}; shop owners in Japan"
        case Kind.PICKS:
            return ", ".join(option.id for option in question.options[:2])
        case Kind.MEASURE:
            return "exports per week, 120 → 150, 70 %"
        case Kind.DATE_PERSON:
            return "2026-12-01, Dana"
        case Kind.PICK_PERSON:
            return f"{first}, Dana from support"
        case Kind.PICK_LINE:
            return f"{first}, and one sentence about it"
    return first


def iso_date(written: str) -> date | None:
    """The day of "2026-12-01"; None for anything else."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def quoted(written: str) -> str:
    """The beginning of what somebody wrote, to stand between quotes or backticks of ours."""
    line = " ".join(written[: 4 * QUOTED].replace("`", "").split())
    return "".join(char for char in line if char.isprintable())[:QUOTED] or "…"


def _unread(question: Question, what: str) -> UserError:
    return UserError(f"`{question.id}`: {what}. Example: `{question.id}: {example(question)}`")


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.split(",") if part.strip()]


def _option(question: Question, written: str) -> Option:
    found = _known(question, written)
    if found is None:
        possible = ", ".join(f"`{option.id}`" for option in question.options)
        raise _unread(question, f"“{quoted(written)}” is none of {possible}")
    return found


def _known(question: Question, written: str) -> Option | None:
    name = written.strip().strip(".").casefold()
    return next((o for o in question.options if name in (o.id, o.label.casefold())), None)


def _picks(question: Question, line: str) -> Given:
    picks = dict.fromkeys(_option(question, part).id for part in _parts(line))
    if not picks:
        raise _unread(question, "nothing is named")
    return Given(tuple(picks))


def _pick_line(question: Question, line: str) -> Given:
    """An option, and behind a comma the line; a label may itself hold a comma."""
    whole = _known(question, line)
    if whole is not None:
        return Given((whole.id,))
    for comma in re.finditer(",", line):
        option = _known(question, line[: comma.start()])
        if option is not None:
            return Given((option.id,), line[comma.end() :].strip())
    return Given((_option(question, line.partition(",")[0]).id,))


def _segments(question: Question, line: str) -> Given:
    """Groups by id or label; what stands behind a semicolon, or is no known group, is a name."""
    listed, _, named = line.partition(";")
    known = [(part, _known(question, part)) for part in _parts(listed)]
    picks = tuple(dict.fromkeys(option.id for _, option in known if option))
    others = [part for part, option in known if option is None]
    for part in others:
        if near := _near(question, part):
            raise _unread(question, f"“{quoted(part)}” is no group; did you mean `{near}`?")
    text = "; ".join(part for part in (", ".join(others), named.strip()) if part)
    if not (picks or text):
        raise _unread(question, "nothing is named")
    return Given(picks, text)


def _near(question: Question, written: str) -> str:
    """The option of which one word is probably a misspelling; empty where it is a name."""
    if " " in written.strip():
        return ""
    found = get_close_matches(written.casefold(), [o.id for o in question.options], 1, 0.8)
    return found[0] if found else ""


def _measure(question: Question, line: str) -> Given:
    """Commas and arrows may stand in the metric: the last two commas and the first arrow count."""
    before, _, sure = line.rpartition(",")
    metric, _, change = (part.strip() for part in before.rpartition(","))
    percent = PERCENT.fullmatch(sure.strip())
    values = [value.strip() for value in ARROW.split(change, maxsplit=1)]
    if percent is None or not metric or len(values) < 2 or not all(values):
        raise _unread(question, "a measure is: what, today's value → expected value, how sure in %")
    if int(percent[1]) > 100:
        raise _unread(question, "nobody is more than 100 % sure")
    return Given(text=f"{metric}, {values[0]} → {values[1]}, {int(percent[1])} %")


def _date_person(question: Question, line: str) -> Given:
    day, _, person = line.partition(",")
    return Given(text=", ".join(filter(None, (str(_date(question, day.strip())), person.strip()))))


def _date(question: Question, written: str) -> date:
    day = iso_date(written)
    if day is None:
        raise _unread(question, f"“{quoted(written)}” is not a date like 2026-12-01")
    return day


def _evidence(question: Question, line: str) -> Given:
    line = _with_kind(question, line)
    match = EVIDENCE.match(line)
    kind = match["kind"].lower() if match else ""
    if match is None or kind not in KINDS:
        raise _unread(question, f"it begins with one of {', '.join(f'`{k}`' for k in KINDS)}")
    on = _date(question, match["on"]) if match["on"] else None
    rest = (match["rest"] or "").strip()
    link = ""
    if found := LINK.search(rest):
        link, rest = found[1], rest[: found.start()].strip()
    segment = (match["segment"] or "").strip()
    text = rest[1:-1] if len(rest) > 1 and rest[0] == rest[-1] == '"' else rest
    return Given(piece=Piece(kind, text.strip(), link, on, segment, bool(match["former"])))


def _with_kind(question: Question, line: str) -> str:
    """The words of a box stand for its kind."""
    for option in question.options:
        if line.casefold().startswith(option.label.casefold()):
            return f"{option.id} {line[len(option.label) :].lstrip(' :,.')}".strip()
    return line


def _write_piece(piece: Piece) -> str:
    parts = [piece.kind]
    if piece.on is not None:
        parts.append(piece.on.isoformat())
    if piece.segment:
        parts.append(f"[{piece.segment}]")
    if piece.former:
        parts.append("ex-customer")
    if piece.text:
        parts.append(f'"{piece.text}"')
    if piece.link:
        parts.append(piece.link)
    return " ".join(parts)
