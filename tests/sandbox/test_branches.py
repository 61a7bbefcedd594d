"""A branch takes in its base, and a change is taken back."""

from __future__ import annotations

from github.Repository import Repository

from bot.sandbox.github import StandIn
from bot.sandbox.records import FileChange
from tests.sandbox.conftest import Ear

LINE = FileChange("pricing/plans.yaml", 1, 0, "@@ -0,0 +1 @@\n+price: 15")


def test_the_base_comes_in_with_a_commit_of_two_parents_and_leaves_the_files(
    github: StandIn, repo: Repository, ear: Ear
) -> None:
    number = github.open_pull_request(title="One", author="alice", branch="price", files=[LINE])
    other = github.open_pull_request(title="Other", files=[FileChange("a.py", 1, 0)])
    assert github.merge(other, bypass=True).merged
    before = github.pull_request(number).head_sha
    merge = github.merge_base_in(number, by="reviewer")
    base = repo.get_branch("main").commit.sha
    commit = repo.get_commit(merge)
    assert [parent.sha for parent in commit.parents] == [before, base]
    assert commit.commit.message == "Merge branch 'main' into price"
    pull = repo.get_pull(number)
    assert (pull.head.sha, pull.base.sha, pull.commits) == (merge, base, 2)
    assert [file.patch for file in pull.get_files()] == [LINE.patch]
    assert github.wait_idle(5)
    told = ear.last("pull_request.synchronize")
    assert (told["before"], told["after"], told["sender"]["login"]) == (before, merge, "reviewer")


def test_a_push_has_one_parent(github: StandIn, repo: Repository) -> None:
    number = github.open_pull_request(title="One")
    before = github.pull_request(number).head_sha
    pushed = repo.get_commit(github.push(number, [LINE]))
    assert [parent.sha for parent in pushed.parents] == [before]


def test_a_revert_is_named_after_what_it_takes_back(
    github: StandIn, repo: Repository, ear: Ear
) -> None:
    first = github.open_pull_request(title="Raise the price", branch="price", files=[LINE])
    number = github.open_revert(first, author="alice")
    pull = repo.get_pull(number)
    assert (pull.title, pull.body) == ('Revert "Raise the price"', f"Reverts acme/shop#{first}")
    assert (pull.head.ref, pull.user.login) == (f"revert-{first}-price", "alice")
    assert github.wait_idle(5)
    assert ear.last("pull_request.opened")["number"] == number


def test_a_revert_of_a_long_title_still_fits(github: StandIn) -> None:
    first = github.open_pull_request(title="x" * 256)
    title = github.pull_request(github.open_revert(first)).title
    assert (len(title), title[:9]) == (256, 'Revert "x')


def test_a_revert_turns_every_file_round(github: StandIn, repo: Repository) -> None:
    files = [
        FileChange("new.py", 2, 0, "@@ -0,0 +1,2 @@\n+one\n+two", status="added"),
        FileChange("old.py", 0, 1, "@@ -1 +0,0 @@\n-gone", status="removed"),
        FileChange("same.py", 2, 1, "@@ -3,2 +3,3 @@ def f():\n kept\n-a\n+b\n+c"),
        FileChange("to.py", status="renamed", previous_path="from.py"),
        FileChange("logo.png"),
    ]
    number = github.open_revert(github.open_pull_request(title="One", files=files))
    new, old, same, moved, logo = repo.get_pull(number).get_files()
    assert (new.status, new.patch) == ("removed", "@@ -1,2 +0,0 @@\n-one\n-two")
    assert (new.additions, new.deletions) == (0, 2)
    assert (old.status, old.patch) == ("added", "@@ -0,0 +1 @@\n+gone")
    assert same.patch == "@@ -3,3 +3,2 @@ def f():\n kept\n+a\n-b\n-c"
    assert (moved.filename, moved.previous_filename) == ("from.py", "to.py")
    assert "patch" not in logo.raw_data
