"""What the stand-in knows, written as Slack writes it in answers and payloads."""

from __future__ import annotations

from bot.sandbox.slack.records import Channel, Json, Message, Person, View
from bot.sandbox.slack.values import state_values
from bot.sandbox.slack.workspace import APP_ID, BOT_ID, Workspace


def team(workspace: Workspace) -> Json:
    return {"id": workspace.team, "domain": workspace.domain}


def user_of_payload(workspace: Workspace, person: Person) -> Json:
    name = person.name
    return {"id": person.id, "username": name, "name": name, "team_id": workspace.team}


def channel_of_payload(channel: Channel) -> Json:
    """What a payload tells of a channel: of a private one not even its name."""
    return {"id": channel.id, "name": told_name(channel)}


def told_name(channel: Channel) -> str:
    if channel.im_with:
        return "directmessage"
    return "privategroup" if channel.private else channel.name


def user(workspace: Workspace, person: Person, *, with_email: bool) -> Json:
    profile: Json = {"real_name": person.name, "display_name": person.name, "team": workspace.team}
    if with_email and person.email:
        profile["email"] = person.email
    return {
        "id": person.id,
        "team_id": workspace.team,
        "name": person.name,
        "real_name": person.name,
        "deleted": False,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": 0,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "profile": profile,
    }


def channel(found: Channel) -> Json:
    if found.im_with:
        return {"id": found.id, "is_im": True, "user": found.im_with, "is_archived": False}
    return {
        "id": found.id,
        "name": found.name,
        "name_normalized": found.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": found.private,
        "is_archived": found.archived,
        "is_member": found.bot_is_member,
        "is_general": False,
    }


def message(workspace: Workspace, found: Message, *, with_metadata: bool = False) -> Json:
    """One message, as in answers, in the history and in payloads."""
    shape: Json = {"type": "message", "user": found.user, "text": found.text, "ts": found.ts}
    shape["team"] = workspace.team
    if found.bot_id:
        profile = {"id": BOT_ID, "app_id": APP_ID, "name": workspace.bot.name}
        shape |= {"bot_id": found.bot_id, "app_id": APP_ID, "bot_profile": profile}
    if found.blocks:
        shape["blocks"] = found.blocks
    if found.edited:
        shape["edited"] = {"user": found.user, "ts": found.ts}
    if with_metadata and found.metadata:
        shape["metadata"] = found.metadata
    return shape | _thread(workspace, found)


def _thread(workspace: Workspace, found: Message) -> Json:
    if found.is_reply:
        parent = workspace.message(found.channel, found.thread_ts)
        said_first = {"parent_user_id": parent.user} if parent else {}
        return {"thread_ts": found.thread_ts, **said_first}
    replies = [
        m for m in workspace.messages_in(found.channel, found.ts) if m.is_reply and not m.deleted
    ]
    if not replies:
        return {}
    return {
        "thread_ts": found.ts,
        "reply_count": len(replies),
        "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
        "latest_reply": replies[-1].ts,
    }


def view(workspace: Workspace, found: View) -> Json:
    """One view with what was put in so far."""
    sent = found.data
    return {
        "id": found.id,
        "team_id": workspace.team,
        "type": sent["type"],
        "title": sent.get("title"),
        "close": sent.get("close"),
        "submit": sent.get("submit"),
        "blocks": sent["blocks"],
        "private_metadata": found.private_metadata,
        "callback_id": found.callback_id,
        "external_id": found.external_id,
        "state": {"values": state_values(found.blocks, found.typed)},
        "hash": found.hash,
        "clear_on_close": bool(sent.get("clear_on_close")),
        "notify_on_close": bool(sent.get("notify_on_close")),
        "root_view_id": found.root_id,
        "previous_view_id": found.previous_id or None,
        "app_id": APP_ID,
        "app_installed_team_id": workspace.team,
        "bot_id": BOT_ID,
    }
