"""Comments and reactions: https://docs.github.com/en/rest/issues/comments."""

from __future__ import annotations

from bot.sandbox.pull_requests import MAX_BODY
from bot.sandbox.rest.asking import Answer, ApiError, Ask, Route, invalid
from bot.sandbox.shapes import REACTIONS, moment


def comments(ask: Ask) -> Answer:
    """Oldest first; `since` leaves out what was not touched after that time."""
    state = ask.world.state
    number = state.pull(ask.number("number")).number
    there = [comment for comment in state.comments_on(number) if ask.listed(comment.created_at)]
    found = [ask.seen(comment) for comment in there]
    since = ask.query.get("since")
    if since:
        found = [comment for comment in found if (moment(comment.updated_at) or "") >= since]
    return ask.listing(found, ask.shapes.comment)


def of_repository(ask: Ask) -> Answer:
    """Of all pull requests; by default as they were posted, else by `sort` and `direction`."""
    found = [ask.seen(comment) for comment in ask.world.state.comments.values()]
    by_update = ask.query.get("sort") == "updated"
    found.sort(key=lambda c: (c.updated_at if by_update else c.created_at, c.id))
    if ask.query.get("direction") == "desc":
        found.reverse()
    since = ask.query.get("since", "")
    found = [comment for comment in found if (moment(comment.updated_at) or "") >= since]
    return ask.listing(found, ask.shapes.comment)


def create(ask: Ask) -> Answer:
    body = ask.text("body", limit=MAX_BODY, required=True)
    number = ask.number("number")
    comment = ask.world.conversation.say(number, body, ask.by, by_app=ask.by_app)
    return Answer(201, ask.shapes.comment(comment))


def comment(ask: Ask) -> Answer:
    found = ask.seen(ask.world.state.comment(ask.number("id")))
    return Answer(200, ask.shapes.comment(found))


def edit(ask: Ask) -> Answer:
    body = ask.text("body", limit=MAX_BODY, required=True)
    if ask.number("id") in ask.world.state.forbidden:
        raise ApiError(403, "Resource not accessible by integration")
    found = ask.world.conversation.edit(ask.number("id"), body, ask.by)
    return Answer(200, ask.shapes.comment(found))


def delete(ask: Ask) -> Answer:
    ask.world.conversation.delete(ask.number("id"), ask.by)
    return Answer(204)


def react(ask: Ask) -> Answer:
    content = ask.text("content", required=True)
    if content not in REACTIONS:
        raise invalid("content", "invalid")
    reaction, new = ask.world.conversation.react(ask.number("id"), content, ask.by)
    return Answer(201 if new else 200, ask.shapes.reaction(reaction))


def reactions(ask: Ask) -> Answer:
    found = ask.world.state.comment(ask.number("id"))
    return ask.listing(ask.world.conversation.reactions(found.id), ask.shapes.reaction)


def unreact(ask: Ask) -> Answer:
    known = ask.world.state.reactions
    reaction = known.get(ask.number("reaction"))
    if reaction is None or reaction.comment_id != ask.number("id"):
        raise ApiError(404, "Not Found")
    del known[reaction.id]
    return Answer(204)


ISSUES = "/repos/{owner}/{repo}/issues"
ROUTES: list[Route] = [
    ("GET", ISSUES + "/{number}/comments", comments),
    ("POST", ISSUES + "/{number}/comments", create),
    ("GET", ISSUES + "/comments", of_repository),
    ("GET", ISSUES + "/comments/{id}", comment),
    ("PATCH", ISSUES + "/comments/{id}", edit),
    ("DELETE", ISSUES + "/comments/{id}", delete),
    ("GET", ISSUES + "/comments/{id}/reactions", reactions),
    ("POST", ISSUES + "/comments/{id}/reactions", react),
    ("DELETE", ISSUES + "/comments/{id}/reactions/{reaction}", unreact),
]
