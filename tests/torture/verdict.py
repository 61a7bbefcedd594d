"""Whether the record, the comment and the check say what the model says."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import replace

from sqlalchemy import select

from bot.cli.pair import Pair
from bot.core.answers import Answer, Evidence
from bot.core.review import Review
from bot.core.suggestions import Suggestion
from bot.core.waivers import Waiver
from bot.store import acts, ledger, tables
from bot.views.github_check import check
from bot.views.github_comment import comment, same, wanted
from tests.torture.account import Heard, Said, Standing, Waiting, released
from tests.torture.model import OUTSIDER, Model
from tests.torture.stage import Edit, Stage


def compare(stage: Stage, model: Model) -> None:
    """Everything has been told and dealt with: the record is one that the acts allow, the surfaces
    say what it says, and every edit is kept once."""
    review = stage.pair.review(stage.number)
    assert review is not None
    _surfaces(stage, review)
    _kept_once(stage, review)
    _answers(review, model)
    _rulings(review, model)


def _surfaces(stage: Stage, review: Review) -> None:
    found = stage.our_comments()
    assert len(found) <= 1, f"{len(found)} comments"
    assert found or not wanted(review), "no comment although somebody has to do something"
    for ours in found:
        text = comment(review)
        assert same(ours.body, text), f"the comment is not the record: {_differs(ours.body, text)}"
    pull, head = stage.github.pull_request(stage.number), review.pull_request.head_sha
    assert head == pull.head_sha or pull.state == "closed"  # nobody tells of a push to a closed one
    run, meant = stage.github.check_on(head), check([review])
    assert run is not None
    assert (run.conclusion, run.title) == (str(meant.conclusion), meant.title)
    assert not parked(stage.pair), "a job was parked"


def _differs(live: str, text: str) -> list[str]:
    lines = difflib.unified_diff(live.split("\n"), text.split("\n"), "live", "record", n=0)
    return [line[:120] for line in lines][:20]


def _kept_once(stage: Stage, review: Review) -> None:
    """Each distinct edit of a person is one row: none lost, none doubled, none invented."""
    kept = _kept(stage.pair, review)
    assert kept == stage.edits, f"lost {stage.edits - kept}, invented {kept - stage.edits}"


def _kept(pair: Pair, review: Review) -> Counter[Edit]:
    assert pair.bot is not None
    t = tables.act.c
    columns = (t.text, t.by_login, t.at, t.before_hash, t.after_hash)
    asked = select(*columns).where(t.review_id == review.id, t.text != "", t.by_bot.is_(False))
    with pair.bot.store.read() as connection:
        rows = connection.execute(asked).all()
    told = [(row.text, row.by_login, row.at, row.before_hash, row.after_hash) for row in rows]
    return Counter(row for row in told if not (row[0].startswith("description") and not row[3]))


def _answers(review: Review, model: Model) -> None:
    for question, found in model.accounts.items():
        found.later()
        now = _comparable(standing(review, question), model.late)
        allowed = {one for one in found.standings if now in _shown(one, question, model)}
        assert allowed, f"{question} stands as {now}, which nobody said; said: {found.standings}"
        found.standings = allowed
    said = (review.answers, review.evidence, review.waivers, review.rulings)
    assert OUTSIDER not in {one.by.login for kind in said for one in kind}
    assert {a.question for a in review.answers} <= set(model.accounts)


def _shown(one: Standing, question: str, model: Model) -> set[Standing]:
    """How the record may show this: what was held back counts where it asks for no more."""
    lined = question in ("effect", "feeling")
    return {_comparable(way, model.late) for way in (one, released(one, lined))}


def _rulings(review: Review, model: Model) -> None:
    ruled = {(r.by.login, r.reason) for r in review.rulings}
    assert ruled <= model.ruled, f"nobody ruled {ruled - model.ruled}"
    assert model.surely_ruled <= ruled, f"lost {model.surely_ruled - ruled}"


def _comparable(one: Standing, late: bool) -> Standing:
    """What a deleted comment suggested does not matter; with late deliveries only what is held."""
    left = {w for w in one.waiting if not w.gone and (w.held or not late)}
    return replace(one, waiting=frozenset(left))


def standing(review: Review, question: str) -> Standing:
    """Where the record says that a question, or a waiver, stands."""
    kind, _, scope = question.rpartition(" ")
    if kind == "waive":
        found = next((w for w in review.waivers if w.scope == scope), None)
        return Standing(_waived(found) if found else None)
    answer = review.answer(question)
    voice = question == "voice"
    return Standing(
        _said(answer) if answer else None,
        frozenset(_heard(piece) for piece in review.evidence if voice),
        frozenset(_waiting(s) for s in review.suggestions if s.question == question),
    )


def _waived(waiver: Waiver) -> Said:
    return Said(waiver.by.login, str(waiver.door), text=waiver.reason)


def _said(a: Answer) -> Said:
    again = bool(a.again)
    return Said(
        a.by.login, str(a.door), frozenset(a.picks), a.text, a.not_applicable, a.source, again
    )


def _heard(e: Evidence) -> Heard:
    return Heard(e.by.login, str(e.door), e.kind, e.text, e.link, e.source)


def _waiting(s: Suggestion) -> Waiting:
    piece = s.given.piece
    said = (piece.kind, piece.text, piece.link) if piece else None
    picks = frozenset(s.given.picks)
    return Waiting(s.id, s.by.login, picks, s.given.text, s.held, said, str(s.door), s.comment or 0)


def parked(pair: Pair) -> int:
    """How many jobs wait for an operator."""
    assert pair.bot is not None
    jobs = select(tables.job).where(tables.job.c.state == "parked")
    with pair.bot.store.read() as connection:
        return len(connection.execute(jobs).all())


def ledger_holds(pair: Pair) -> bool:
    """The chain of the ledger is whole, what waited for its seal included."""
    assert pair.bot is not None
    pair.bot.store.write(lambda tx: ledger.seal_next(tx, pair.ledger_key(), 100_000))
    with pair.bot.store.read() as connection:
        return ledger.first_broken(connection, pair.ledger_key()) is None


def kept(stage: Stage) -> list[str]:
    """The acts on the record, for who has to understand a failure."""
    review = stage.pair.review(stage.number)
    assert review is not None
    assert stage.pair.bot is not None
    with stage.pair.bot.store.read() as connection:
        found = acts.load(connection, review.id)
    hashes = "{0.text} {0.before:.5} → {0.after:.5}"
    return [f"{a.at:%M:%S} {a.by.login} {a.door} {hashes.format(a)} {a.deeds}" for a in found]
