"""The App Home of one person, made equal to the record."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from bot.core.deciding import counted
from bot.core.organisation import UNMAPPED
from bot.core.refs import ref
from bot.core.review import Review
from bot.flows.slack.command import what_next
from bot.flows.slack.counts import PERIOD, team_line
from bot.flows.world import World
from bot.store import proposals, reviews, slack_people
from bot.store.slack_people import Person
from bot.views.slack_home import HomeLine, HomeView, shown

MOST = 100  # reviews of one list
LATELY = timedelta(days=30)


def publish_home(world: World, team: str, user: str, page: int = 0) -> None:
    """Show somebody what is theirs, what waits for them, and how their team does."""
    with world.store.read() as connection:
        person = slack_people.find(connection, team, user)
        if person is None:
            return
        view = _view(world, connection, person, page)
    world.slack.publish_home(user, shown(view))


def _view(world: World, connection: Connection, person: Person, page: int) -> HomeView:
    since = world.clock() - LATELY
    mine = proposals.load_all(
        connection, proposals.open_of(connection, person.ids, proposals.OWNER, MOST)
    )
    asked = proposals.load_all(
        connection, proposals.open_of(connection, person.ids, proposals.REVIEWER, MOST)
    )
    done = proposals.load_all(connection, proposals.decided_of(connection, person.ids, since, MOST))
    waiting = [r for r in asked if not _said(r, person)]
    pulls = reviews.open_by(connection, person.github.id, MOST) if person.github else []
    lines = [_line(r) for r in mine] + [_pull(r) for r in pulls]
    team = _team(world, [*mine, *asked])
    return HomeView(
        mine=lines,
        waiting=[_line(review) for review in waiting],
        decided=[_line(review, decided=True) for review in done],
        team=team_line(world, team),
        page=page,
        weeks=PERIOD.days // 7,
    )


def _said(review: Review, person: Person) -> bool:
    return any(consent.by.id in person.ids for consent in review.course.consents)


def _line(review: Review, decided: bool = False) -> HomeLine:
    decision = review.course.decision
    then = str(decision.resolution) if decided and decision else what_next(review)
    if not decided and (given := len(counted(review))):
        then += f", {given} given"
    channel = review.proposal.channel
    return HomeLine(
        ref=str(ref(review.subject)),
        title=review.subject.title,
        url=review.subject.url,
        where=f"#{channel.name}" if channel.name else "a channel",
        tier=str(review.tier),
        then=then,
        due=None if decided else review.course.due,
    )


def _pull(review: Review) -> HomeLine:
    subject = review.pull_request
    return HomeLine(
        ref=str(ref(subject)),
        title=subject.title,
        url=subject.url,
        where=subject.name,
        tier=str(review.tier),
        then=what_next(review),
        acts=False,
    )


def _team(world: World, mine: list[Review]) -> str:
    """The team whose channel somebody proposes in most lately; all where none is named."""
    organisation = world.catalog.organisation
    for review in mine:
        channel = review.proposal.channel
        team = organisation.team_of_channel(channel.id, channel.name)
        if team != UNMAPPED:
            return team
    return ""
