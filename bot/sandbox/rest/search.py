"""People by the e-mail address that they show: https://docs.github.com/en/rest/search/search."""

from __future__ import annotations

from bot.sandbox.rest.asking import Answer, Ask, Route


def users(ask: Ask) -> Answer:
    """Whoever shows just this address; here everybody shows `<login>@acme.example`."""
    words = ask.query.get("q", "").split()
    login, _, domain = next((word for word in words if "@" in word), "").partition("@")
    user = ask.world.state.known_user(login) if domain == "acme.example" else None
    found = [{**ask.shapes.user(user), "score": 1.0}] if user is not None else []
    return Answer(200, {"total_count": len(found), "incomplete_results": False, "items": found})


ROUTES: list[Route] = [("GET", "/search/users", users)]
