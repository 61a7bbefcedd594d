"""A review that is saved comes back as it was; whoever saves an old one is told so."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy import select

from bot.core.checklist import Checklist
from bot.core.facts import ChangedFile, MergeGroup, Repository
from bot.core.review import Review, State
from bot.core.tier import Tier
from bot.errors import Stale
from bot.ports import Transaction
from bot.store import catalog, checklists, merge_groups, recent, repositories, reviews, subjects
from bot.store import tables as t
from bot.store.store import Store
from tests import examples, make
from tests.make import NOW


def save(store: Store, review: Review) -> Review:
    return store.write(lambda tx: reviews.save(tx, review))


def load(store: Store, number: int = 12) -> Review | None:
    """As it stands on disk, whatever is remembered."""
    recent.forget()
    with store.read() as connection:
        return reviews.load(connection, 501, number)


def forget_checklists() -> None:
    """As after a restart: what is known of checklists stands in the database."""
    checklists.forget()


def test_a_review_with_everything_comes_back_as_it_was_after_a_restart(store: Store) -> None:
    whole = make.full_review()
    defaults = [f.name for f in fields(whole) if getattr(whole, f.name) == f.default]
    assert defaults == ["id", "version"], "the example leaves a field at its default"
    saved = save(store, whole)
    forget_checklists()
    assert load(store) == saved == replace(whole, id=saved.id, version=1)


@pytest.mark.parametrize("name", list(examples.examples()))
def test_every_named_example_comes_back_as_it_was(store: Store, name: str) -> None:
    saved = save(store, examples.examples()[name])
    forget_checklists()
    assert load(store) == saved


def test_a_second_save_replaces_answers_and_evidence_and_counts_the_version(store: Store) -> None:
    saved = save(store, make.full_review())
    fewer = replace(saved, answers=saved.answers[1:], evidence=(), last_picked="")
    again = save(store, fewer)
    assert again == replace(fewer, version=2)
    assert load(store) == again


def test_the_later_of_two_saves_from_the_same_version_is_stale_and_changes_nothing(
    store: Store,
) -> None:
    saved = save(store, examples.review())
    first = save(store, replace(saved, last_picked="who"))
    title = replace(saved.pull_request, title="Another title")
    with pytest.raises(Stale):
        save(store, replace(saved, subject=title, answers=make.full_review().answers))
    assert load(store) == first


def test_the_second_opening_of_the_same_review_is_stale(store: Store) -> None:
    save(store, examples.review())
    with pytest.raises(Stale):
        save(store, examples.review())


def test_a_review_keeps_the_checklist_that_it_began_with(store: Store) -> None:
    began = save(store, examples.review())
    questions = tuple(q for q in began.checklist.questions if q.id != "feeling")
    newer = replace(began.checklist, questions=questions)
    assert newer.version != began.checklist.version
    save(store, replace(examples.review(number=13), checklist=newer))
    forget_checklists()
    first, second = load(store, 12), load(store, 13)
    assert first is not None
    assert second is not None
    assert first.checklist == began.checklist
    assert second.checklist == newer


def test_a_stored_checklist_is_written_as_in_its_files(store: Store) -> None:
    save(store, examples.review())
    with store.read() as connection:
        content = connection.execute(select(t.checklist.c.content)).scalar_one()
    assert {tier for q in content["questions"] for tier in q["tiers"]} == {"R1", "R2", "R3"}
    assert Checklist.from_content(content) == catalog.load(None).checklist


def test_the_highest_tier_is_remembered_when_the_tier_falls(store: Store) -> None:
    saved = save(store, replace(examples.review(), tier=Tier.R3))
    save(store, replace(saved, tier=Tier.R1))
    with store.read() as connection:
        row = connection.execute(select(t.review.c.tier, t.review.c.highest_tier)).one()
    assert tuple(row) == (1, 3)


def test_a_repository_that_was_renamed_or_installed_anew_is_known_by_its_id(store: Store) -> None:
    save(store, examples.review())
    renamed = Repository(501, "acme/store", 8, private=True, default_branch="trunk")
    store.write(lambda tx: repositories.save(tx, renamed))
    with store.read() as connection:
        assert repositories.load(connection, 501) == renamed
        assert repositories.load(connection, 502) is None
    found = load(store)
    assert found is not None
    assert found.pull_request.repository == renamed


def test_of_the_reviews_with_one_head_the_open_ones_count(store: Store) -> None:
    head = "c" * 40
    closed = save(store, replace(examples.review(head_sha=head), state=State.WITHDRAWN))
    with store.read() as connection:
        assert reviews.load_by_head(connection, 501, head) == [closed]
    opened = save(store, examples.review(head_sha=head, number=13))
    save(store, examples.review(number=14))
    with store.read() as connection:
        assert reviews.load_by_head(connection, 501, head) == [opened]
        assert reviews.load_by_head(connection, 502, head) == []
        assert (
            reviews.load(connection, closed.pull_request.repository.id, closed.pull_request.number)
            == closed
        )


FILES = (
    ChangedFile("größer/🛒.css", 5, 1, "@@ -1 +1 @@\n-ä\n+ö", "klein.css"),
    ChangedFile("logo.png", patch=None),
    ChangedFile("empty.txt", patch=""),
)


def test_files_are_kept_for_one_head_and_base_and_dropped_on_close(store: Store) -> None:
    saved = save(store, examples.review())

    def keep(tx: Transaction) -> None:
        subjects.save_files(tx, saved.pull_request, "head:main", FILES, False)

    store.write(keep)
    with store.read() as connection:
        assert subjects.load_files(connection, 501, 12, "head:main") == (FILES, False)
        assert subjects.load_files(connection, 501, 12, "head:release") is None
        assert subjects.load_files(connection, 501, 13, "head:main") is None
    save(store, replace(saved, last_picked="who"))
    with store.read() as connection:
        assert subjects.load_files(connection, 501, 12, "head:main") == (FILES, False)
    store.write(lambda tx: subjects.save_files(tx, saved.pull_request, "", None, True))
    with store.read() as connection:
        assert subjects.load_files(connection, 501, 12, "head:main") is None
        assert subjects.load_files(connection, 501, 12, "") is None


def groups(store: Store, *members: tuple[str, str, int]) -> None:
    def work(tx: Transaction) -> None:
        for head, base, number in members:
            group = MergeGroup(examples.REPOSITORY, head, base, number)
            merge_groups.save(tx, group, NOW)

    store.write(work)


def numbers(store: Store, head: str) -> list[int]:
    with store.read() as connection:
        return merge_groups.numbers(connection, 501, head)


def test_a_merge_group_has_the_members_of_those_that_it_is_built_on(store: Store) -> None:
    groups(store, ("g1", "main", 12), ("g2", "g1", 13), ("g3", "g2", 14), ("other", "main", 15))
    assert numbers(store, "g3") == [14, 13, 12]
    assert numbers(store, "g1") == [12]
    assert numbers(store, "other") == [15]
    assert numbers(store, "main") == []


def test_a_group_that_is_asked_about_again_replaces_what_was_known(store: Store) -> None:
    groups(store, ("g1", "main", 12), ("g2", "g1", 13), ("g2", "main", 13))
    assert numbers(store, "g2") == [13]


def test_groups_that_point_at_each_other_end(store: Store) -> None:
    groups(store, ("g1", "g2", 12), ("g2", "g1", 13), ("self", "self", 14))
    assert numbers(store, "g1") == [12, 13]
    assert numbers(store, "self") == [14]


def test_a_long_queue_is_followed_to_a_hundred_groups(store: Store) -> None:
    groups(store, *((f"g{n}", f"g{n - 1}", n) for n in range(1, 121)))
    assert numbers(store, "g120") == list(range(120, 20, -1))


def test_times_come_back_in_utc_and_a_time_without_a_zone_is_refused(store: Store) -> None:
    east = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    saved = save(store, replace(examples.review(), opened_at=east))
    found = load(store)
    assert found is not None
    assert found.opened_at == NOW
    assert found.opened_at.utcoffset() == timedelta(0)
    with pytest.raises(Exception, match="a time without a zone"):
        save(store, replace(saved, opened_at=NOW.replace(tzinfo=None)))


def remembered(store: Store, number: int = 12) -> Review | None:
    with store.read() as connection:
        return reviews.load(connection, 501, number)


@pytest.mark.parametrize("name", list(examples.examples()))
def test_what_is_remembered_is_just_what_would_be_read(store: Store, name: str) -> None:
    example = examples.examples()[name]
    told = replace(
        example.pull_request, just_opened=True, author_association="OWNER", created_at=NOW
    )
    save(store, replace(example, subject=told))
    known = remembered(store, example.pull_request.number)
    assert known is remembered(store, example.pull_request.number), "it was read"
    read = load(store, example.pull_request.number)
    assert read is not known
    assert read == known
    assert known is not None
    assert not known.pull_request.just_opened


def test_what_was_saved_since_or_lies_elsewhere_by_now_is_read(store: Store) -> None:
    saved = save(store, examples.review())
    with store.read() as before:
        assert reviews.load(before, 501, 12) == saved  # from here on it sees this moment
        newer = save(store, replace(saved, last_picked="who"))
        assert reviews.load(before, 501, 12) == saved
    assert remembered(store) == newer
    moved = replace(saved.pull_request.repository, full_name="acme/moved", private=False)
    store.write(lambda tx: repositories.save(tx, moved))
    found = remembered(store)
    assert found is not None
    assert found.pull_request.repository == moved


def test_what_was_rolled_back_is_not_remembered(store: Store) -> None:
    saved = save(store, examples.review())

    def work(tx: Transaction) -> None:
        reviews.save(tx, replace(saved, last_picked="who"))
        raise ValueError("it breaks off")

    with pytest.raises(ValueError, match="breaks off"):
        store.write(work)
    assert remembered(store) == saved


def test_a_very_long_description_is_read_each_time(store: Store) -> None:
    long = replace(examples.review().pull_request, body="x" * (recent.LONGEST + 1))
    save(store, replace(examples.review(), subject=long))
    assert remembered(store) is not remembered(store)
