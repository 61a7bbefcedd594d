"""Somebody at the pages, over plain HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import requests

from bot.cli.pair import Pair
from bot.core.roles import Identity
from bot.flows.pages.sign_in import sign_in

SECONDS = 20


@dataclass
class Visit:
    """One browser without scripts."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.session.get(self.base + path, timeout=SECONDS, **more)

    def post(self, path: str, data: Any = None, **more: Any) -> requests.Response:
        return self.session.post(self.base + path, data=data, timeout=SECONDS, **more)

    def csrf(self) -> str:
        """The word that our own forms carry."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/mine").text)
        assert found is not None
        return found[1]

    def answer(self, review: int, question: str, **fields: Any) -> requests.Response:
        """Sends the form of one question as it stands on the page, with these fields."""
        seen = re.search(
            rf'name="seen" value="({question}:[^"]+)"', self.get(f"/reviews/{review}").text
        )
        data = {"csrf": self.csrf(), "way": "save", "seen": seen[1] if seen else ""}
        return self.post(f"/reviews/{review}/answers/{question}", data | fields)


def at_the_machine(pair: Pair) -> Visit:
    """Whoever sits at it, by the link that is printed."""
    assert pair.bot is not None
    assert pair.bot.once is not None
    visit = Visit(pair.bot_url)
    answer = visit.get(f"/sign-in/once?word={pair.bot.once.fresh()}")
    assert answer.status_code == 200, answer.text
    return visit


def signed_in(pair: Pair, who: Identity) -> Visit:
    """Somebody for whom a provider vouched."""
    assert pair.bot is not None
    visit = Visit(pair.bot_url)
    visit.session.cookies.set("emptychair", sign_in(pair.bot.world, who))
    return visit


def words(html: str) -> str:
    """What stands on a page, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
