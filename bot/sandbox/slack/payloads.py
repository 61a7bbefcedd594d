"""What Slack writes into what it sends, for each thing that a person can do."""

from __future__ import annotations

from bot.sandbox.slack import shapes
from bot.sandbox.slack.records import Ephemeral, Json, Message, Person, View
from bot.sandbox.slack.values import Spot, entry, value_of
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.workspace import APP_ID, Workspace

VERIFICATION = "unused"


class Payloads:
    """`answer_to` makes an address at which the bot can answer one thing."""

    def __init__(self, workspace: Workspace, views: Views) -> None:
        self._workspace, self._views = workspace, views

    def _base(self, kind: str, person: Person) -> Json:
        return {
            "type": kind,
            "token": VERIFICATION,
            "team": shapes.team(self._workspace),
            "user": shapes.user_of_payload(self._workspace, person),
            "api_app_id": APP_ID,
            "is_enterprise_install": False,
            "enterprise": None,
        }

    def event(self, event: Json, event_id: str) -> Json:
        return {
            "token": VERIFICATION,
            "team_id": self._workspace.team,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(self._workspace.clock()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self._workspace.team,
                    "user_id": self._workspace.bot.id,
                    "is_bot": True,
                }
            ],
        }

    def of_message(self, person: Person, name: str, message: Message, answer_to: str) -> Json:
        channel = self._workspace.channels[message.channel]
        return self._base("message_action", person) | {
            "callback_id": name,
            "trigger_id": self._views.trigger(person.id),
            "response_url": answer_to,
            "message_ts": message.ts,
            "channel": shapes.channel_of_payload(channel),
            "message": shapes.message(self._workspace, message),
            "action_ts": self._workspace.new_ts(),
        }

    def of_everywhere(self, person: Person, name: str) -> Json:
        return self._base("shortcut", person) | {
            "callback_id": name,
            "trigger_id": self._views.trigger(person.id),
            "action_ts": self._workspace.new_ts(),
        }

    def command(
        self, person: Person, channel: str, command: str, text: str, answer_to: str
    ) -> Json:
        found = self._workspace.channels[channel]
        return {
            "token": VERIFICATION,
            "team_id": self._workspace.team,
            "team_domain": self._workspace.domain,
            "channel_id": channel,
            "channel_name": shapes.told_name(found),
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": answer_to,
            "trigger_id": self._views.trigger(person.id),
        }

    def pressed_in_message(
        self, person: Person, message: Message | Ephemeral, spot: Spot, value: object, to: str
    ) -> Json:
        ephemeral = isinstance(message, Ephemeral)
        channel = self._workspace.channels[message.channel]
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = self._base("block_actions", person) | {
            "trigger_id": self._views.trigger(person.id),
            "channel": shapes.channel_of_payload(channel),
            "container": container,
            "response_url": to,
            "state": {"values": {}},
            "actions": [self._action(spot, value)],
        }
        if isinstance(message, Message):
            payload["message"] = shapes.message(self._workspace, message)
        return payload

    def pressed_in_view(self, person: Person, view: View, spot: Spot, value: object) -> Json:
        return self._base("block_actions", person) | {
            "trigger_id": self._views.trigger(person.id),
            "container": {"type": "view", "view_id": view.id},
            "view": shapes.view(self._workspace, view),
            "actions": [self._action(spot, value)],
        }

    def submitted(self, person: Person, view: View) -> Json:
        return self._base("view_submission", person) | {
            "trigger_id": self._views.trigger(person.id),
            "view": shapes.view(self._workspace, view),
            "response_urls": [],
        }

    def closed(self, person: Person, view: View) -> Json:
        told = {"view": shapes.view(self._workspace, view), "is_cleared": False}
        return self._base("view_closed", person) | told

    def _action(self, spot: Spot, value: object) -> Json:
        block_id, action_id = spot.place
        told: Json = {"type": spot.type, "action_id": action_id, "block_id": block_id}
        told["action_ts"] = self._workspace.new_ts()
        if spot.type == "button":
            return told | {"text": spot.element["text"], "value": spot.element.get("value")}
        if spot.type == "overflow":
            options = spot.element["options"]
            picked = next(option for option in options if option["value"] == value)
            return told | {"selected_option": picked}
        return told | entry(spot.element, value)


def typed_value(view: View, spot: Spot) -> object:
    """What stands in a field of a window now."""
    return value_of(spot, view.typed)
