"""The Web API: what each method does, and the names of what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bot.sandbox.slack import shapes
from bot.sandbox.slack.records import Channel, Json, Message
from bot.sandbox.slack.rules.blocks import broken_in_message
from bot.sandbox.slack.values import named
from bot.sandbox.slack.views import Trouble, Views
from bot.sandbox.slack.workspace import BOT_ID, Workspace

LONGEST = 40_000


class Api:
    """One method a name; each takes the arguments and gives what stands beside `ok`."""

    def __init__(self, workspace: Workspace, views: Views, socket: Callable[[], str]) -> None:
        self._workspace, self._views, self._socket = workspace, views, socket
        self.methods: dict[str, Callable[[Json], Json]] = {
            "api.test": lambda args: {"args": args},
            "auth.test": self._auth,
            "apps.connections.open": lambda _: {"url": self._socket()},
            "views.open": lambda args: self._view(
                self._views.open(str(args.get("trigger_id") or ""), args.get("view"))
            ),
            "views.push": lambda args: self._view(
                self._views.open(str(args.get("trigger_id") or ""), args.get("view"), push=True)
            ),
            "views.update": lambda args: self._view(self._views.update(args)),
            "views.publish": lambda args: self._view(
                self._views.publish(str(args.get("user_id") or ""), args.get("view"))
            ),
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._whisper,
            "chat.getPermalink": self._permalink,
            "conversations.info": lambda args: {
                "channel": shapes.channel(self._seen(args["channel"]))
            },
            "conversations.members": self._members,
            "conversations.replies": self._replies,
            "conversations.history": self._history,
            "users.info": self._user,
            "users.lookupByEmail": self._by_email,
        }

    def call(self, method: str, args: Json) -> Json:
        """What a method answers beside `ok`. Raises Trouble."""
        work = self.methods.get(method)
        if work is None:
            raise Trouble("unknown_method")
        with self._workspace.lock:
            try:
                return work(args)
            except KeyError as error:
                raise Trouble("invalid_arguments", [f"missing required field: {error}"]) from None

    def _auth(self, _args: Json) -> Json:
        space = self._workspace
        return {
            "url": f"https://{space.domain}.slack.com/",
            "team": space.domain,
            "team_id": space.team,
            "user": space.bot.name,
            "user_id": space.bot.id,
            "bot_id": BOT_ID,
        }

    def _view(self, view: Any) -> Json:
        return {"view": shapes.view(self._workspace, view)}

    # -- messages ---------------------------------------------------------------------------------

    def _post(self, args: Json) -> Json:
        channel = self._writable(args["channel"])
        blocks = self._blocks(args)
        thread = str(args.get("thread_ts") or "")
        if thread and self._workspace.message(channel.id, thread) is None:
            raise Trouble("thread_not_found")
        made = Message(
            channel.id,
            self._workspace.new_ts(),
            self._workspace.bot.id,
            str(args.get("text") or ""),
            BOT_ID,
            blocks,
            thread,
            _object(args.get("metadata")),
        )
        self._workspace.add(made)
        told = shapes.message(self._workspace, made)
        return {"channel": channel.id, "ts": made.ts, "message": told}

    def _update(self, args: Json) -> Json:
        channel = self._writable(args["channel"])
        found = self._workspace.message(channel.id, args["ts"])
        if found is None or found.deleted:
            raise Trouble("message_not_found")
        if found.bot_id != BOT_ID:
            raise Trouble("cant_update_message")
        found.blocks, found.text = self._blocks(args), str(args.get("text") or "")
        found.edited = True
        return {"channel": channel.id, "ts": found.ts, "text": found.text}

    def _delete(self, args: Json) -> Json:
        channel = self._writable(args["channel"])
        found = self._workspace.message(channel.id, args["ts"])
        if found is None or found.deleted:
            raise Trouble("message_not_found")
        found.deleted = True
        return {"channel": channel.id, "ts": found.ts}

    def _whisper(self, args: Json) -> Json:
        channel = self._writable(args["channel"])
        if not channel.has(args["user"]):
            raise Trouble("user_not_in_channel")
        blocks, thread = self._blocks(args), str(args.get("thread_ts") or "")
        made = self._workspace.whisper(
            args["user"], channel.id, str(args.get("text") or ""), blocks, thread
        )
        return {"message_ts": made.ts}

    def _permalink(self, args: Json) -> Json:
        channel = self._seen(args["channel"])
        found = self._workspace.message(channel.id, args["message_ts"])
        if found is None:
            raise Trouble("message_not_found")
        thread = found.thread_ts if found.is_reply else ""
        return {
            "channel": channel.id,
            "permalink": self._workspace.permalink(channel.id, found.ts, thread),
        }

    def _blocks(self, args: Json) -> list[Json]:
        given = args.get("blocks")
        if isinstance(given, str):
            try:
                given = json.loads(given)
            except ValueError:
                raise Trouble("invalid_blocks", ["blocks: not JSON"]) from None
        if not given and not args.get("text"):
            raise Trouble("no_text")
        if len(str(args.get("text") or "")) > LONGEST:
            raise Trouble("msg_too_long")
        broken = broken_in_message(given or [])
        if broken:
            raise Trouble("invalid_blocks", broken)
        return _named(self._workspace, given or [])

    # -- channels and people ----------------------------------------------------------------------

    def _seen(self, id: str) -> Channel:
        found = self._workspace.channels.get(id)
        if found is None or (found.private and not found.bot_is_member):
            raise Trouble("channel_not_found")
        return found

    def _writable(self, id: str) -> Channel:
        found = self._seen(id)
        if found.archived:
            raise Trouble("is_archived")
        return found

    def _members(self, args: Json) -> Json:
        found = self._seen(args["channel"])
        everybody = (person.id for person in self._workspace.people.values())
        inside = sorted(id for id in everybody if found.has(id))
        return {"members": inside, "response_metadata": {"next_cursor": ""}}

    def _replies(self, args: Json) -> Json:
        channel = self._readable(args["channel"])
        found = self._workspace.message(channel.id, args["ts"])
        if found is None or found.deleted:
            raise Trouble("thread_not_found")
        if found.is_reply and found.ts == args["ts"]:
            return self._told([found], args)
        return self._told(self._workspace.messages_in(channel.id, found.ts), args)

    def _history(self, args: Json) -> Json:
        channel = self._readable(args["channel"])
        messages = [m for m in self._workspace.messages_in(channel.id) if not m.is_reply]
        return self._told(messages[::-1], args)

    def _readable(self, id: str) -> Channel:
        found = self._seen(id)
        if not found.bot_is_member:
            raise Trouble("not_in_channel")
        return found

    def _told(self, messages: list[Message], args: Json) -> Json:
        most = int(args.get("limit") or 100)
        shown = [message for message in messages if not message.deleted][:most]
        everything = str(args.get("include_all_metadata")).lower() in ("true", "1")
        told = [shapes.message(self._workspace, m, with_metadata=everything) for m in shown]
        return {"messages": told, "has_more": False}

    def _user(self, args: Json) -> Json:
        found = self._workspace.people.get(args["user"])
        if found is None:
            raise Trouble("user_not_found")
        return {"user": shapes.user(self._workspace, found, with_email=True)}

    def _by_email(self, args: Json) -> Json:
        for person in self._workspace.people.values():
            if person.email and person.email.lower() == str(args["email"]).lower():
                return {"user": shapes.user(self._workspace, person, with_email=True)}
        raise Trouble("users_not_found")


def _named(workspace: Workspace, blocks: list[Json]) -> list[Json]:
    return named(blocks, lambda: workspace.new_id("", 5))


def _object(given: Any) -> Json:
    if isinstance(given, str):
        given = json.loads(given)
    return dict(given) if isinstance(given, dict) else {}
