"""Errors, named by who should read them.

    BotError
    ├── UserError            shown to the person who acted; valid Markdown
    ├── ConfigError          shown to who keeps the files: file, line, key, rule, example
    ├── Upstream             a stranger's service did not do what we asked
    │   ├── Transient        try again later; carries the seconds to wait, where the service said so
    │   └── Rejected         final for this request; carries the HTTP status
    │       └── Refused      by Slack; carries its own name for why
    └── Stale                somebody else saved first: load, apply and save again

Caught in three places only: the job layer, the web, the command line.
"""

from __future__ import annotations


class BotError(Exception):
    """Any failure that this program foresees."""


class UserError(BotError):
    """The person who acted can put it right; the message says how, in Markdown."""


class ConfigError(BotError):
    """A checklist file breaks a rule.

    `line` counts from 1; 0 means that the file as a whole is meant. `key` is the dotted path
    inside the file ("rules.3.tier"), empty for the whole file. `more` are further mistakes in the
    same file.
    """

    more: tuple[ConfigError, ...] = ()

    def __init__(self, file: str, line: int, key: str, rule: str, example: str = "") -> None:
        self.file, self.line, self.key, self.rule, self.example = file, line, key, rule, example
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        text = f"{place}: {self.key}: {self.rule}" if self.key else f"{place}: {self.rule}"
        return f"{text} Example: {self.example}" if self.example else text


class Upstream(BotError):
    """GitHub (or another service) did not do what we asked."""


class Transient(Upstream):
    """Worth trying again. `retry_after` is in seconds; None leaves the pace to the job layer.

    `throttle` names what must rest that long as a whole ("github:42"), None if only this request.
    """

    def __init__(
        self, message: str, retry_after: float | None = None, throttle: str | None = None
    ) -> None:
        super().__init__(message)
        self.retry_after, self.throttle = retry_after, throttle


class NotYet(Transient):
    """Our own pace: nothing failed, it is only not yet its turn. Come again after `retry_after`."""


class TimedOut(Transient):
    """No answer in time; it may have been read, and paid for, all the same."""


class Unreachable(Transient):
    """Nobody was there to ask."""


class Rejected(Upstream):
    """Asking again will not help. `status` is the HTTP status; 404 means gone or not visible."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Stale(BotError):
    """The record moved since it was read."""


class Refused(Rejected):
    """Slack will not do that. `reason` is Slack's own name for why, such as `is_archived`."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message, 200)
        self.reason = reason
