"""A decision whose place another took: said on its page, shown on both, in the record."""

from __future__ import annotations

import pytest

from bot.cli.pair import Pair
from bot.core.review import Review
from bot.core.roles import Identity
from tests.flows.people import opened
from tests.pages.visit import Visit, signed_in, words


@pytest.fixture
def author(pair: Pair) -> Visit:
    user = pair.github.state.user("author")
    return signed_in(pair, Identity("github", str(user.id), "Author", "author"))


def merged(pair: Pair) -> Review:
    number = opened(pair)
    assert pair.github.merge(number, bypass=True).merged
    assert pair.settle()
    return record(pair, number)


def record(pair: Pair, number: int) -> Review:
    found = pair.review(number)
    assert found is not None
    return found


def say(visit: Visit, review: Review, by: str) -> str:
    sent = {"csrf": visit.csrf(), "by": by}
    return words(visit.post(f"/reviews/{review.id}/superseded", sent).text)


def test_what_took_its_place_is_shown_on_both_pages_and_in_the_record(
    pair: Pair, author: Visit
) -> None:
    old, new = merged(pair), merged(pair)
    shown = say(author, old, new.pull_request.url)
    assert f"Superseded by {new.subject.title}" in shown
    assert "another decision took its place" in shown
    assert "takes the place of" in words(author.get(f"/reviews/{new.id}").text)
    markdown = author.get(f"/reviews/{old.id}/record.md").text
    assert f'status: "superseded by review {new.id}"' in markdown
    assert author.get(f"/reviews/{old.id}/record.json").json()["superseded_by"] == new.id
    assert (
        "Superseded by" not in say(author, old, "").partition("Why ")[0].partition("decision?")[2]
    )
    assert author.get(f"/reviews/{old.id}/record.json").json()["superseded_by"] is None


def test_every_way_to_name_it_is_understood(pair: Pair, author: Visit) -> None:
    old, new = merged(pair), merged(pair)
    for written in (
        f"{pair.bot_url}/reviews/{new.id}#why", str(new.id), new.subject.name, new.subject.url
    ):  # fmt: skip
        say(author, old, written)
        assert record(pair, old.pull_request.number).course.superseded_by == new.id
        say(author, old, "")


def test_what_cannot_be_is_refused_and_nothing_is_kept(pair: Pair, author: Visit) -> None:
    old, new = merged(pair), merged(pair)
    assert "No review of that name is known" in say(author, old, "acme/shop#99999")
    assert "No review of that name is known" in say(author, old, "javascript:alert(1)")
    assert "That one came before" in say(author, old, str(old.id))
    say(author, old, str(new.id))
    assert "That one came before" in say(author, new, str(old.id))
    still = record(pair, opened(pair))
    assert "It is not decided yet" in say(author, still, str(new.id))
    outsider = pair.github.state.user("outsider")
    other = signed_in(pair, Identity("github", str(outsider.id), "Outsider", "outsider"))
    assert "Only its author" in say(other, new, str(still.id))
    assert record(pair, new.pull_request.number).course.superseded_by == 0
