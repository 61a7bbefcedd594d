"""Check runs: what the App reports, and the buttons that people press on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.sandbox.events import Events
from bot.sandbox.records import CheckRun, CommitStatus, Refused, User
from bot.sandbox.state import State


class CheckRuns:
    """Each act changes the state and tells the App, in one step.

    `on_completed` hears the commit of each run that completes: the merge queue waits for it.
    """

    def __init__(self, state: State, events: Events, on_completed: Callable[[str], None]) -> None:
        self.state, self.events, self.on_completed = state, events, on_completed

    def create(self, name: str, sha: str, fields: dict[str, Any], app: str = "") -> CheckRun:
        """A new run of the App on a known commit; `app` is the slug of another one."""
        with self.state.lock:
            head = self.state.resolve(sha).sha
            suite = self.state.suite_id(head, app)
            run = CheckRun(self.state.next_id("check"), suite, name, head, app=app)
            run.started_at = self.state.clock()
            self.state.add_check(run)
            self._apply(run, fields)
            self.events.check_run("created", run, self._reporter(run))
            self._completed(run)
        return run

    def update(self, check_id: int, fields: dict[str, Any]) -> CheckRun:
        with self.state.lock:
            run = self.state.check(check_id)
            done_before = run.status == "completed"
            self._apply(run, fields)
            if not done_before or "conclusion" in fields:
                self._completed(run)
        return run

    def report_status(
        self,
        sha: str,
        *,
        state: str,
        context: str,
        description: str | None = None,
        target_url: str | None = None,
        by: User | None = None,
    ) -> CommitStatus:
        """A commit status of the App, or of whoever is named and can write."""
        with self.state.lock:
            status = CommitStatus(
                id=self.state.next_id("status"),
                sha=self.state.resolve(sha).sha,
                state=state,
                context=context,
                description=description,
                target_url=target_url,
                created_at=self.state.clock(),
                creator=by or self.state.bot,
            )
            self.state.statuses.append(status)
            self.events.status(status, status.creator)
        return status

    def rerun(self, check_id: int, by: User) -> None:
        """Asks the App to run again; as on GitHub the run itself stays as it is."""
        with self.state.lock:
            self.events.check_run("rerequested", self.state.check(check_id), by)

    def rerun_all(self, sha: str, by: User) -> None:
        """Re-run all checks of a commit: one event for the suite."""
        with self.state.lock:
            self.events.check_suite("rerequested", self.state.resolve(sha).sha, by)

    def press(self, check_id: int, identifier: str, by: User) -> None:
        """A click on one of the run's own buttons, which only a completed run shows."""
        with self.state.lock:
            run = self.state.check(check_id)
            known = [action["identifier"] for action in run.actions]
            if identifier not in known or run.status != "completed":
                raise Refused("This button is gone. Please reload and look again.")
            self.events.check_run("requested_action", run, by, identifier)

    def _apply(self, run: CheckRun, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            setattr(run, name, value)
        if run.conclusion and "status" not in fields:
            run.status = "completed"
        if run.status != "completed":
            run.conclusion = run.completed_at = None
        elif run.completed_at is None or "conclusion" in fields:
            run.completed_at = self.state.clock()

    def _completed(self, run: CheckRun) -> None:
        if run.status == "completed":
            self.events.check_run("completed", run, self._reporter(run))
            self.on_completed(run.head_sha)

    def _reporter(self, run: CheckRun) -> User:
        return self.state.user(f"{run.app}[bot]") if run.app else self.state.bot
