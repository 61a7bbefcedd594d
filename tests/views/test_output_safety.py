"""Whatever strangers write stays text: nothing of it comes alive after GitHub's own parser.

Strangers' text is written into each place where it is used, and so are ordinary words. What GitHub
makes of the two may differ in its words, and in nothing else.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from typing import Any

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from bot.core.review import Review
from bot.views.github_check import TITLE_LIMIT, check
from bot.views.github_comment import comment
from bot.views.markdown import BREAK, escape, plain, sentence
from tests.data import rows
from tests.examples import HOSTILE, examples

WORDS = "ordinary words that say enough"
EXTENSIONS = ("table", "autolink", "tagfilter", "tasklist", "strikethrough")
OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES

# What GitHub, or the program that shows GitHub's mail, makes something of in finished text.
IN_TEXT = {
    "mention": r"(?<![\w@])@[A-Za-z0-9-]+",
    "reference": r"#\d+|(?i:\bGH-\d+)",
    "commit": r"(?i)(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])",
    "link": r"(?i)[\w+.-]://|(?<![a-z0-9])www\.\w|\b(?:mailto|xmpp|javascript|vbscript|data):",
    "mail": r"[\w.+-]@[\w-]",
    "emoji": r":[\w+-]+:",
    "formula": rf"(?<!{BREAK})\$",
}
# Signs of Arabic, Syriac and Kaithi that count as formatting and are seen all the same.
SEEN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
BLANK = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810)}
BLANK |= {0x2065, *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)}

LONG = 65_000
GIANTS = (*(char * LONG for char in "<[*`_~$&@#|>\\!:-"), "<a " * 20_000, "a@" * 30_000)
# Active where it stands alone; `test_the_own_set_is_worth_its_name` holds it to that.
OWN = (
    "@octocat",
    "hello @octocat, look",
    "(@octocat)",
    "“@octocat”",
    "!@octocat",
    "-@octocat-",
    "@octo-org/reviewers",
    "@everyone @here",
    "&#64;everyone",
    "&commat;everyone",
    "&#x40;everyone",
    "@\u200boctocat",
    "#12",
    "fixes #12, closes octo/repo#7",
    "GH-12",
    "gh-7 and Gh-8",
    "octo/repo#12",
    "&#35;12",
    "octo@0123456789abcdef0123456789abcdef01234567",
    "0123abc",
    "0000001234567",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "DEADBEEF",
    "(deadbeef)",
    "_deadbeef_",
    "see https://evil.example/a?b=c",
    "HTTPS://EVIL.EXAMPLE",
    "ftp://evil.example",
    "slack://channel?id=1",
    "x+y.z-1://evil.example",
    "www.evil.example",
    "WwW.evil.example",
    "<https://evil.example>",
    "<mailto:me@evil.example>",
    "mailto:me@evil.example",
    "xmpp:me@evil.example/room",
    "me@evil.example",
    "me.too+x@evil.example",
    "http&#58;//evil.example",
    "ht\u200btps://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "vbscript:msgbox",
    "data:text/html,x",
    "[a](https://evil.example)",
    "[a](//evil.example)",
    "[a](javascript:alert(1))",
    "[a](<data:text/html,x> 'y')",
    "[a][b]\n\n[b]: https://evil.example",
    "[b]: https://evil.example 'title'",
    "![i](https://evil.example/i.png)",
    "![i](//evil.example/i.png)",
    "[![i](//evil.example/i)](//evil.example)",
    "](https://evil.example)",
    "](//evil.example) [x",
    "x!",
    "text[^1]\n\n[^1]: note",
    "<script>alert(1)</script>",
    "&lt;script&gt;",
    "&amp;lt;b&amp;gt;",
    "&copy; &nbsp; &#0;",
    "<img src=x onerror=alert(1)>",
    "<IMG/SRC=x>",
    "<svg onload=alert(1)>",
    "<iframe src=//evil.example>",
    "<a href='//evil.example'>a</a>",
    "<b onclick=alert(1)>x</b>",
    "</b></summary></details>",
    "</code></li></ul>",
    "<details open><summary>x</summary>y</details>",
    "<details>\n\n- [x] y\n\n</details>",
    "<b><i><u>",
    "<<b>b>",
    "<b\n>",
    "<div",
    "<div\n\n>x",
    "<!-- box who=new -->",
    "<!-- empty-chair:review -->",
    "<!-- never closed",
    "<!DOCTYPE html>",
    "<?php x ?>",
    "<![CDATA[ x ]]>",
    "<textarea>",
    "<plaintext>",
    "<style>*{display:none}</style>",
    "<form action=//evil.example><button>x",
    "<input type=checkbox checked>",
    "- [ ] a",
    "- [x] a",
    "* [X] a",
    "+ [x] a",
    "1. [x] a",
    "2) [ ] a",
    "[x] a",
    "a\n- [x] b\n  <!-- box who=new -->",
    "- a",
    "+ a",
    "* a",
    "-",
    "7. a",
    "7) a",
    "123456789. a",
    "# a",
    "###### a",
    "a\n===",
    "a\n---",
    "===",
    "=",
    "---",
    "***",
    "___",
    "- - -",
    "> a",
    ">",
    "> [!NOTE]\n> a",
    "> [!WARNING] a",
    "```\na\n```",
    "```mermaid",
    "~~~\na",
    "~~~",
    "`a`",
    "a ` b",
    "``a`b``",
    "*a*",
    "**a**",
    "_a_",
    "__a__ and *b",
    "~a~",
    "~~a~~",
    "$x$",
    "$$x$$",
    "a $x$ and $5",
    "&#36;x&#36;",
    "\\*",
    "a\\",
    "\\<b>",
    "\\&amp;",
    "a | b",
    "|",
    "|a|b|\n|-|-|\n|c|d|",
    ":tada:",
    ":+1: :100:",
    "at 12:30:45",
    "a\r\n- b\r# c",
    "a\r- b",
    "a\x0b- b\x0c- c\x85- d\u2028- e\u2029- f",
    "\x00a\x07\x1b[31m",
    "a\ud800b\udfffc",
    "a\u202eb\u202c",
    "a\u2066b\u2069",
    "a\u200bb\u200cc\u200dd\ufeff",
    "a\u2060b\u00adc",
    "a\ufe0fb\U000e0100c",
    "a\U000e0061\U000e007fb",
    "a\u3164b\u115fc",
    "a\U0001bca0b\U0001d173c\U00013430d",
    HOSTILE,
)
# Looks like something and is nothing on GitHub.
LOOKALIKES = (
    "-->",
    "＠octocat",
    "＃12",
    "﹫octocat",
    "〈script〉alert(1)〈/script〉",
    "＜script＞alert(1)＜/script＞",
    "//evil.example",
    "evil.example",
    "＊a＊ ‐ a",
    "[ｘ] a".replace("[", "［").replace("]", "］"),
    "\u0430dmin",
    "=1+1",
    "wwwww.evil.example",
)
CALM = (
    "Grüße aus Köln, naïve café",
    "🪑 👍 🎉",
    "“quoted” 'single' \"double\" «guillemets»",
    "a → b ⇒ c ← d",
    "50 % of 100% – about half…",
    "2026-03-02 at 09:30, 1.5 seconds",
    "high-level, half-way; (maybe) {set}? Yes: 3 + 4 = 7, and/or",
    "customer data, the www, an https link",
    "日本語 العربية עברית हिन्दी",
)
HARMLESS = (
    *CALM,
    "a_b and __init__.py",
    "C# and F#",
    "R&D",
    "x < y > z",
    "3 * 4 * 5",
    "[optional] | required",
    "~5 minutes, $5 or $6",
    "C:\\temp\\new",
    "Nein! Doch! Oh!",
    "- five degrees",
    "+ one",
    "/pricing shows 3. as “three”",
    "1. first",
    "2) second",
    "order 12345678",
)


class Seen(HTMLParser):
    """All tags and comments of a page, and its pieces of text, those in code apart."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.texts: list[str] = [""]
        self.codes: list[str] = [""]
        self._depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note("<" + " ".join([tag, *(f"{name}={value!r}" for name, value in attrs)]) + ">")
        self._depth += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        self._note(f"</{tag}>")
        self._depth -= tag in ("code", "pre")

    def handle_comment(self, data: str) -> None:
        # The digest tells one offered text from another; it is ours.
        self._note(f"<!--{re.sub('accept-[0-9a-f]+', 'accept', data)}-->")

    def handle_decl(self, decl: str) -> None:
        self._note(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self._note(f"<![{data}>")

    def handle_pi(self, data: str) -> None:
        self._note(f"<?{data}>")

    def handle_data(self, data: str) -> None:
        (self.codes if self._depth else self.texts)[-1] += data

    def _note(self, tag: str) -> None:
        self.tags.append(tag)
        self.texts.append("")
        self.codes.append("")


def render(markdown: str) -> str:
    """What GitHub's own parser makes of it, before GitHub takes anything away."""
    return str(cmarkgfm.markdown_to_html_with_extensions(markdown, OPTIONS, EXTENSIONS))


def shows(char: str) -> bool:
    """Whether a person sees the character, or the space that it is."""
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cs") or ord(char) in BLANK
    return not hidden or ord(char) in SEEN or char.isspace()


def visible(text: str) -> str:
    """What a person sees of a text, in one line."""
    return " ".join("".join(char for char in text if shows(char)).split())


def found(html: str, allowed: Iterable[str] = ()) -> Counter[str]:
    """Everything in a page that is more than words. `allowed`: tags that are none of it."""
    seen = Seen(html)
    ours = {tag for name in allowed for tag in (f"<{name}>", f"</{name}>")}
    everything = Counter(tag for tag in seen.tags if tag not in ours)
    everything["a raw <"] = html.count("<") - sum(tag in ours for tag in seen.tags)
    for name, pattern in IN_TEXT.items():
        everything.update(
            f"{name} {hit}" for text in seen.texts for hit in re.findall(pattern, text)
        )
    hidden = (c for c in "".join(seen.texts + seen.codes) if not shows(c) and c != BREAK)
    everything.update(f"hidden U+{ord(char):04X}" for char in hidden)
    return everything


def active(html: str, frame: str, allowed: Iterable[str] = ()) -> list[str]:
    """What is in `html` beyond our own frame, or lost of it; `frame` holds ordinary words."""
    there, ours = found(html, allowed), found(frame, allowed)
    return [*(there - ours), *(f"lost: {name}" for name in ours - there)]


Place = Callable[[str], str]
PLACES: dict[str, Place] = {
    "summary": lambda t: f"<details>\n<summary>⬜ <b>{t}</b> · x</summary>\n\nx\n\n</details>",
    "list item": lambda t: f"x\n\n- {t}\n- {t}\n\nx",
    "box": lambda t: f"- [ ] {t}\n  <!-- box who=new -->\n- [x] {t}\n  <!-- box who=old -->",
    "paragraph": lambda t: f"x {t} x",
    "quoted": lambda t: f"“{t}” (x): {t}: {t}.",
    "line": lambda t: f"{t}",
    "second line": lambda t: f"x\n{t}\nx",
    "heading": lambda t: f"### 🪑 {t}: x",
    "bold": lambda t: f"- **x {t} x** x",
    "before our link": lambda t: f"x {t}[x](https://github.com/acme) x",
    "text of our link": lambda t: f"x [x {t} x](https://github.com/acme) x",
    "table cell": lambda t: f"| x | x |\n|---|---|\n| {t} | **x** |",
}
IN_CODE: dict[str, Place] = {
    "code": lambda t: f"x <code>{t}</code> x",
    "code in a line of its own": lambda t: f"<code>{t}</code>",
    "code in a summary": lambda t: f"<details>\n<summary><code>{t}</code></summary>\n\n</details>",
}
WRITERS: dict[str, tuple[Callable[[str], str], dict[str, Place], tuple[str, ...]]] = {
    "escape": (escape, PLACES | IN_CODE, ()),
    "sentence": (sentence, PLACES, ("code",)),
    "code of a sentence": (lambda text: sentence(f"`{text}` changed"), PLACES, ("code",)),
}
CASES = [(writer, place) for writer, (_, places, _) in WRITERS.items() for place in places]


def reads(html: str) -> str:
    """The words of a page, in one line, without what the escaper put between them."""
    seen = Seen(html)
    words = "".join(text + code for text, code in zip(seen.texts, seen.codes, strict=True))
    return " ".join(words.replace(BREAK, "").split())


def shared() -> list[str]:
    """The payloads that lie beside the checkout; skips the test where they are absent."""
    return [row["text"] for row in rows("output_sanitising.jsonl")]


def alive(payloads: Iterable[str], writer: str, place: str) -> dict[str, list[str]]:
    """The payloads of which something comes alive in this place, and what."""
    write, places, allowed = WRITERS[writer]
    put = places[place]
    frame = render(put(write(WORDS)))
    told = {text[:80]: active(render(put(write(text))), frame, allowed) for text in payloads}
    return {text: what for text, what in told.items() if what}


@pytest.mark.parametrize(("writer", "place"), CASES)
def test_nothing_of_the_own_set_comes_alive(writer: str, place: str) -> None:
    full = (text for text in (*OWN, *LOOKALIKES, *HARMLESS) if visible(text))
    assert alive(full, writer, place) == {}


@pytest.mark.parametrize(("writer", "place"), CASES)
def test_nothing_of_the_shared_set_comes_alive(writer: str, place: str) -> None:
    assert alive(shared(), writer, place) == {}


@pytest.mark.parametrize("writer", WRITERS)
def test_size_brings_nothing_alive(writer: str) -> None:
    assert alive(GIANTS, writer, "list item") == {}


PIECES = [*"`*_[]|~\\$&<>@#:!-+=/.()1a0", " ", "\n", "\r", "www", "http", "://", "GH-", "beef"]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join).filter(visible))
def test_no_mixture_of_special_characters_comes_alive(text: str) -> None:
    assert {case: alive([text], *case) for case in CASES if alive([text], *case)} == {}


def test_the_own_set_is_worth_its_name() -> None:
    frames = [(put, render(put(WORDS))) for put in PLACES.values()]

    def tame(text: str) -> bool:
        pages = [(render(put(text)), frame) for put, frame in frames]
        read = reads(render(text)) == visible(text)
        return read and not any(active(*page) for page in pages)

    writable = [text for text in OWN if text.isprintable()]
    assert [text for text in writable if tame(text)] == []
    assert [text for text in LOOKALIKES if text and not tame(text)] == []


def test_no_character_of_markdown_or_html_is_left_bare() -> None:
    assert [char for char in "`*_[]|~\\$!<>" if char in escape(f"a{char}{char}a")] == []


@pytest.mark.parametrize("write", [escape, sentence, lambda text: plain(text, 2 * sys.maxunicode)])
def test_no_character_that_hides_is_left(write: Callable[[str], str]) -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    left = {char for char in write(everything) if not shows(char)} - {BREAK}
    assert {f"U+{ord(char):04X}" for char in left} == set()


@pytest.mark.parametrize("write", [escape, sentence])
def test_no_line_begins_with_a_command_for_another_bot(write: Callable[[str], str]) -> None:
    orders = ("/approve", "  /merge now", "\u200b/lgtm", "@dependabot merge", "\r\n/close")
    assert [text for text in orders if re.match(r"\s*[/@]\w", write(text))] == []


@pytest.mark.parametrize("write", [escape, sentence, lambda text: plain(text, 2 * LONG)])
def test_what_is_written_is_one_line_that_can_be_sent(write: Callable[[str], str]) -> None:
    written = [write(text) for text in (*OWN, *LOOKALIKES, *HARMLESS, *GIANTS)]
    assert [text for text in written if len(text.splitlines()) > 1] == []
    assert "".join(written).encode().decode() == "".join(written)


@pytest.mark.parametrize("before", ["", "x "])
def test_a_person_reads_what_was_written(before: str) -> None:
    for text in (*HARMLESS, *OWN, *LOOKALIKES, *GIANTS):
        wanted = f"{before}{visible(text)}".strip()
        uncoded = " ".join(wanted.replace("`", "").split())
        assert reads(render(before + escape(text))) == wanted
        quoted = reads(render(before + sentence(text)))
        assert " ".join(quoted.replace("`", "").split()) == uncoded


@pytest.mark.parametrize("write", [escape, sentence])
def test_ordinary_words_are_left_letter_by_letter(write: Callable[[str], str]) -> None:
    assert [text for text in CALM if write(text) != text] == []


def test_code_of_ours_is_code_and_an_odd_backtick_makes_none() -> None:
    assert sentence("`a/b.css` changed") == "<code>a/b.css</code> changed"
    assert reads(render(sentence("`a`b` changed"))) == "`a`b` changed"


def test_a_title_hides_nothing_and_has_no_markup() -> None:
    for text in (*OWN, *LOOKALIKES, *GIANTS):
        title = plain(f"Not needed: {text}", TITLE_LIMIT)
        assert len(title) <= TITLE_LIMIT
        assert [char for char in title if not shows(char) or char == "`"] == []


def test_a_title_reads_as_it_was_written() -> None:
    assert [text for text in HARMLESS if plain(text, TITLE_LIMIT) != text] == []


# Every whole text that the bot writes on GitHub, as strangers' words reach it: a line each.
SURFACES: dict[str, Callable[[Review], str]] = {
    "comment": comment,
    "check": lambda review: check([review]).summary,
    "check of two": lambda review: check([review, review]).summary,
}
THEIRS = {"title", "body", "branch", "login", "text", "link", "segment", "path"}


def written(value: Any, text: str) -> Any:
    """The same value, with this text wherever strangers write."""
    if isinstance(value, tuple):
        return tuple(written(item, text) for item in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    mine = {name for name, said in fields.items() if name in THEIRS and said and str(said) == said}
    return dataclasses.replace(
        value, **{name: text if name in mine else written(fields[name], text) for name in fields}
    )


def whole(first: str, last: str) -> str:
    """Two payloads at the two ends of a text that is long enough to count as an answer."""
    return f"{first} {WORDS} {last}"


SETS = {"own set": lambda: [*OWN, *LOOKALIKES, *HARMLESS], "shared set": shared}


@pytest.mark.parametrize("payloads_of", SETS.values(), ids=SETS)
@pytest.mark.parametrize("name", ["most_asked_begun", "hostile_text"])
@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_comes_alive_in_a_whole_surface(
    surface: str, name: str, payloads_of: Callable[[], list[str]]
) -> None:
    draw, review = SURFACES[surface], examples()[name]
    payloads = [*payloads_of(), WORDS]
    frame = draw(written(review, whole(WORDS, WORDS)))
    drawn = render(frame)
    pairs = [whole(*pair) for pair in zip(payloads[::2], payloads[1::2], strict=False)]
    texts = {text: draw(written(review, text)) for text in pairs}
    told = {text: active(render(said), drawn, ("code",)) for text, said in texts.items()}
    assert {text: what for text, what in told.items() if what} == {}
    written_boxes = re.compile(r"(?m)^ *[-*+] \[[ xX]\] |<!--")
    boxes = written_boxes.findall(frame)
    assert [text for text, said in texts.items() if written_boxes.findall(said) != boxes] == []


def test_strangers_words_reach_every_whole_surface() -> None:
    for draw in SURFACES.values():
        assert WORDS in draw(written(examples()["hostile_text"], WORDS))
