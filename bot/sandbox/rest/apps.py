"""The App and its installation: https://docs.github.com/en/rest/apps."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from bot.sandbox.app_shapes import PERMISSIONS
from bot.sandbox.records import Delivery
from bot.sandbox.rest.asking import Answer, ApiError, Ask, Route
from bot.sandbox.shapes import Json, moment
from bot.sandbox.tokens import HOURLY_LIMIT

KEPT = timedelta(days=3)  # for which GitHub lists a delivery and sends it again


def app(ask: Ask) -> Answer:
    return Answer(200, ask.shapes.app())


def installations(ask: Ask) -> Answer:
    return ask.listing([None], lambda _: ask.shapes.installation())


def installation(ask: Ask) -> Answer:
    if "id" in ask.path:
        _known(ask)
    return Answer(200, ask.shapes.installation())


def access_token(ask: Ask) -> Answer:
    _known(ask)
    token = ask.world.tokens.issue()
    body = {
        "token": token.value,
        "expires_at": moment(token.expires_at),
        "permissions": ask.body.get("permissions") or PERMISSIONS,
        "repository_selection": "selected",
    }
    return Answer(201, body)


def repositories(ask: Ask) -> Answer:
    if not ask.by_app:
        raise ApiError(403, "You must authenticate with an installation access token.")
    return ask.counted("repositories", [None], lambda _: ask.shapes.repository())


def deliveries(ask: Ask) -> Answer:
    """Newest first; every attempt of the last three days is listed.

    Pages are found by a cursor, which names the delivery that a page begins with.
    """
    known = [delivery for delivery in ask.world.webhooks.deliveries if delivery.status is not None]
    sent = [delivery for delivery in known[::-1] if not _too_old(ask, delivery)]
    begin = ask.query.get("cursor")
    at = 0
    if begin is not None:
        ids = [_cursor(delivery) for delivery in sent]
        if begin not in ids:
            raise ApiError(400, "Invalid cursor")
        at = ids.index(begin)
    shown, rest = sent[at : at + ask.size], sent[at + ask.size :]
    links = {}
    if rest:
        query = urlencode(ask.query | {"cursor": _cursor(rest[0])})
        links = {"Link": f'<{ask.url}?{query}>; rel="next"'}
    return Answer(200, [_delivery(ask, delivery) for delivery in shown], links)


def redeliver(ask: Ask) -> Answer:
    """GitHub documents 400 and 422 as refusals, and not which of them an old delivery gets."""
    number = ask.number("id")
    found = next((known for known in ask.world.webhooks.deliveries if known.id == number), None)
    if found is None:
        raise ApiError(404, "Not Found")
    if _too_old(ask, found):
        raise ApiError(422, "This delivery is too old to be redelivered.")
    ask.world.webhooks.redeliver(found.guid)
    return Answer(202, {})


def rate_limit(_ask: Ask) -> Answer:
    """The numbers are those of the headers; asking costs nothing."""
    core: Json = {"limit": HOURLY_LIMIT, "used": 0, "remaining": HOURLY_LIMIT, "reset": 0}
    return Answer(200, {"resources": {"core": core, "search": core, "graphql": core}, "rate": core})


def _known(ask: Ask) -> None:
    state = ask.world.state
    if ask.number("id") != state.installation_id or not state.installed:
        raise ApiError(404, "Not Found")


def _too_old(ask: Ask, delivery: Delivery) -> bool:
    at = delivery.delivered_at
    return at is not None and at < ask.world.state.clock() - KEPT


def _cursor(delivery: Delivery) -> str:
    return f"v1_{delivery.id}"


def _delivery(ask: Ask, delivery: Delivery) -> Json:
    ok = delivery.status is not None and 200 <= delivery.status < 300
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": moment(delivery.delivered_at),
        "redelivery": delivery.redelivery,
        "duration": round(delivery.seconds, 2),
        "status": "OK" if ok else "failed to connect to host" if not delivery.status else "Error",
        "status_code": delivery.status or 0,
        "throttled_at": None,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": ask.world.state.installation_id,
        "repository_id": ask.world.state.repository_id,
    }


AS_APP: list[Route] = [
    ("GET", "/app", app),
    ("GET", "/app/installations", installations),
    ("GET", "/app/installations/{id}", installation),
    ("POST", "/app/installations/{id}/access_tokens", access_token),
    ("GET", "/app/hook/deliveries", deliveries),
    ("POST", "/app/hook/deliveries/{id}/attempts", redeliver),
    ("GET", "/repos/{owner}/{repo}/installation", installation),
]
ROUTES: list[Route] = [
    ("GET", "/installation/repositories", repositories),
    ("GET", "/rate_limit", rate_limit),
]
