"""What people say in this play: the commands, and the texts of a description."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.records import FileChange

THEME = FileChange("web/theme.css", 5, 1, "@@ -1 +1 @@\n-a { color: red }\n+a { color: blue }\n")
EXPORT = FileChange("web/export.tsx", 1, 1, "@@ -1 +1 @@\n-a\n+b\n")
PRICE = FileChange("pricing/plans.json", 1, 1, '@@ -1 +1 @@\n-"price": 12\n+"price": 15\n')
LOCK = FileChange("uv.lock", 4, 4, "@@ -1 +1 @@\n-a\n+b\n")

INTROS = (
    "People with migraines asked for a theme that does not hurt.",
    "Large shops wait for minutes until their list is there.",
    "",
)
ISSUES = ("Fixes #4", "")
TITLES = ("Add a dark theme", "Fix the shade of the night", "A theme for the night")
NEWS = "Remove the export button from the page"  # a title that has a rule of its own


@dataclass(frozen=True, slots=True)
class Phrase:
    """A command as it is written, and what it says: of `kind` tell, hear, na, undo, accept, …"""

    words: str
    kind: str
    question: str = ""
    picks: frozenset[str] = frozenset()
    text: str = ""
    piece: tuple[str, str, str] | None = None

    @property
    def answers(self) -> bool:
        return self.kind in ("tell", "hear")

    @property
    def line(self) -> str:
        return f"/impact {self.words}"


def _tell(question: str, picks: str, text: str = "") -> Phrase:
    said = ", ".join(part for part in (picks, text) if part)
    return Phrase(
        f"{question}: {said}", "tell", question, frozenset(picks.split(", ")) - {""}, text
    )


def _hear(kind: str, text: str) -> Phrase:
    said = f'{kind} "{text}"' if text else kind
    return Phrase(f"voice: {said}", "hear", "voice", piece=(kind, text, ""))


def _let_go(words: str, kind: str, scope: str, reason: str) -> Phrase:
    return Phrase(f"{words} {reason}", kind, scope, text=reason)


ANSWERS = (
    _tell("who", "existing, paying"),
    _tell("who", "new"),
    _tell("why", "", "Exports take too long for large shops."),
    _tell("why", "", "People lose their place when it reloads."),
    _tell("effect", "better"),
    _tell("effect", "worse"),
    _tell("effect", "different", "the export button moves into the menu"),
    _tell("feeling", "relieved"),
    _tell("feeling", "annoyed", "it has moved three times this year"),
    _hear("asked", "I export every Friday"),
    _hear("signal", "Three tickets in one week"),
    _hear("assumed", ""),
    _tell("reach", "over-50"),
    _tell("reach", "under-1"),
)
QUESTIONS = ("who", "why", "effect", "feeling", "voice", "reach")
REASON = "nobody uses this yet, it is not released"
COMMANDS = (
    *ANSWERS,
    *(Phrase(f"na {q} {REASON}", "na", q, text=REASON) for q in QUESTIONS[:5]),
    *(Phrase(f"undo {q}", "undo", q) for q in QUESTIONS),
    *(Phrase(f"accept {q}", "accept", q) for q in QUESTIONS),
    Phrase("tier R3 a button that people use every day moves", "raise"),
    Phrase("tier R1 only the colour of a border changes here", "lower"),
    Phrase("none only the names of our own log files change", "attest"),
    _let_go("waive who until {day}", "waive", "who", "the text is still being written"),
    _let_go("waive all until {day}", "waive", "all", "the repair of an outage cannot wait"),
    _let_go("pause", "pause", "pause", "this is a trial and will not be merged"),
    Phrase("resume", "resume", "pause"),
    Phrase("status", "read"),
    Phrase("recheck", "read"),
)


@dataclass(slots=True)
class Description:
    """What the description says: its first lines, and the answers under the bot's heading."""

    intro: str = INTROS[0]
    issue: str = ISSUES[0]
    lines: dict[str, Phrase] | None = None
    boxes: tuple[str, ...] = ()  # those that are ticked, as "who=existing"

    @property
    def body(self) -> str:
        top = [part for part in (self.intro, self.issue) if part]
        if self.lines is None:
            return "\n\n".join(top)
        said = [f"{phrase.words}" for phrase in self.lines.values()]
        return "\n\n".join([*top, "## Customer impact", *said, *self._groups()]) + "\n"

    def _groups(self) -> list[str]:
        groups: dict[str, list[str]] = {}
        for name, label in BOXES.items():
            mark = "x" if name in self.boxes else " "
            groups.setdefault(name.partition("=")[0], []).append(f"- [{mark}] {label}")
        return ["\n".join([f"{question}:", *rows]) for question, rows in groups.items()]


LINES = tuple(
    p for p in ANSWERS if p.question in ("why", "effect", "voice") and p.picks != {"worse"}
)
BOXES = {
    "who=existing": "Existing customers",
    "who=paying": "Paying customers",
    "feeling=relieved": "Relieved",
    "feeling=confused": "Confused",
}
