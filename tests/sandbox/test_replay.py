"""Any local history can be replayed, however odd."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.sandbox.github import StandIn
from bot.sandbox.replay import NoHistory, Sample, login, replay, told
from bot.sandbox.samples import samples


class Repo:
    """A real git repository in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, text: bytes = b"") -> None:
        who = ["-c", "user.name=Ada King", "-c", "user.email=ada@example.com"]
        plain = ["-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"]
        command = ["git", "-C", str(self.folder), *who, *plain, *arguments]
        subprocess.run(command, check=True, capture_output=True, input=text)

    def commit(self, message: str | bytes, *options: str) -> None:
        raw = message.encode() if isinstance(message, str) else message
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-F", "-", *options, text=raw)

    def write(self, path: str, content: str | bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def last(self) -> Sample:
        return next(replay(self.folder, 1))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def test_the_newest_commits_come_oldest_first(repo: Repo) -> None:
    for number in range(5):
        repo.write("a.txt", f"{number}\n")
        repo.commit(f"Change {number}")
    heard: list[tuple[int, int]] = []
    found = list(replay(repo.folder, 3, lambda done, of: heard.append((done, of))))
    assert [sample.title for sample in found] == ["Change 2", "Change 3", "Change 4"]
    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert found[0].files[0].patch == "@@ -1 +1 @@\n-1\n+2"
    assert (found[0].additions, found[0].deletions) == (1, 1)


def test_a_merge_is_one_pull_request(repo: Repo) -> None:
    repo.write("a.txt", "a\n")
    repo.commit("First")
    repo.git("checkout", "-q", "-b", "topic")
    for number in range(3):
        repo.write(f"{number}.txt", "x\n")
        repo.commit(f"Step {number}")
    repo.git("checkout", "-q", "main")
    message = "Merge pull request #12 from octo-cat/topic\n\nAdd three files\n"
    repo.git("merge", "-q", "--no-ff", "topic", "-m", message)
    sample = repo.last()
    assert sample.title == "Merge pull request #12 from octo-cat/topic"
    assert (sample.body, sample.author, sample.branch) == ("Add three files", "octo-cat", "topic")
    assert [file.path for file in sample.files] == ["0.txt", "1.txt", "2.txt"]
    assert [found.title for found in replay(repo.folder, 9)] == ["First", sample.title]
    assert [found.title for found in replay(repo.folder, 1, merges=False)] == ["First"]


def test_the_first_commit_adds_every_file(repo: Repo) -> None:
    repo.write("a.txt", "a\n")
    repo.write("deep/b.txt", "b\n")
    repo.commit("First")
    assert [(f.path, f.status, f.patch) for f in repo.last().files] == [
        ("a.txt", "added", "@@ -0,0 +1 @@\n+a"),
        ("deep/b.txt", "added", "@@ -0,0 +1 @@\n+b"),
    ]


def test_renames_removals_and_binaries_are_told_as_on_github(repo: Repo) -> None:
    repo.write("old name.txt", "line\n" * 20)
    repo.write("gone.txt", "x\n")
    repo.write("logo.png", b"\x89PNG\0\0\1")
    repo.commit("First")
    repo.git("mv", "old name.txt", "neu.txt")
    repo.git("rm", "-q", "gone.txt")
    repo.write("logo.png", b"\x89PNG\0\0\2")
    repo.commit("Second")
    found = {file.path: file for file in repo.last().files}
    assert (found["neu.txt"].status, found["neu.txt"].previous_path) == ("renamed", "old name.txt")
    assert found["neu.txt"].patch is None
    assert (found["gone.txt"].status, found["gone.txt"].deletions) == ("removed", 1)
    assert (found["logo.png"].additions, found["logo.png"].patch) == (0, None)


def test_odd_encodings_become_readable_text(repo: Repo) -> None:
    repo.write("latin.txt", "größe\n".encode("latin-1"))
    repo.write("tab\tand\nline.txt", "x\n")
    repo.commit("Größe → 尺寸 🪑".encode() + b"\n\n\xff\xfe")
    sample = repo.last()
    assert sample.title == "Größe → 尺寸 🪑"
    assert "\ufffd" in (sample.files[0].patch or "")
    assert sample.files[1].path == "tab\tand\nline.txt"


def test_empty_commits_and_messages_are_samples_too(repo: Repo) -> None:
    repo.commit("", "--allow-empty-message")
    repo.commit("Nothing")
    first, second = replay(repo.folder, 2)
    assert (first.title, first.files) == ("(no message)", ())
    assert (second.title, second.files) == ("Nothing", ())


def test_a_file_that_becomes_a_link_does_not_shift_the_patches(repo: Repo) -> None:
    repo.write("a.txt", "text\n")
    repo.write("b.txt", "1\n")
    repo.commit("First")
    (repo.folder / "a.txt").unlink()
    (repo.folder / "a.txt").symlink_to("b.txt")
    repo.write("b.txt", "2\n")
    repo.commit("Second")
    link, text = repo.last().files
    assert "+b.txt" in (link.patch or "")
    assert text.patch == "@@ -1 +1 @@\n-1\n+2"


def test_a_submodule_is_one_changed_line(repo: Repo, tmp_path: Path) -> None:
    other = Repo(tmp_path / "other")
    other.write("x", "x\n")
    other.commit("Other")
    repo.git("submodule", "add", "-q", str(other.folder), "lib")
    repo.commit("Add lib")
    lib = next(file for file in repo.last().files if file.path == "lib")
    assert "+Subproject commit" in (lib.patch or "")


def test_a_huge_diff_is_cut_at_a_line(repo: Repo) -> None:
    repo.write("big.txt", "a line of some length\n" * 5000)
    repo.write("small.txt", "x\n")
    repo.commit("Big")
    big, small = repo.last().files
    assert big.additions == 5000
    assert len(big.patch or "") <= 20_000
    assert (big.patch or "").endswith("\n+a line of some length")
    assert small.patch == "@@ -0,0 +1 @@\n+x"


def test_settings_of_the_repository_change_nothing(repo: Repo) -> None:
    repo.write("a.txt", "a\n")
    repo.commit("First")
    for name, value in {
        "diff.noprefix": "true",
        "diff.external": "false",
        "color.ui": "always",
        "core.pager": "false",
        "log.showSignature": "true",
        "diff.renames": "false",
    }.items():
        repo.git("config", name, value)
    assert repo.last().files[0].patch == "@@ -0,0 +1 @@\n+a"


def test_the_edge_of_a_shallow_clone_is_left_out(repo: Repo, tmp_path: Path) -> None:
    for number in range(4):
        repo.write("a.txt", f"{number}\n")
        repo.commit(f"Change {number}")
    clone = tmp_path / "clone"
    repo.git("clone", "-q", "--depth", "3", f"file://{repo.folder}", str(clone))
    assert [sample.title for sample in replay(clone, 9)] == ["Change 2", "Change 3"]


def test_a_folder_without_history_says_why(tmp_path: Path) -> None:
    for folder in (tmp_path / "absent", tmp_path, Repo(tmp_path / "empty").folder):
        with pytest.raises(NoHistory) as why:
            list(replay(folder, 3))
        assert str(folder) in str(why.value)


def test_no_address_is_ever_shown(repo: Repo) -> None:
    repo.commit("By mail", "--author=ada@example.com <ada@example.com>")
    assert "ada" not in repo.last().author
    assert login("Ada King") == "ada-king"
    assert login("dependabot[bot]") == "dependabot[bot]"
    assert login("山田") == "somebody"


def test_a_title_is_the_whole_first_paragraph() -> None:
    assert told("One\ntwo\n\nBody\n\nCo-authored-by: Bo") == (
        "One two",
        "Body\n\nCo-authored-by: Bo",
    )
    assert told("Short\n" + "- point\n" * 60)[0] == "Short"
    title, body = told("word " * 80)
    assert len(title) == 256
    assert body.startswith("word word")


def test_samples_open_as_pull_requests(github: StandIn) -> None:
    for sample in samples():
        github.open_pull_request(
            title=sample.title,
            body=sample.body,
            author=sample.author,
            branch=sample.branch,
            files=sample.files,
        )
    assert github.wait_idle(5)
    assert {delivery.status for delivery in github.deliveries} == {202}
    assert 6 <= len(github.deliveries) <= 8
