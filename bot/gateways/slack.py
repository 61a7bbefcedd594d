"""Slack through slack_sdk: each call once, its refusals in our words. Trying again is for jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.core.proposal import Channel
from bot.errors import Refused, Transient
from bot.gateways.remembered import Remembered
from bot.gateways.slack_errors import Limits, meaning, unreached
from bot.ports_slack import Payload, Profile, Written

SECONDS = 10  # for an answer
TRIGGER_SECONDS = 2  # for opening a window: its trigger lasts three
KNOWN_SECONDS = 300  # for which people are believed
MEMBERS_SECONDS = 60.0  # who left a channel sees nothing of it after that
LOOKED_THROUGH = 200  # messages of a thread or channel that are searched for ours
EVENT_TYPE = "emptychair_card"  # of the metadata by which we know our own messages


class SlackGateway:
    """One workspace; the token stays in memory."""

    def __init__(self, token: str, base_url: str) -> None:
        self._client = _client(token, base_url, SECONDS)
        self._hurried = _client(token, base_url, TRIGGER_SECONDS)
        self._limits = Limits()
        self._profiles: Remembered[Profile] = Remembered(KNOWN_SECONDS)
        self._members: Remembered[frozenset[str]] = Remembered(MEMBERS_SECONDS)

    def open_view(self, trigger: str, view: Payload) -> None:
        self._ask("views.open", {"trigger_id": trigger, "view": view}, self._hurried)

    def update_view(self, external_id: str, view: Payload) -> None:
        self._ask("views.update", {"external_id": external_id, "view": view})

    def publish_home(self, user: str, view: Payload) -> None:
        self._ask("views.publish", {"user_id": user, "view": view})

    def post(self, channel: str, thread: str, message: Payload, key: str) -> str:
        mark = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
        args = {**message, "channel": channel, "metadata": mark}
        if thread:
            args["thread_ts"] = thread
        return str(self._ask("chat.postMessage", args)["ts"])

    def find(self, channel: str, thread: str, key: str) -> str:
        args: dict[str, Any] = {"channel": channel, "include_all_metadata": True}
        args |= {"limit": LOOKED_THROUGH}
        method = "conversations.history"
        if thread:
            method, args = "conversations.replies", args | {"ts": thread}
        try:
            messages = self._ask(method, args, form=True)["messages"]
        except Refused:  # we may write there and not read
            return ""
        for message in messages:
            mark = message.get("metadata") or {}
            payload = mark.get("event_payload") or {}
            if mark.get("event_type") == EVENT_TYPE and payload.get("key") == key:
                return str(message["ts"])
        return ""

    def edit(self, channel: str, ts: str, message: Payload) -> None:
        shown = {name: message[name] for name in ("text", "blocks")}
        self._ask("chat.update", {**shown, "channel": channel, "ts": ts})

    def whisper(self, channel: str, user: str, thread: str, message: Payload) -> None:
        args = {**message, "channel": channel, "user": user}
        self._ask("chat.postEphemeral", args | ({"thread_ts": thread} if thread else {}))

    def respond(self, url: str, message: Payload) -> None:
        webhook = WebhookClient(url, timeout=SECONDS)
        webhook.retry_handlers.clear()
        body = {**message, "response_type": "ephemeral", "replace_original": False}
        try:
            answer = webhook.send_dict(body)
        except (OSError, SlackClientError) as error:
            raise unreached("response_url", error) from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise Transient(f"Slack answered {answer.status_code} to response_url")
        if answer.status_code != 200:
            raise Refused(f"Slack does not take it: {answer.body[:80]}", answer.body[:80])

    def channel(self, id: str, team: str) -> Channel:
        told = self._ask("conversations.info", {"channel": id}, form=True)["channel"]
        open_to_all = told.get("is_channel", False) and told.get("is_private") is False
        return Channel(id, team, str(told.get("name") or ""), private=not open_to_all)

    def members(self, channel: str) -> frozenset[str]:
        return self._members.get(channel, lambda: self._in(channel))

    def _in(self, channel: str) -> frozenset[str]:
        found: set[str] = set()
        cursor = ""
        while True:
            args = {"channel": channel, "limit": 1000, "cursor": cursor}
            told = self._ask("conversations.members", args, form=True)
            found |= {str(each) for each in told.get("members") or ()}
            cursor = str((told.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return frozenset(found)

    def profile(self, user: str) -> Profile:
        return self._profiles.get(user, lambda: self._profile(user))

    def _profile(self, user: str) -> Profile:
        told = self._ask("users.info", {"user": user}, form=True)["user"]
        shown = told.get("profile") or {}
        name = shown.get("display_name") or shown.get("real_name") or told.get("name") or user
        return Profile(user, str(name), str(shown.get("email") or ""), bool(told.get("is_bot")))

    def message(self, channel: str, ts: str) -> Written | None:
        args = {"channel": channel, "ts": ts, "limit": 1, "inclusive": True}
        try:
            told = self._ask("conversations.replies", args, form=True)["messages"]
        except Refused:
            return None
        found = next((each for each in told if each.get("ts") == ts), None)
        if found is None:
            return None
        thread = str(found.get("thread_ts") or ts)
        return Written(ts, thread, str(found.get("user") or ""), str(found.get("text") or ""))

    def permalink(self, channel: str, ts: str) -> str:
        args = {"channel": channel, "message_ts": ts}
        try:
            return str(self._ask("chat.getPermalink", args, form=True)["permalink"])
        except Refused:
            return ""

    def web_client(self) -> WebClient:
        """The client itself, for what opens a socket."""
        return self._client

    def team(self) -> tuple[str, str]:
        """The workspace that the token belongs to, and our own user there."""
        told = self._ask("auth.test", {})
        return str(told["team_id"]), str(told["user_id"])

    def _ask(
        self,
        method: str,
        args: Mapping[str, Any],
        client: WebClient | None = None,
        form: bool = False,
    ) -> Mapping[str, Any]:
        """One call. Methods that read take a form, and no JSON."""
        self._limits.ready(method)
        sent: dict[str, Any] = {"data": _plain(args)} if form else {"json": dict(args)}
        try:
            answer = (client or self._client).api_call(method, **sent)
        except (SlackClientError, URLError, OSError, ValueError) as error:
            raise meaning(method, error, self._limits) from error
        data = answer.data
        if not isinstance(data, dict):
            raise Transient(f"Slack answered nonsense to {method}")
        return data


def _client(token: str, base_url: str, seconds: int) -> WebClient:
    base = base_url.rstrip("/") + "/"
    client = WebClient(token, base_url=base, timeout=seconds)
    client.retry_handlers.clear()  # the job layer tries again
    return client


def _plain(args: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value) if isinstance(value, bool | dict | list) else value
        for name, value in args.items()
    }
