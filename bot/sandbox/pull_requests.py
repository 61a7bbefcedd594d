"""What people do with a pull request: open, push, edit, label, draft, close, reopen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.sandbox.events import Events
from bot.sandbox.records import Commit, FileChange, PullRequest, Refused, User, Version
from bot.sandbox.reverting import reverted, title_of_revert
from bot.sandbox.state import State

MAX_BODY = 65_536
MAX_TITLE = 256


class PullRequests:
    """Each act changes the state and tells the App, in one step."""

    def __init__(self, state: State, events: Events) -> None:
        self.state, self.events = state, events

    def open(
        self,
        *,
        title: str,
        body: str,
        author: User,
        branch: str,
        files: Sequence[FileChange],
        draft: bool = False,
        labels: Sequence[str] = (),
        from_fork: bool = False,
    ) -> PullRequest:
        """Authors of branches in the repository can write to it; authors of forks cannot."""
        state = self.state
        _fits(title, body)
        with state.lock:
            state.roles.setdefault(author.login, "read" if from_fork else "write")
            number, at = len(state.pulls) + 1, state.clock()
            base_sha = state.branches[state.default_branch]
            head = state.new_commit(title, author, base_sha)
            pull = PullRequest(
                number=number,
                id=state.next_id("pull"),
                title=title,
                body=body or None,
                author=author,
                branch=branch or f"change-{number}",
                base=state.default_branch,
                head_sha=head.sha,
                base_sha=base_sha,
                created_at=at,
                updated_at=at,
                files=list(files),
                labels=list(labels),
                draft=draft,
                from_fork=from_fork,
                history=[Version(author, at, body)],
            )
            state.pulls[number] = pull
            if not from_fork:
                state.branches[pull.branch] = head.sha
            self.events.pull_request("opened", pull, author)
        return pull

    def push(self, number: int, files: Sequence[FileChange], by: User, message: str = "") -> str:
        """A commit on top, and its hash; a path that was in the diff already gets both changes."""
        with self.state.lock:
            pull = self._editable(number, by)
            text = message or f"Change {', '.join(file.path for file in files) or 'nothing'}"
            pull.files = _on_top(pull.files, files)
            return self._advance(pull, self.state.new_commit(text, by, pull.head_sha), by)

    def merge_base_in(self, number: int, by: User) -> str:
        """A merge commit that brings the base up to date, and its hash; the diff stays as it is."""
        with self.state.lock:
            pull = self._editable(number, by)
            pull.base_sha = self.state.branches[pull.base]
            text = f"Merge branch '{pull.base}' into {pull.branch}"
            merge = self.state.new_commit(text, by, pull.head_sha, pull.base_sha)
            return self._advance(pull, merge, by)

    def open_revert(self, number: int, author: User) -> PullRequest:
        """What the Revert button makes; whether it was merged is nobody's business here."""
        with self.state.lock:
            pull = self.state.pull(number)
            return self.open(
                title=title_of_revert(pull, MAX_TITLE),
                body=f"Reverts {self.state.full_name}#{number}",
                author=author,
                branch=f"revert-{number}-{pull.branch}",
                files=[reverted(file) for file in pull.files],
            )

    def edit(
        self,
        number: int,
        by: User,
        *,
        title: str | None = None,
        body: str | None = None,
        base: str | None = None,
    ) -> None:
        """Title, description, target branch; what stays None stays. No change, no event."""
        _fits(title or "", body or "")
        with self.state.lock:
            pull = self._editable(number, by)
            changes: dict[str, Any] = {}
            if title is not None and title != pull.title:
                changes["title"] = {"from": pull.title}
                pull.title = title
            if body is not None and body != (pull.body or ""):
                changes["body"] = {"from": pull.body or ""}
                pull.body = body or None
                pull.history.append(Version(by, self.state.clock(), body))
            if base is not None and base != pull.base:
                changes["base"] = {"ref": {"from": pull.base}, "sha": {"from": pull.base_sha}}
                self._retarget(pull, base)
            if changes:
                self._tell("edited", pull, by, changes=changes)

    def label(self, number: int, name: str, by: User, *, on: bool = True) -> None:
        with self.state.lock:
            pull = self.state.pull(number)
            if (name in pull.labels) == on:
                return
            (pull.labels.append if on else pull.labels.remove)(name)
            pull.updated_at = self.state.clock()
            self.events.labelled("labeled" if on else "unlabeled", pull, name, by)

    def set_draft(self, number: int, draft: bool, by: User) -> None:
        with self.state.lock:
            pull = self._editable(number, by)
            if pull.draft != draft:
                pull.draft = draft
                self._tell("converted_to_draft" if draft else "ready_for_review", pull, by)

    def close(self, number: int, by: User) -> None:
        with self.state.lock:
            pull = self._editable(number, by)
            if pull.state == "open":
                pull.state, pull.closed_at = "closed", self.state.clock()
                self._tell("closed", pull, by)

    def reopen(self, number: int, by: User) -> None:
        with self.state.lock:
            pull = self._editable(number, by)
            if pull.merged:
                raise Refused("This pull request is merged and cannot be opened again.")
            if pull.state == "closed":
                pull.state, pull.closed_at = "open", None
                self._tell("reopened", pull, by)

    def delete_fork(self, number: int) -> None:
        """The author deletes the fork: from now on `head.repo` is null."""
        with self.state.lock:
            self.state.pull(number).fork_deleted = True

    def may_edit(self, pull: PullRequest, login: str) -> bool:
        return login == pull.author.login or self.state.can_write(login)

    def _editable(self, number: int, by: User) -> PullRequest:
        pull = self.state.pull(number)
        if not self.may_edit(pull, by.login):
            raise Refused(
                f"{by.login} cannot do that: it takes the author or somebody with write access."
            )
        return pull

    def _advance(self, pull: PullRequest, head: Commit, by: User) -> str:
        """Moves the branch to a new commit and tells so while the pull request is open."""
        before, pull.head_sha = pull.head_sha, head.sha
        if not pull.from_fork:
            self.state.branches[pull.branch] = head.sha
        pull.commits += 1
        if pull.state == "open":
            self._tell("synchronize", pull, by, before=before, after=head.sha)
        return head.sha

    def _retarget(self, pull: PullRequest, base: str) -> None:
        main = self.state.branches[self.state.default_branch]
        pull.base, pull.base_sha = base, self.state.branches.setdefault(base, main)

    def _tell(self, action: str, pull: PullRequest, by: User, **more: Any) -> None:
        pull.updated_at = self.state.clock()
        self.events.pull_request(action, pull, by, **more)


def _fits(title: str, body: str) -> None:
    if len(title) > MAX_TITLE:
        raise Refused(f"A title has at most {MAX_TITLE} characters; this one has {len(title)}.")
    if len(body) > MAX_BODY:
        raise Refused(f"A body has at most {MAX_BODY:,} characters; this one has {len(body):,}.")


def _on_top(before: Sequence[FileChange], files: Sequence[FileChange]) -> list[FileChange]:
    """The diff of a branch after one more commit, in a stand-in's approximation."""
    merged = {file.path: file for file in before}
    for file in files:
        old = merged.get(file.path)
        merged[file.path] = _both(old, file) if old else file
    return list(merged.values())


def _both(old: FileChange, new: FileChange) -> FileChange:
    patches = [patch for patch in (old.patch, new.patch) if patch]
    return FileChange(
        path=new.path,
        additions=old.additions + new.additions,
        deletions=old.deletions + new.deletions,
        patch="\n".join(patches) if patches else None,
        status=new.status if new.status == "removed" else old.status,
        previous_path=old.previous_path or new.previous_path,
    )
