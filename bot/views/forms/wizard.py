"""The wizard: four steps in one window, each saved when it is sent, to be taken up at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.acts import Deed, Suggest
from bot.core.checklist import Need, Question
from bot.core.gate import Gate, standing
from bot.core.missing import missing
from bot.core.tiering import consequence, held_back
from bot.views import words
from bot.views.forms.form import Asked, Read, Values
from bot.views.forms.wizard_examples import examples
from bot.views.forms.wizard_fields import fields
from bot.views.forms.wizard_read import Wrong, deeds
from bot.views.slack_blocks import actions, context, divider, modal, section
from bot.views.slack_inputs import button
from bot.views.slack_limits import Block
from bot.views.slack_names import Press, Window
from bot.views.slack_text import mrkdwn

STEPS = {"who": "Who", "voice": "Voice", "effect": "Effect", "follow-through": "Follow-through"}
Pair = tuple[Question, Need]


def steps(asked: Asked) -> dict[str, list[Pair]]:
    """The questions of each step that has any, required ones first."""
    found: dict[str, list[Pair]] = {step: [] for step in STEPS}
    for question, need in asked.review.asked:
        if _shown(asked, question, need):
            found[question.step if question.step in STEPS else "follow-through"].append(
                (question, need)
            )
    return {step: pairs for step, pairs in found.items() if pairs}


def _shown(asked: Asked, question: Question, need: Need) -> bool:
    """What has to be answered, what was; the rest where somebody wants to see it."""
    if need.must or need is Need.AUTOMATIC or asked.state.get("optional"):
        return True
    return asked.review.answer(question.id) is not None


def show(asked: Asked, notice: str = "") -> Block:
    """The step that the window is at; at first, the first one with something missing."""
    found = steps(asked)
    if not found:
        return _nothing()
    at = _at(asked, found)
    number = list(found).index(at) + 1
    blocks: list[Block] = [section(notice)] if notice else []
    if not asked.who.answers:
        blocks.append(section(f"You can look; {_who_may(asked)} can answer."))
    for question, need in found[at]:
        blocks += fields(asked.review, question, need, asked.now.date())
        if asked.state.get("examples"):
            blocks.append(examples(question))
    blocks += [divider(), *_ways(asked, found, at)]
    last = number == len(found)
    return modal(
        f"{STEPS[at]} ({number}/{len(found)})",
        blocks,
        Window.ANSWER,
        submit="Save" if last else "Save and next",
        close="Close",
        private_metadata=asked.metadata(step=at),
    )


def _who_may(asked: Asked) -> str:
    return "its owner or a reviewer" if asked.named else "its owner"


def _nothing() -> Block:
    return modal("Customer impact", [section("Nothing is asked here.")], Window.SAID, close="Close")


def _at(asked: Asked, found: Mapping[str, Sequence[Pair]]) -> str:
    step = str(asked.state.get("step") or "")
    if step in found:
        return step
    lacking = {gap.question.id for gap in missing(asked.review)}
    begun = (s for s, pairs in found.items() if any(q.id in lacking for q, _ in pairs))
    return next(begun, next(iter(found)))


def _ways(asked: Asked, found: Mapping[str, Sequence[Pair]], at: str) -> list[Block]:
    """To the other steps, and to what is not needed."""
    lacking = {gap.question.id for gap in missing(asked.review)}
    buttons = []
    for step, pairs in found.items():
        left = sum(q.id in lacking for q, _ in pairs)
        text = f"{STEPS[step]} ({left} open)" if left else f"{STEPS[step]} ✓"
        if step != at:
            buttons.append(button(text, f"{Press.STEP}:{step}", step))
    hidden = sum(not need.must for _, need in asked.review.asked)
    if hidden:
        optional = asked.state.get("optional")
        text = "Hide what is not needed" if optional else f"Show {hidden} more, not needed"
        buttons.append(button(text, Press.OPTIONAL, "off" if optional else "on"))
    text = "Hide examples" if asked.state.get("examples") else "Show examples"
    buttons.append(button(text, Press.EXAMPLES, "off" if asked.state.get("examples") else "on"))
    return [actions(*buttons), context("Each step is saved when you send it; come back any time.")]


def read(asked: Asked, values: Values) -> Read:
    """What was sent: answers that changed, or what is wrong; and the step that follows."""
    found = steps(asked)
    at = _at(asked, found) if found else ""
    if not asked.who.answers:
        first = next((q.id for q, _ in found.get(at, [])), at)
        return Read(errors={first: f"Only {_who_may(asked)} can answer. You can add evidence."})
    done, errors = _deeds(asked, found.get(at, []), values)
    if errors:
        return Read(errors=errors)
    agreed = set(asked.state.get("agreed") or ())
    free: list[Deed] = []
    for deed in done:
        held = held_back(asked.after(*free).review, deed)
        if isinstance(held, Suggest) and held.question not in agreed:
            return _say_so(asked, free, deed, held, agreed)
        free.append(deed)
    return Read(tuple(free), show=_next(asked.after(*free), at))


def _deeds(
    asked: Asked, pairs: Sequence[Pair], values: Values
) -> tuple[list[Deed], dict[str, str]]:
    done: list[Deed] = []
    errors: dict[str, str] = {}
    for question, need in pairs:
        try:
            done += deeds(asked.review, question, need, values)
        except Wrong as wrong:
            errors[wrong.block] = wrong.text
    return done, errors


def _say_so(
    asked: Asked, free: Sequence[Deed], deed: Deed, held: Suggest, agreed: set[str]
) -> Read:
    """An answer that asks for more says so before it counts; sent again, it does."""
    kept = asked.after(*free, held)
    waits = next(s for s in kept.review.suggestions if s.held and s.question == held.question)
    tier, added = consequence(kept.review, waits)
    names = words.names([q.short for q in added])
    more = f": {words.count(len(added), 'more question')} ({mrkdwn(names)})" if added else ""
    label = _picked(asked, held)
    notice = f"“{mrkdwn(label)}” makes this *{tier}*{more}. If that is right, save again."
    state = {**asked.state, "agreed": sorted(agreed | {held.question})}
    then = replace(asked.after(*free, deed).review, tier=asked.review.tier)
    shown = replace(asked, review=then, state=state)  # as filled in, and no field more
    return Read(tuple(free), show=show(shown, notice))


def _picked(asked: Asked, held: Suggest) -> str:
    question = asked.review.checklist.question(held.question)
    return words.given(question, held.given, public=False) if question else held.question


def _next(asked: Asked, at: str) -> Block | None:
    """The step after this one; behind the last, the first with something missing. None: done."""
    found = list(steps(asked))
    if at in found and found.index(at) + 1 < len(found):
        step = found[found.index(at) + 1]
        return show(replace(asked, state={**asked.state, "step": step}))
    lacking = missing(asked.review)
    if not lacking:
        return _finished(asked)
    left = words.names([gap.question.short for gap in lacking[:5]])
    notice = f"Saved. Still missing: {mrkdwn(left)}."
    fresh = {name: value for name, value in asked.state.items() if name != "step"}
    return show(replace(asked, state=fresh), notice)


def _finished(asked: Asked) -> Block | None:
    """What comes next, where something does."""
    stands = standing(asked.review)
    if stands.gate is not Gate.PENDING:
        return None
    needed = words.count(stands.consents, "consent")
    text = f"All answered. It waits for {needed} now: *More* → *Ask a reviewer* on the card."
    return modal("Customer impact", [section(text)], Window.SAID, close="Close")
