"""What a person can do on a page: one small function for each form, each giving a notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from bot.sandbox.conversation import ticked
from bot.sandbox.records import FileChange, PullRequest, Refused, User
from bot.sandbox.versions import fingerprint
from bot.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Press:
    """One submitted form: who, where, what was filled in."""

    world: World
    pull: PullRequest
    by: User
    fields: dict[str, str]

    def text(self, name: str) -> str:
        return self.fields.get(name, "")

    def number(self, name: str) -> int:
        text = self.text(name)
        if not text.isascii() or not text.isdigit():
            raise Refused("This form is incomplete. Please reload the page.")
        return int(text)


def fields_of(raw: bytes) -> dict[str, str]:
    """The fields of a form as browsers send it; of a name that comes twice the last one counts."""
    return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))


def submit(act: str, press: Press) -> str:
    """Does it and gives a notice, often empty. Raises Refused with a kind sentence."""
    if act not in ACTS:
        raise Refused("This button is unknown. Please reload the page.")
    with press.world.state.lock:
        return ACTS[act](press) or ""


def _tick(press: Press) -> None:
    comment = press.world.state.comment(press.number("comment"))
    _unchanged(press, comment.body, "This comment")
    press.world.conversation.tick(comment.id, press.number("box"), press.by)


def _tick_description(press: Press) -> None:
    body = press.pull.body or ""
    _unchanged(press, body, "The description")
    body, _ = ticked(body, press.number("box"), None)
    press.world.pulls.edit(press.pull.number, press.by, body=body)


def _unchanged(press: Press, body: str, what: str) -> None:
    if press.text("seen") != fingerprint(body):
        raise Refused(f"{what} changed in the meantime. Please look again, then tick.")


def _comment(press: Press) -> None:
    press.world.conversation.say(press.pull.number, press.text("body"), press.by)


def _edit_comment(press: Press) -> None:
    press.world.conversation.edit(press.number("comment"), press.text("body"), press.by)


def _delete_comment(press: Press) -> str:
    press.world.conversation.delete(press.number("comment"), press.by)
    return "The comment is deleted."


def _push(press: Press) -> str:
    path = press.text("path").strip().strip("/")
    if not path:
        raise Refused("Which file does the commit change? A name such as src/cart.py is enough.")
    lines = press.text("line").splitlines() or [""]
    patch = f"@@ -0,0 +1,{len(lines)} @@\n" + "\n".join(f"+{line}" for line in lines)
    file = FileChange(path, additions=len(lines), patch=patch)
    sha = press.world.pulls.push(press.pull.number, [file], press.by)
    return f"Pushed {sha[:7]}: {path}."


def _edit(press: Press) -> None:
    title = press.text("title").strip()
    if not title:
        raise Refused("A pull request needs a title.")
    press.world.pulls.edit(press.pull.number, press.by, title=title, body=press.text("body"))


def _label(press: Press) -> None:
    name = press.text("label").strip()
    if not press.world.state.can_write(press.by.login):
        raise Refused(f"Labels take write access, and {press.by.login} has none.")
    if name:
        on = name not in press.pull.labels
        press.world.pulls.label(press.pull.number, name, press.by, on=on)


def _draft(press: Press) -> None:
    press.world.pulls.set_draft(press.pull.number, not press.pull.draft, press.by)


def _close(press: Press) -> None:
    press.world.pulls.close(press.pull.number, press.by)


def _reopen(press: Press) -> None:
    press.world.pulls.reopen(press.pull.number, press.by)


def _merge(press: Press) -> str:
    bypass = press.text("bypass") == "yes"
    result = press.world.merging.merge(press.pull.number, press.by, bypass=bypass)
    if not result.merged:
        raise Refused(f"Not merged. {result.message}")
    return result.message


def _queue(press: Press) -> str:
    why_not = press.world.merging.obstacle(press.pull, press.by.login)
    if why_not:
        raise Refused(f"Not queued. {why_not}")
    press.world.merging.queue(press.pull.number, press.by)
    return "In the merge queue; it merges when the check passes there, too."


def _rerun(press: Press) -> str:
    press.world.checks.rerun(press.number("check"), press.by)
    return "Asked the check to run again."


def _press(press: Press) -> None:
    press.world.checks.press(press.number("check"), press.text("identifier"), press.by)


ACTS: dict[str, Callable[[Press], str | None]] = {
    "tick": _tick,
    "tick-description": _tick_description,
    "comment": _comment,
    "edit-comment": _edit_comment,
    "delete-comment": _delete_comment,
    "push": _push,
    "edit": _edit,
    "label": _label,
    "draft": _draft,
    "close": _close,
    "reopen": _reopen,
    "merge": _merge,
    "queue": _queue,
    "rerun": _rerun,
    "press": _press,
}
