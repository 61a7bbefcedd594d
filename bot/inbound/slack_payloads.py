"""What Slack sends becomes small typed values; of what is not for us nothing is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from bot.core.masking import mask
from bot.flows.slack.facts import (
    AtHome,
    Chosen,
    Commanded,
    Fact,
    Mentioned,
    Message,
    Pressed,
    Sent,
    Who,
    Window,
)
from bot.views.slack_names import Shortcut
from bot.views.slack_names import Window as Windows

Body = Mapping[str, Any]


class Malformed(ValueError):
    """A body that Slack does not send."""


LONGEST = 12_000  # characters of a message that are kept; Slack's own limit is 40,000


def parse(body: Body) -> Fact | None:
    """The fact that a payload tells; None for what is none of ours, and for what bots do."""
    kind = str(body.get("type") or "")
    if kind == "block_actions" and not body["actions"]:
        raise LookupError("no action")
    if "command" in body:
        return _commanded(body)
    match kind:
        case "event_callback":
            return _event(body)
        case "message_action" | "shortcut":
            return _chosen(body)
        case "block_actions":
            return _pressed(body)
        case "view_submission":
            return Sent(_who(body), _window(body["view"]))
    return None


def decoded(raw: bytes) -> Body:
    """The payload in a request: JSON, or a form with JSON in it, or a command's form. Raises
    Malformed for what no listener could read."""
    try:
        body = _decoded(raw)
        parse(body)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Malformed("This is no payload of Slack's.") from error
    for part in ("view", "event"):
        found = body.get(part)
        if found is not None and not (isinstance(found, Mapping) and "type" in found):
            raise Malformed(f"This is no payload of Slack's: its {part} has no type.")
    if "command" in body and not (body.get("user_id") and body.get("channel_id")):
        raise Malformed("This is no command of Slack's: nobody wrote it.")
    return body


def _decoded(raw: bytes) -> Body:
    text = raw.decode()
    if not text.startswith("{"):
        form = {name: values[0] for name, values in parse_qs(text).items()}
        found = json.loads(form["payload"]) if "payload" in form else form
    else:
        found = json.loads(text)
    if not isinstance(found, dict) or not ("command" in found or "type" in found):
        raise TypeError("no payload")
    return found


def identity(body: Body) -> str:
    """What makes a delivery the same when it is sent again: Slack's id of an event; for what people
    press and send the hash of the payload."""
    if body.get("event_id"):
        return f"slack:{str(body['event_id'])[:80]}"
    text = json.dumps(body, sort_keys=True, default=str)
    return f"slack:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"


def _who(body: Body) -> Who:
    user, team = body.get("user") or {}, body.get("team") or {}
    named = user.get("team_id") or team.get("id") or ""
    name = user.get("name") or user.get("username") or ""
    return Who(str(named), str(user.get("id") or ""), str(name))


def _event(body: Body) -> Fact | None:
    event = body.get("event") or {}
    who = Who(str(body.get("team_id") or ""), str(event.get("user") or ""), "")
    if not who.user or event.get("bot_id") or event.get("subtype"):
        return None
    if event.get("type") == "app_home_opened":
        return AtHome(who) if event.get("tab") == "home" else None
    if event.get("type") == "app_mention":
        return Mentioned(who, _message(event, str(event.get("channel") or "")))
    return None


def _message(told: Body, channel: str, masked: bool = False) -> Message:
    text = str(told.get("text") or "")[:LONGEST]
    ts = str(told.get("ts") or "")
    return Message(
        channel=channel,
        ts=ts,
        thread=str(told.get("thread_ts") or ts),
        user="" if told.get("bot_id") else str(told.get("user") or ""),
        text=mask(text).text if masked else text,
    )


def _chosen(body: Body) -> Chosen:
    """What customers said is masked before it is kept anywhere."""
    name = str(body.get("callback_id") or "")
    told, channel = body.get("message"), body.get("channel") or {}
    message = None
    if isinstance(told, Mapping):
        masked = name == Shortcut.EVIDENCE
        message = _message(told, str(channel.get("id") or ""), masked)
    trigger, answer_to = str(body.get("trigger_id") or ""), str(body.get("response_url") or "")
    return Chosen(_who(body), name, trigger, message, answer_to)


def _pressed(body: Body) -> Pressed | None:
    actions = body.get("actions") or []
    if not actions:
        return None
    first, view = actions[0], body.get("view") or {}
    container = body.get("container") or {}
    home = view.get("type") == "home"
    in_window = bool(view) and not home
    return Pressed(
        by=_who(body),
        action=str(first.get("action_id") or "").partition(":")[0],
        value=_value(first),
        block=str(first.get("block_id") or ""),
        trigger=str(body.get("trigger_id") or ""),
        channel=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        message=str(container.get("message_ts") or ""),
        window=_window(view) if in_window else None,
        home=home,
        answer_to=str(body.get("response_url") or ""),
    )


def _value(action: Body) -> str:
    option = action.get("selected_option") or {}
    return str(action.get("value") or option.get("value") or "")


def _window(view: Body) -> Window:
    kind = str(view.get("callback_id") or "")
    values = (view.get("state") or {}).get("values") or {}
    return Window(
        kind=kind,
        name=str(view.get("external_id") or ""),
        metadata=str(view.get("private_metadata") or ""),
        values=_masked(kind, values),
    )


def _masked(kind: str, values: Body) -> Body:
    """Where customers' words are put in, they are masked before they are kept anywhere."""
    if kind not in (Windows.ANSWER, Windows.EVIDENCE, Windows.HEARD):
        return values
    found: dict[str, dict[str, Any]] = {}
    for block, elements in values.items():
        found[block] = {name: _masked_element(element) for name, element in elements.items()}
    return found


def _masked_element(element: Any) -> Any:
    written = element.get("value") if isinstance(element, Mapping) else None
    if not isinstance(written, str) or element.get("type") != "plain_text_input":
        return element
    return {**element, "value": mask(written).text}


def _commanded(body: Body) -> Commanded:
    who = Who(
        str(body.get("team_id") or ""),
        str(body.get("user_id") or ""),
        str(body.get("user_name") or ""),
    )
    return Commanded(
        who,
        str(body.get("text") or "").strip()[:LONGEST],
        str(body.get("channel_id") or ""),
        str(body.get("trigger_id") or ""),
        str(body.get("response_url") or ""),
    )
