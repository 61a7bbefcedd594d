"""The shape of `checklists/triage.yaml`: which files customers never see, and which rule raises."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.core import globs, yamlfile
from bot.core.patterns import compiled
from bot.core.refusals import spelled
from bot.core.tier import Tier
from bot.core.yamlfile import Strict
from bot.errors import ConfigError

TEXTS = ("title", "body", "text", "branch", "labels", "author")
LINES = ("added", "removed", "changed")
EXAMPLES = {
    "tier": "tier: R2",
    "tier_if_removed": "tier_if_removed: R1",
    "id": "id: price-page",
    "why": 'why: "`{path}` changed: a price or plan"',
    "paths": 'paths: ["pricing/**", "**/*.price.json"]',
    "except": 'except: ["docs/pricing/**"]',
    "about": "about: money",
    "title_except": "title_except: ['(?i)\\bunused\\b']",
    "overlays": "overlays: [pricing]",
    "customer_facing": "customer_facing: false",
    "gone": "gone: ['^\\s*rpc (\\w+)']",
    "file_gone": "file_gone: true",
    "comments": 'comments: ["//", "# "]',
    **{key: f"{key}: ['(?i)\\bwords to find\\b']" for key in (*TEXTS, *LINES)},
    "extends": "extends: triage",
    "rules": 'rules: [{id: everything, paths: ["**"], tier: R1, why: "everything is asked"}]',
}


def _tier(value: object) -> object:
    if isinstance(value, Tier):
        return value
    if isinstance(value, str) and value in Tier.__members__:
        return Tier[value]
    raise ValueError("is not a tier; known are R0, R1, R2 and R3")


def _glob(value: str) -> str:
    compiled(globs.to_re2(value))
    return value


def _pattern(value: str) -> str:
    compiled(value)
    return value


def _one_group(value: str) -> str:
    if compiled(value).groups != 1:
        raise ValueError("needs exactly one group, around the name of what is gone")
    return value


def _fills(value: str) -> str:
    try:
        value.format(path="", name="")
    except (KeyError, IndexError, ValueError, AttributeError):
        raise ValueError("may hold {path} and {name}, and no other braces") from None
    return value


TierName = Annotated[Tier, BeforeValidator(_tier)]
Glob = Annotated[str, AfterValidator(_glob)]
Pattern = Annotated[str, AfterValidator(_pattern)]
GonePattern = Annotated[str, AfterValidator(_pattern), AfterValidator(_one_group)]
Id = Annotated[
    str,
    Field(min_length=2, max_length=41),
    spelled(r"[a-z][a-z0-9-]*", "small letters, digits and hyphens, a letter first"),
]
Why = Annotated[str, Field(min_length=3, max_length=160), AfterValidator(_fills)]
Overlay = Literal["pricing", "breaking", "ui", "incident", "privacy", "experiment"]


class FileClass(Strict):
    """Files that no rule looks at, because customers never meet them.

    The first class that fits a file takes it. `why` names the files ("tests"). `tier` is what such
    a file asks on its own, and `tier_if_removed` what it asks when it only loses lines.
    `customer_facing` says that customers read these files although nobody needs to be asked
    (guides, a security policy).
    """

    id: Id
    why: Why
    paths: tuple[Glob, ...] = Field(min_length=1)
    except_: tuple[Glob, ...] = Field(default=(), alias="except")
    tier: TierName = Tier.R0
    tier_if_removed: TierName = Tier.R0
    customer_facing: bool = False


class Traces(Strict):
    """What a customer could see of a change; a change without any of it is R0.

    A path, a changed line or a phrase of the title is enough; a title of `title_except` tells
    nothing of customers. Files of `except` need a rule of their own. Without this section every
    change counts as seen.
    """

    paths: tuple[Glob, ...] = ()
    except_: tuple[Glob, ...] = Field(default=(), alias="except")
    changed: tuple[Pattern, ...] = ()
    title: tuple[Pattern, ...] = ()
    title_except: tuple[Pattern, ...] = ()


class Texts(Strict):
    """What is said when no rule speaks."""

    empty: Why = "no file changed"
    ignored: Why = "only files that customers never meet changed: {name}"
    guides: Why = "nothing to ask: only {name} changed"
    unseen: Why = "nothing that a customer could see changed"
    seen: Why = "`{path}` changed: customers may notice"
    of_class: Why = "`{path}` changed: {name}"
    of_class_removed: Why = "`{path}` only lost lines: {name}"
    unread: Why = "`{path}` could not be read, so it counts as something customers may notice"
    incomplete: Why = "not everything could be read, so it counts as something customers may notice"


class Rule(Strict):
    """One reason to ask more. All keys given must hold, of each list any one entry.

    `paths`, `except`, the line keys and `file_gone` speak of one and the same file: `added`,
    `removed` and `changed` (either) search its lines; `gone` holds when the name in the pattern's
    group stands on a removed line and on no added one; `file_gone` when the file was deleted.
    `text` is title or body. A title of `title_except` keeps the rule from holding. Of the rules
    that hold `about` one thing only the highest is told.
    """

    id: Id
    tier: TierName
    why: Why
    overlays: tuple[Overlay, ...] = ()
    about: Id | None = None
    customer_facing: bool = True
    paths: tuple[Glob, ...] = ()
    except_: tuple[Glob, ...] = Field(default=(), alias="except")
    title: tuple[Pattern, ...] = ()
    title_except: tuple[Pattern, ...] = ()
    body: tuple[Pattern, ...] = ()
    text: tuple[Pattern, ...] = ()
    branch: tuple[Pattern, ...] = ()
    labels: tuple[Pattern, ...] = ()
    author: tuple[Pattern, ...] = ()
    added: tuple[Pattern, ...] = ()
    removed: tuple[Pattern, ...] = ()
    changed: tuple[Pattern, ...] = ()
    gone: tuple[GonePattern, ...] = ()
    file_gone: bool = False

    @model_validator(mode="after")
    def _says_when(self) -> Rule:
        keys = ("paths", *TEXTS, *LINES, "gone", "file_gone")
        if not any(getattr(self, key) for key in keys):
            raise ValueError(f"says nothing about when it holds; give one of {', '.join(keys)}")
        return self


class TriageFile(Strict):
    """The whole file; every section may be left out.

    With `extends: triage` the shipped rules follow the own ones.
    """

    extends: Literal["triage"] | None = None
    comments: tuple[str, ...] = ()
    ignore: tuple[FileClass, ...] = ()
    traces: Traces | None = None
    texts: Texts = Texts()
    rules: tuple[Rule, ...] = ()


def read(text: str, file: str, shipped: str | None = None) -> TriageFile:
    """The rules of one file. Raises ConfigError at the first thing that is wrong.

    `shipped` is the text of the file that `extends: triage` builds on.
    """
    found = yamlfile.parse(TriageFile, text, file, EXAMPLES)
    ids = [("ignore", index, each.id) for index, each in enumerate(found.ignore)]
    ids += [("rules", index, each.id) for index, each in enumerate(found.rules)]
    _refuse_twins(ids, text, file)
    if found.extends is None:
        return found
    if shipped is None:
        raise ConfigError(file, 1, "extends", "has nothing here to build on.")
    return _extended(found, read(shipped, "triage.yaml"))


def _extended(own: TriageFile, shipped: TriageFile) -> TriageFile:
    """The own rules before the shipped ones; an own id takes the place of a shipped one."""
    taken = {each.id for each in own.ignore} | {each.id for each in own.rules}
    given = {name: getattr(own, name) for name in own.model_fields_set}
    both = {
        "ignore": (*own.ignore, *(each for each in shipped.ignore if each.id not in taken)),
        "rules": (*own.rules, *(each for each in shipped.rules if each.id not in taken)),
    }
    return shipped.model_copy(update=given | both)


def _refuse_twins(ids: Iterable[tuple[str, int, str]], text: str, file: str) -> None:
    seen: set[str] = set()
    for section, index, name in ids:
        if name in seen:
            line, path = yamlfile.locate(yamlfile.compose(text, file), [section, index, "id"])
            rule = f"{name!r} is already taken; each rule needs an id of its own."
            raise ConfigError(file, line, ".".join(map(str, path)), rule, EXAMPLES["id"])
        seen.add(name)
