"""The windows and App Homes of everybody: opened, changed, pushed, closed, as Slack does it."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

from bot.sandbox.slack.records import Json, Place, View
from bot.sandbox.slack.rules.blocks import broken_in_view, too_large
from bot.sandbox.slack.values import kept, named, spots
from bot.sandbox.slack.workspace import Workspace

TRIGGER_SECONDS = 3.0
DEEPEST = 3


class Trouble(Exception):
    """What Slack answers instead: its name for it, and which rules were broken."""

    def __init__(self, error: str, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.error, self.messages = error, messages or []


class Views:
    """One stack of windows for each person, and one App Home."""

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.monotonic) -> None:
        self._workspace, self._clock = workspace, clock
        self._triggers: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def trigger(self, user: str) -> str:
        """A fresh trigger: it opens one window, within three seconds."""
        with self._workspace.lock:
            made = f"{self._workspace.new_id('', 13)}.{self._workspace.new_id('', 32).lower()}"
            self._triggers[made] = (user, self._clock() + TRIGGER_SECONDS)
            return made

    def top(self, user: str) -> View | None:
        """The window in front; None where none is open."""
        with self._workspace.lock:
            stack = self.stacks.get(user) or []
            return stack[-1] if stack else None

    def open(self, trigger: str, view: Any, push: bool = False) -> View:
        """`views.open` and `views.push`."""
        with self._workspace.lock:
            if trigger in self._used:
                raise Trouble("exchanged_trigger_id")
            user, until = self._triggers.get(trigger, ("", 0.0))
            if not user:
                raise Trouble("invalid_trigger_id" if trigger else "invalid_arguments")
            if self._clock() > until:
                raise Trouble("expired_trigger_id")
            checked = self._checked(view, "modal")
            self._unique(checked)
            self._used.add(trigger)
            stack = self.stacks.setdefault(user, []) if push else []
            if len(stack) >= DEEPEST:
                raise Trouble("push_limit_reached")
            made = self._made(user, checked, stack[0].root_id if stack else "")
            self.stacks[user] = [*stack, made]
            return made

    def update(self, args: Json) -> View:
        """`views.update`: by id, or by our own name for it."""
        with self._workspace.lock:
            found = self._found(args)
            if args.get("hash") and args["hash"] != found.hash:
                raise Trouble("hash_conflict")
            return self.change(found, args.get("view"))

    def change(self, found: View, view: Any) -> View:
        """What was typed stays where its field does."""
        checked = self._checked(view, "modal")
        self._unique(checked, found)
        data = self._data(checked)
        found.typed = kept(data["blocks"], found.typed)
        found.data, found.hash, found.errors = data, self._hash(data), {}
        return found

    def publish(self, user: str, view: Any) -> View:
        """`views.publish`."""
        with self._workspace.lock:
            if user not in self._workspace.people:
                raise Trouble("user_not_found")
            checked = self._checked(view, "home")
            self.homes[user] = self._made(user, checked, "")
            return self.homes[user]

    def respond(self, user: str, answer: Json) -> str:
        """What an answer to a submission does to the windows; gives its `response_action`."""
        with self._workspace.lock:
            stack = self.stacks.get(user) or []
            action = str(answer.get("response_action") or "")
            if not stack:
                return action
            if action == "errors":
                stack[-1].errors = dict(answer.get("errors") or {})
            elif action == "update":
                self.change(stack[-1], answer.get("view"))
            elif action == "push":
                made = self._made(user, self._checked(answer.get("view"), "modal"), stack[0].id)
                self.stacks[user] = [*stack, made]
            elif action == "clear":
                self._close(stack)
                self.stacks[user] = []
            else:
                self._close(stack[-1:])
                self.stacks[user] = stack[:-1]
            return action

    def close(self, user: str) -> View | None:
        """The person closes the window in front."""
        with self._workspace.lock:
            stack = self.stacks.get(user) or []
            if not stack:
                return None
            closed = stack.pop()
            self._close([closed])
            return closed

    def _close(self, views: list[View]) -> None:
        for view in views:
            view.is_open = False

    def _found(self, args: Json) -> View:
        for stack in self.stacks.values():
            for view in stack:
                named_so = args.get("external_id") and view.external_id == args["external_id"]
                if named_so or view.id == args.get("view_id"):
                    return view
        raise Trouble("not_found")

    def _checked(self, view: Any, kind: str) -> Json:
        if isinstance(view, str):
            try:
                view = json.loads(view)
            except ValueError:
                raise Trouble("invalid_arguments", ["view: not JSON"]) from None
        broken = broken_in_view(view, kind)
        if broken:
            raise Trouble("invalid_arguments", broken)
        if too_large(view):
            raise Trouble("view_too_large", ["the view is larger than 250 kB"])
        return dict(view)

    def _unique(self, view: Json, but: View | None = None) -> None:
        name = view.get("external_id")
        views = [each for stack in self.stacks.values() for each in stack if each is not but]
        if name and any(each.external_id == name for each in views):
            raise Trouble("duplicate_external_id")

    def _made(self, user: str, view: Json, root: str) -> View:
        data, id = self._data(view), self._workspace.new_id("V")
        return View(id, user, data, self._hash(data), root or id)

    def _data(self, view: Json) -> Json:
        data = copy.deepcopy(view)
        data["blocks"] = named(view["blocks"], lambda: self._workspace.new_id("", 5))
        return data

    def _hash(self, data: Json) -> str:
        text = json.dumps(data, sort_keys=True) + self._workspace.new_id("", 6)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:18]


def place(view: View, action_id: str) -> Place:
    """Where the field of that action stands. Raises KeyError."""
    for spot in spots(view.blocks):
        if spot.place[1] == action_id or spot.place[0] == action_id:
            return spot.place
    known = ", ".join(spot.place[1] for spot in spots(view.blocks))
    raise KeyError(f"no field {action_id} in “{view.title}”; there are {known}")
