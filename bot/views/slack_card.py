"""The living card below a proposal: one message that says where it stands and what is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.deciding import owner
from bot.core.gate import Gate, Standing, standing
from bot.core.refs import ref
from bot.core.review import Review, State
from bot.core.tier import Tier
from bot.views import words
from bot.views.slack_blocks import actions, context, fit, message, rich_quote, section
from bot.views.slack_card_lines import (
    consents,
    decided,
    gaps,
    progress,
    questions,
    silent,
    waiting,
    waivers,
)
from bot.views.slack_inputs import button, option, select
from bot.views.slack_limits import MESSAGE_BLOCKS, Block
from bot.views.slack_names import Press, Window
from bot.views.slack_people import Users, called
from bot.views.slack_text import link, mrkdwn

CHAIR = "🪑"
MORE = (
    (Window.CONSENT, "Consent or object"),
    (Window.INAPPLICABLE, "A question does not apply"),
    (Window.WAIVE, "Waive"),
    (Window.ASSIGN, "Change the owner"),
    (Window.REVIEWER, "Ask a reviewer"),
    (Window.TIER, "Ask more, or less"),
    (Window.DUE, "Change the due date"),
    (Window.LINK, "Link a pull request"),
    (Window.DISMISS, "Not a decision"),
)


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A linked pull request as the card shows it. `pair` names both for the buttons; `confirmed`:
    it counts."""

    text: str
    url: str
    confirmed: bool
    pair: str
    by: str = ""


def card(
    review: Review,
    users: Users,
    links: Sequence[LinkLine] = (),
    named: bool = True,
    page: str = "",
) -> Block:
    """The message, as the review stands now. `named`: the organisation names reviewers. `page` is
    the address of its page; empty where there is none."""
    stands = standing(review)
    blocks = [*_proposal(review), *_body(review, stands, users, named), *_links(links)]
    if page and review.state is not State.DISMISSED:
        blocks.append(context(link(page, "Everything about it, on one page")))
    return message(fit([[block] for block in blocks], MESSAGE_BLOCKS), fallback(review, stands))


def fallback(review: Review, stands: Standing) -> str:
    """What a notification says, in one line without marks."""
    title = review.subject.title
    if review.state is State.DISMISSED:
        return f"Customer impact: “{title}” is not a decision"
    if decision := review.course.decision:
        return f"Customer impact: “{title}” was {decision.resolution}"
    if stands.gate is Gate.PENDING:
        left = words.count(len(stands.missing), "answer")
        return f"Customer impact of “{title}”: {review.tier}, {left} to go"
    return f"Customer impact of “{title}”: {stands.gate}"


def decision_line(review: Review, users: Users) -> Block:
    """The one line in the thread when a proposal was decided."""
    decision = review.course.decision
    assert decision is not None
    who = called(decision.by, users)
    verb = str(decision.resolution).capitalize()
    said = f"{CHAIR} *{verb}* by {who}: {mrkdwn(decision.sentence)}"
    if decision.look_back:
        said += f" We look back on {words.day(decision.look_back)}."
    plain = f"{verb}: {decision.sentence}"
    return message([section(said)], plain)


def _proposal(review: Review) -> list[Block]:
    """The text itself, where no other message holds it."""
    if not review.proposal.unposted:
        return []
    return [rich_quote(review.proposal.body, review.subject.author.login)]


def _body(review: Review, stands: Standing, users: Users, named: bool) -> list[Block]:
    if review.state is State.DISMISSED:
        return _dismissed(review, users)
    head = section("\n".join([_first(review), *_second(review, stands, users)]))
    blocks = [head]
    if stands.gate is Gate.NOT_NEEDED:
        blocks.append(section("Nothing is asked here: customers would not notice."))
        return [*blocks, _buttons(review, stands)]
    blocks.append(section(questions(review)))
    lines = [
        *decided(review, users),
        *gaps(stands, review),
        *consents(review, users),
        *waivers(review, users),
        *waiting(review, stands, users),
        *silent(review),
    ]
    if lines:
        blocks.append(section("\n".join(lines)))
    if not named and review.tier > Tier.R1 and review.course.decision is None:
        blocks.append(context("No reviewers are named, so anybody here may review."))
    return [*blocks, _buttons(review, stands)]


def _first(review: Review) -> str:
    because = "; ".join(mrkdwn(reason.text) for reason in review.reasons[:2])
    return f"{CHAIR} *Customer impact* · {review.tier}, because {because}"


def _second(review: Review, stands: Standing, users: Users) -> list[str]:
    title = mrkdwn(review.subject.title)
    named = link(review.subject.url, review.subject.title) if review.subject.url else title
    parts = [f"*{named}*", f"owner {called(owner(review), users)}"]
    if review.course.due and review.state is State.OPEN:
        parts.append(f"due {words.day(review.course.due)}")
    if stands.gate is not Gate.NOT_NEEDED:
        parts.append(progress(review))
    return [" · ".join(parts)]


def _dismissed(review: Review, users: Users) -> list[Block]:
    gone = review.course.dismissal
    assert gone is not None
    why = f": {mrkdwn(gone.reason)}" if gone.reason else "."
    text = f"{CHAIR} Not a decision, says {called(gone.by, users)}{why}"
    back = button("It is one after all", Press.REINSTATE, str(ref(review.subject)))
    return [section(text, accessory=back)]


def _buttons(review: Review, stands: Standing) -> Block:
    name = str(ref(review.subject))
    left = len(stands.missing)
    answer = button(
        f"Answer ({left} left)" if left else "See the answers",
        Press.ANSWER,
        name,
        style="primary" if left and stands.gate is Gate.PENDING else "",
    )
    only_consents = stands.consents and not left
    consent = button("Consent or object", Press.CONSENT, name, style="primary")
    ready = stands.gate is not Gate.PENDING and review.course.decision is None
    made = review.course.decision is not None
    decide = button(
        "Decide anew" if made else "Decide", Press.DECIDE, name, style="primary" if ready else ""
    )
    menu = select(Press.MORE, [option(window, text) for window, text in MORE], placeholder="More")
    first = [consent, answer] if only_consents else [answer]
    return actions(
        *first, button("Add evidence", Press.EVIDENCE, name), decide, menu, block_id=name
    )


def _links(links: Sequence[LinkLine]) -> list[Block]:
    blocks: list[Block] = []
    for each in links:
        shown = link(each.url, each.text)
        if each.confirmed:
            blocks.append(context(f"Carried out by {shown}"))
            continue
        asked = f"Does {shown} carry this out? {mrkdwn(each.by) or 'Somebody'} says so."
        blocks.append(section(f"{asked} It counts once the owner or a reviewer agrees."))
        yes = button("Yes, it does", Press.LINK_YES, each.pair)
        blocks.append(actions(yes, button("No", Press.LINK_NO, each.pair)))
    return blocks
