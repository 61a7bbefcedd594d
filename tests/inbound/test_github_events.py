"""Payloads become facts, and whatever stands in them, nothing but `Malformed` comes out else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.facts import (
    Actor,
    CommentCreated,
    CommentDeleted,
    CommentEdited,
    DescriptionEdited,
    HookAdded,
    Installed,
    MergeGroup,
    PullRequest,
    RecheckAsked,
    Repository,
    RepositoryChanged,
)
from bot.inbound.github_events import (
    PULL_REQUEST_ACTIONS,
    READERS,
    Fact,
    Malformed,
    installation_of,
    lock_of,
    parse,
)
from tests.make import SHA, as_body, payload

SHOP = Repository(501, "acme/shop", 7, private=True, default_branch="trunk")
BY = Actor(12, "reviewer")
NINE_THIRTY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PULL = PullRequest(
    repository=SHOP,
    number=12,
    title="Make exports faster",
    body="Exports take too long.",
    author=Actor(11, "author"),
    head_sha=SHA,
    base_ref="trunk",
    branch="faster",
    labels=("pricing",),
    draft=False,
    open=True,
    merged=False,
    updated_at=NINE_THIRTY,
    url="https://github.com/acme/shop/pull/12",
)
NINE_THIRTY_ONE = NINE_THIRTY + timedelta(minutes=1)
BOT = Actor(41, "empty-chair[bot]", is_bot=True)
EDITED = CommentEdited(SHOP, 12, 900, BY, NINE_THIRTY_ONE, "before", "after", BOT, "NONE", "IC_900")


def read(event: str, action: str, **changes: Any) -> Fact | None:
    return parse(event, as_body(payload(event, action, **changes)))


def pull(**changes: Any) -> Fact | None:
    raw = payload("pull_request", "opened")["pull_request"]
    return read("pull_request", "opened", pull_request={**raw, **changes})


@pytest.mark.parametrize("action", PULL_REQUEST_ACTIONS)
def test_every_action_on_a_pull_request_says_how_it_stands(action: str) -> None:
    assert read("pull_request", action) == PULL


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"body": None}, {"body": ""}),
        ({"user": None}, {"author": Actor(0, "ghost")}),
        ({"head": {"sha": SHA, "ref": "faster", "repo": None}}, {}),
        ({"head": {"sha": SHA, "ref": None, "repo": None}}, {"branch": ""}),
        ({"labels": None}, {"labels": ()}),
        ({"draft": None}, {"draft": False}),
        ({"draft": True}, {"draft": True}),
        ({"state": "closed"}, {"open": False}),
        ({"state": "closed", "merged": True}, {"open": False, "merged": True}),
        (
            {"state": "closed", "merged": None, "merged_at": "2026-03-02T09:30:00Z"},
            {"open": False, "merged": True},
        ),
        (
            {"user": {"id": 13, "login": "dependabot[bot]", "type": "Bot"}},
            {"author": Actor(13, "dependabot[bot]", is_bot=True)},
        ),
        ({"updated_at": "2026-03-02T11:30:00+02:00"}, {}),
        ({"updated_at": "2026-03-02T09:30:00.250Z"}, {"updated_at": 250}),
        ({"title": "Größer\0 🛒 \ud83d"}, {"title": "Größer 🛒 ?"}),
    ],
)
def test_what_github_leaves_out_or_changes_about_a_pull_request(
    changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    if "updated_at" in expected:
        expected = {"updated_at": NINE_THIRTY + timedelta(milliseconds=expected["updated_at"])}
    raw = payload("pull_request", "opened")["pull_request"] | changes
    body = json.dumps(payload("pull_request", "opened", pull_request=raw)).encode()
    assert parse("pull_request", body) == replace(PULL, **expected)


def test_a_label_that_was_deleted_comes_without_its_name() -> None:
    assert read("pull_request", "unlabeled") == PULL  # a payload without `label`


def test_an_edit_without_changes_is_read_like_any_other() -> None:
    assert read("pull_request", "edited", changes={}) == PULL


def test_a_comment_that_was_posted_says_which_app_wrote_it() -> None:
    found = read("issue_comment", "created")
    assert found == CommentCreated(SHOP, 12, 900, BY, NINE_THIRTY_ONE, "after", 1, "NONE")


def test_an_edit_of_a_comment_says_what_stood_there_before() -> None:
    assert read("issue_comment", "edited") == EDITED


@pytest.mark.parametrize("changes", [None, {}, {"body": None}, {"body": {}}])
def test_an_edit_of_a_comment_may_keep_to_itself_what_stood_there_before(changes: Any) -> None:
    assert read("issue_comment", "edited", changes=changes) == replace(EDITED, before=None)


def test_a_comment_that_was_emptied_before_differs_from_one_that_is_not_known() -> None:
    found = read("issue_comment", "edited", changes={"body": {"from": ""}})
    assert found == replace(EDITED, before="")


def test_an_edit_by_somebody_whose_account_is_gone_is_the_ghosts() -> None:
    assert read("issue_comment", "edited", sender=None) == replace(EDITED, by=Actor(0, "ghost"))


def test_a_comment_that_was_deleted() -> None:
    assert read("issue_comment", "deleted") == CommentDeleted(
        SHOP, 12, 900, BY, NINE_THIRTY_ONE, "after"
    )


@pytest.mark.parametrize("issue", [{"number": 12}, {"number": 12, "pull_request": None}])
def test_comments_on_issues_are_not_ours(issue: dict[str, Any]) -> None:
    assert read("issue_comment", "created", issue=issue) is None


def test_a_check_that_is_asked_for_again_by_either_button() -> None:
    asked = RecheckAsked(SHOP, SHA, (12, 13))
    assert read("check_run", "rerequested") == asked
    assert read("check_run", "requested_action") == asked
    assert read("check_suite", "rerequested") == RecheckAsked(SHOP, SHA, ())


@pytest.mark.parametrize(
    ("action", "changes"),
    [
        ("completed", {}),
        ("created", {}),
        ("requested_action", {"requested_action": {"identifier": "another"}}),
        ("requested_action", {"requested_action": None}),
        ("rerequested", {"check_run": {"name": "build", "head_sha": SHA, "pull_requests": []}}),
    ],
)
def test_other_checks_and_buttons_are_not_ours(action: str, changes: dict[str, Any]) -> None:
    assert read("check_run", action, **changes) is None


def test_a_suite_that_only_ran_is_not_a_question() -> None:
    assert read("check_suite", "completed") is None


def test_a_merge_group_names_its_last_pull_request_in_its_branch() -> None:
    assert read("merge_group", "checks_requested") == MergeGroup(SHOP, SHA, "b" * 40, 12)
    assert read("merge_group", "destroyed") is None


@pytest.mark.parametrize(
    ("head_ref", "number"),
    [
        ("gh-readonly-queue/release/1.x/pr-7-0123abc", 7),
        ("refs/heads/gh-readonly-queue/pr-1-abcdef0/pr-8-abcdef01", 8),
    ],
)
def test_branches_with_slashes_have_queues_too(head_ref: str, number: int) -> None:
    group = {"head_sha": SHA, "base_sha": "b" * 40, "head_ref": head_ref}
    assert read("merge_group", "checks_requested", merge_group=group) == MergeGroup(
        SHOP, SHA, "b" * 40, number
    )


def test_a_queue_branch_of_another_form_is_passed_over() -> None:
    group = {"head_sha": SHA, "base_sha": "b" * 40, "head_ref": "refs/heads/main"}
    assert read("merge_group", "checks_requested", merge_group=group) is None


def test_installations_come_go_grow_and_rest() -> None:
    there, gone = Installed(7, "acme", ("acme/shop",), False), Installed(7, "acme", (), True)
    assert read("installation", "created") == there
    assert read("installation", "unsuspend", repositories=None) == replace(there, repositories=())
    assert read("installation", "deleted") == read("installation", "suspend") == gone
    assert read("installation", "new_permissions_accepted") is None
    grown = read("installation_repositories", "added")
    assert grown == replace(there, repositories=("acme/till",))
    assert read("installation_repositories", "removed") is None


def test_an_installation_without_an_account_is_read() -> None:
    assert read("installation", "deleted", installation={"id": 7, "account": None}) == Installed(
        7, "", (), True
    )


def test_the_installation_of_a_fact_is_zero_where_the_payload_names_none() -> None:
    named, unnamed = (
        read("pull_request", "opened"),
        read("pull_request", "opened", installation=None),
    )
    assert named is not None
    assert unnamed is not None
    assert (installation_of(named), installation_of(unnamed)) == (7, 0)


def test_the_first_word_of_a_repositorys_webhook_names_it_and_that_of_an_app_nobody() -> None:
    assert parse("ping", as_body({"zen": "Half measures.", "hook": {"type": "App"}})) is None
    repository = payload("pull_request", "opened")["repository"]
    found = parse("ping", as_body({"zen": "Half measures.", "repository": repository}))
    assert isinstance(found, HookAdded)
    assert (found.repository.id, found.repository.installation) == (repository["id"], 0)


def test_what_concerns_one_thing_has_one_lock() -> None:
    def lock(event: str, action: str) -> str | None:
        fact = read(event, action)
        assert fact is not None
        return lock_of(fact)

    assert lock("pull_request", "opened") == lock("issue_comment", "created") == "pr:501:12"
    assert lock("issue_comment", "edited") == lock("issue_comment", "deleted")
    assert lock("check_run", "rerequested") == lock("merge_group", "checks_requested")
    assert lock("installation", "created") == lock("installation_repositories", "added")


@pytest.mark.parametrize("event", READERS)
def test_an_event_that_lacks_everything_is_malformed_or_nothing(event: str) -> None:
    for action in ("opened", "created", "edited", "rerequested", "checks_requested", "added"):
        try:
            assert parse(event, as_body({"action": action})) is None
        except Malformed as error:
            assert event in str(error)  # noqa: PT017 - both outcomes are right


KNOWN = [
    *(("pull_request", action) for action in ("opened", "closed")),
    *(("issue_comment", action) for action in ("created", "edited", "deleted")),
    *(("check_run", action) for action in ("rerequested", "requested_action")),
    ("check_suite", "rerequested"),
    ("merge_group", "checks_requested"),
    *(("installation", action) for action in ("created", "deleted")),
    ("installation_repositories", "added"),
]
Path = tuple[str | int, ...]


def paths(value: object, at: Path = ()) -> Iterator[Path]:
    """Every place in a payload."""
    yield at
    if isinstance(value, dict):
        for key in value:
            yield from paths(value[key], (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*at, index))


PLACES = [(event, action, at) for event, action in KNOWN for at in paths(payload(event, action))]
TEXT = st.text(st.characters(), max_size=20) | st.sampled_from(
    ["\ud800", "\0", "open", "Bot", "2026-03-02", "0001-01-01T00:00:00+14:00", "from", "9" * 5000]
)
ODD: list[object] = [
    *(None, True, 0, -1, 2**63 - 1, 2**63, 10**30, 1.5, float("inf"), float("nan")),
    *("", "\0", "\ud800", "9" * 5000, "0001-01-01T00:00:00+14:00"),
    *([], {}, [None], [[]], {"from": None}, [{"name": "\ud800"}]),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def put(value: Any, at: Path, new: object) -> Any:
    if not at:
        return new
    changed = copy.copy(value)
    changed[at[0]] = put(value[at[0]], at[1:], new)
    return changed


def check(place: tuple[str, str, Path], value: object) -> None:
    """Read, or malformed in words; and what was read can be stored."""
    event, action, at = place
    body = json.dumps(put(payload(event, action), at, value)).encode()
    try:
        fact = parse(event, body)
    except Malformed as error:
        str(error).encode()
        return
    if fact is not None:
        storable(lock_of(fact))
        storable(fact)


def test_no_odd_value_at_any_place_of_a_payload_does_harm() -> None:
    for place in PLACES:
        for value in ODD:
            check(place, value)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), VALUES)
def test_whatever_stands_anywhere_in_a_payload_it_is_read_or_malformed(
    place: tuple[str, str, Path], value: object
) -> None:
    check(place, value)


def storable(value: object) -> None:
    """Every database takes all of it."""
    if isinstance(value, str):
        assert "\0" not in value
        value.encode()
    elif isinstance(value, int):
        assert 0 <= value < 2**63
    elif isinstance(value, tuple):
        for item in value:
            storable(item)
    elif hasattr(value, "__slots__"):
        for name in value.__slots__:
            storable(getattr(value, name))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(READERS)),
    st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode()),
)
def test_whatever_the_body_it_is_read_or_malformed(event: str, body: bytes) -> None:
    try:
        parse(event, body)
    except Malformed as error:
        str(error).encode()


@pytest.mark.parametrize("action", ["publicized", "privatized"])
def test_a_repository_that_shows_itself_or_hides_is_news(action: str) -> None:
    assert read("repository", action) == RepositoryChanged(SHOP)


def test_a_repository_that_is_renamed_or_made_is_not_our_business() -> None:
    assert read("repository", "renamed") is None
    assert read("repository", "created") is None


def test_an_edited_description_says_who_changed_it_from_what() -> None:
    found = read("pull_request", "edited", changes={"body": {"from": "Because."}})
    assert isinstance(found, PullRequest)
    assert found.edited == DescriptionEdited(BY, "Because.")


@pytest.mark.parametrize("changes", [None, {}, {"body": None}, {"title": {"from": "Old"}}])
def test_an_edit_of_something_else_is_no_edit_of_the_description(changes: Any) -> None:
    found = read("pull_request", "edited", changes=changes)
    assert isinstance(found, PullRequest)
    assert found.edited is None
