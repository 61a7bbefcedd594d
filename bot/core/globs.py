"""Path patterns as people know them from `.gitignore`, turned into RE2 text."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[!?[^\]/]+\]|\{[^{}/]+\}|.", re.DOTALL)
_FIXED = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def to_re2(glob: str) -> str:
    """One glob as a pattern for a whole path; upper and lower case are the same.

    As in `.gitignore`: without a slash inside, the glob matches at any depth; `*` stays within one
    folder, `**` does not; a name also covers everything beneath a folder of that name. Beyond it,
    `{a,b}` means either. Raises ValueError, in words for the keeper of the file.
    """
    if not glob.strip("/ "):
        raise ValueError("must name a path")
    if glob.startswith("!"):
        raise ValueError("cannot begin with an exclamation mark; use `except`")
    if "/" not in glob.rstrip("/"):
        glob = f"**/{glob}"
    folder_only = glob.endswith("/")
    body = "".join(_translate(token) for token in _TOKEN.findall(glob.strip("/")))
    return f"(?i){body}/.*" if folder_only else f"(?i){body}(?:/.*)?"


def _translate(token: str) -> str:
    if token in _FIXED:
        return _FIXED[token]
    if token[0] == "[" and len(token) > 1:
        inside = token[1:-1].replace("\\", "\\\\")
        return f"[^{inside[1:]}]" if inside.startswith("!") else f"[{inside}]"
    if token[0] == "{" and len(token) > 1:
        choices = (
            "".join(_translate(part) for part in _TOKEN.findall(choice))
            for choice in token[1:-1].split(",")
        )
        return f"(?:{'|'.join(choices)})"
    return re.escape(token)
