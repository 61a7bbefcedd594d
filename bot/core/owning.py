"""Whose a pull request is: the team whose files it changes, by path or by CODEOWNERS."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence

from codeowners import path_to_regex

from bot.core import globs
from bot.core.organisation import Organisation, matches
from bot.core.patterns import PatternSet

REMEMBERED = 64  # CODEOWNERS files that stay in memory
UNREAD = ("!", "[", "\\#")  # lines with these GitHub does not read either


def owner_of(
    organisation: Organisation, repository: str, paths: Sequence[str], codeowners: str
) -> str:
    """The team that most of these files belong to; empty where the files name none.

    What `paths` of a team says comes before CODEOWNERS; there a team is meant by its `github`
    names. Of two teams with as many files it is the one that stands first in `organisation.yaml`.
    """
    owners = Counter(_by_path(organisation, repository, paths))
    if not owners and codeowners:
        owners = Counter(_by_codeowners(organisation, paths, codeowners))
    most = max(owners.values(), default=0)
    return next((team.name for team in organisation.teams if owners[team.name] == most > 0), "")


def _by_path(organisation: Organisation, repository: str, paths: Sequence[str]) -> list[str]:
    globs_of = [
        (glob.partition(":")[2], index)
        for index, team in enumerate(organisation.teams)
        for glob in team.paths
        if matches(repository, glob.partition(":")[0])
    ]
    if not globs_of:
        return []
    asked = _paths(tuple(globs_of))
    found = (asked.match(path) for path in paths)
    return [organisation.teams[min(each)].name for each in found if each]


@functools.lru_cache(maxsize=REMEMBERED)
def _paths(globs_of: tuple[tuple[str, int], ...]) -> PatternSet:
    return PatternSet(((globs.to_re2(glob), index) for glob, index in globs_of), whole=True)


def _by_codeowners(organisation: Organisation, paths: Sequence[str], text: str) -> list[str]:
    lines, asked = _codeowners(text)
    named = {name: team.name for team in reversed(organisation.teams) for name in team.on_github}
    found: list[str] = []
    for path in paths:
        last = max(asked.match(path), default=None)
        owners = lines[last] if last is not None else ()
        team = next((named[owner] for owner in owners if owner in named), "")
        found += [team] if team else []
    return found


@functools.lru_cache(maxsize=REMEMBERED)
def _codeowners(text: str) -> tuple[list[tuple[str, ...]], PatternSet]:
    """Each line's owners in small letters, and all its patterns; the last that matches counts."""
    lines: list[tuple[str, ...]] = []
    patterns: list[tuple[str, int]] = []
    for line in text.splitlines():
        words = line.partition(" #")[0].replace("\\ ", "\0").split()
        if not words or words[0].startswith("#") or any(mark in words[0] for mark in UNREAD):
            continue
        # The same pattern for RE2, whose time does not explode; there the end is called \z.
        pattern = path_to_regex(words[0].replace("\0", " ")).pattern.replace("\\Z", "\\z")
        patterns.append((pattern, len(lines)))
        lines.append(tuple(word.lstrip("@").lower() for word in words[1:]))
    return lines, PatternSet(patterns)
