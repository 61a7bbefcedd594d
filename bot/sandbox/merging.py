"""The merge button and the merge queue, both held by the required check."""

from __future__ import annotations

from bot.sandbox.events import Events
from bot.sandbox.records import MergeGroup, MergeResult, PullRequest, Refused, User
from bot.sandbox.state import State


class Merging:
    """Merges only what a ruleset with one required check would let through.

    `required_check` empty means that nothing is required.
    """

    def __init__(self, state: State, events: Events, required_check: str) -> None:
        self.state, self.events, self.required_check = state, events, required_check

    def obstacle(self, pull: PullRequest, login: str) -> str:
        """Why this person cannot merge this now, in one sentence; empty when they can."""
        if pull.merged:
            return "This pull request is merged already."
        if pull.state == "closed":
            return "This pull request is closed."
        if not self.state.can_write(login):
            return f"Merging takes write access, and {login} has none."
        if pull.draft:
            return "This pull request is still a draft."
        return self.missing(pull.head_sha)

    def missing(self, sha: str) -> str:
        """What the required check still wants on this commit; empty when it passes.

        A check run and a commit status of the same name are both required.
        """
        name = self.required_check
        run, status = self.state.latest_check(sha, name), self.state.latest_status(sha, name)
        if not name:
            return ""
        if status is not None and status.state != "success":
            told = f": {status.description}" if status.description else ""
            return f"The required status “{name}” is {status.state}{told}."
        if (run and run.passes) or (run is None and status):
            return ""
        if run is None:
            return f"The required check “{name}” is expected: nobody has reported it yet."
        told = f": {run.title}" if run.title else ""
        if run.status != "completed":
            return f"The required check “{name}” is still running{told}."
        return f"The required check “{name}” has not passed{told}."

    def merge(self, number: int, by: User, *, bypass: bool = False) -> MergeResult:
        """`bypass` is what an admin may do: merge without waiting for the required check."""
        with self.state.lock:
            pull = self.state.pull(number)
            why_not = self.obstacle(pull, by.login)
            if why_not and bypass and self._may_bypass(pull, by):
                why_not = ""
            if why_not:
                return MergeResult(False, why_not)
            self._merged(pull, by)
            return MergeResult(True, f"#{number} is merged into {pull.base}.")

    def queue(self, number: int, by: User) -> str:
        """Put it into the merge queue; gives the hash of the group's commit.

        The queue merges when the required check passes on that commit, and drops it otherwise.
        """
        with self.state.lock:
            pull = self.state.pull(number)
            if pull.state != "open" or pull.draft:
                raise Refused("Only an open pull request that is ready can be queued.")
            if self.queued(number):
                raise Refused(f"#{number} is in the merge queue already.")
            group = self._group(pull, by)
            self.state.groups[group.head_sha] = group
            self.events.pull_request("enqueued", pull, by)
            self.events.merge_group("checks_requested", group, by)
        return group.head_sha

    def queued(self, number: int) -> MergeGroup | None:
        groups = self.state.groups.values()
        return next((group for group in groups if group.number == number), None)

    def settle(self, sha: str) -> None:
        """A check completed on this commit: a group that waited for it merges or leaves."""
        with self.state.lock:
            group = self.state.groups.get(sha)
            if group is None or self._waits(sha):
                return
            del self.state.groups[sha]
            pull = self.state.pull(group.number)
            passes = not self.missing(sha)
            reason = "merged" if passes else "invalidated"
            self.events.merge_group("destroyed", group, group.by, reason)
            self.events.pull_request("dequeued", pull, group.by)
            if passes and pull.state == "open":
                self._merged(pull, group.by)

    def _waits(self, sha: str) -> bool:
        """Whether the required check, or the status of its name, is still to come."""
        name = self.required_check
        run, status = self.state.latest_check(sha, name), self.state.latest_status(sha, name)
        if run is None and status is None:
            return True
        unfinished = run is not None and run.status != "completed"
        return unfinished or (status is not None and status.state == "pending")

    def _may_bypass(self, pull: PullRequest, by: User) -> bool:
        return pull.state == "open" and not pull.draft and self.state.role(by.login) == "admin"

    def _group(self, pull: PullRequest, by: User) -> MergeGroup:
        base = self.state.branches[pull.base]
        title = f"Merge pull request #{pull.number} from {pull.author.login}/{pull.branch}"
        head = self.state.new_commit(f"{title}\n\n{pull.title}", by, base).sha
        ref = f"refs/heads/gh-readonly-queue/{pull.base}/pr-{pull.number}-{base}"
        return MergeGroup(pull.number, head, ref, base, f"refs/heads/{pull.base}", by)

    def _merged(self, pull: PullRequest, by: User) -> None:
        at = self.state.clock()
        commit = self.state.new_commit(
            f"{pull.title} (#{pull.number})", by, self.state.branches[pull.base]
        )
        self.state.branches[pull.base] = pull.merge_commit_sha = commit.sha
        pull.state, pull.merged, pull.merged_by = "closed", True, by
        pull.merged_at = pull.closed_at = pull.updated_at = at
        self.events.pull_request("closed", pull, by)
