"""The stand-in GitHub: one repository, its people, its pull requests and one App, on loopback."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Self

from bot.sandbox.faults import Faults
from bot.sandbox.records import (
    Call,
    CheckRun,
    Comment,
    CommitStatus,
    Delivery,
    FileChange,
    MergeResult,
    PullRequest,
    User,
)
from bot.sandbox.server import Server
from bot.sandbox.site import site
from bot.sandbox.state import State, now
from bot.sandbox.world import World


class StandIn:
    """A GitHub that answers the App's REST calls, sends it webhooks and shows pages to people.

    A context manager, or `start()` and `stop()`. People are named by their logins: authors and
    `reviewer` can write, `outsider` can only read, everybody else can read until `grant`.

    `webhook_url` is where the bot listens, `app_public_key` PEM text, `port` 0 any free port,
    `required_check` the check that holds a merge (empty: none), `faults` what goes wrong today.
    `clock` gives UTC in whole seconds; `seed` makes ids repeatable.
    """

    def __init__(
        self,
        *,
        webhook_url: str,
        webhook_secret: str,
        app_id: int,
        app_public_key: str,
        slug: str = "empty-chair",
        owner: str = "acme",
        repository: str = "shop",
        host: str = "127.0.0.1",
        port: int = 0,
        required_check: str = "Customer impact",
        faults: Faults | None = None,
        clock: Callable[[], datetime] = now,
        seed: int | None = None,
    ) -> None:
        self.faults = faults or Faults()
        self.state = State(
            owner=owner, repository=repository, slug=slug, app_id=app_id, clock=clock, seed=seed
        )
        self._world = World(
            self.state,
            webhook_url=webhook_url,
            webhook_secret=webhook_secret,
            app_public_key=app_public_key,
            required_check=required_check,
            faults=self.faults,
        )
        self._server = Server(site(self._world), host, port)

    def start(self) -> Self:
        self._server.start()
        self._world.settle_at(self.url)
        self._world.webhooks.start()
        return self

    def stop(self) -> None:
        """Within two seconds or so; deliveries that still wait are not sent."""
        self._world.webhooks.stop()
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where people look: `http://127.0.0.1:PORT`."""
        return self._server.url

    @property
    def api_url(self) -> str:
        """What the bot's base URL is."""
        return f"{self.url}/api/v3"

    @property
    def installation_id(self) -> int:
        return self.state.installation_id

    @property
    def full_name(self) -> str:
        return self.state.full_name

    def pull_url(self, number: int) -> str:
        return f"{self.url}/{self.full_name}/pull/{number}"

    def grant(self, login: str, role: str) -> None:
        """admin, maintain, write, triage, read or none."""
        self.state.user(login)
        self.state.roles[login] = role

    def conceal(self, login: str) -> None:
        """Somebody hides their membership: what they may do stays, MEMBER is no longer shown."""
        self.state.user(login)
        self.state.concealed.add(login)

    def team(self, slug: str, *logins: str) -> None:
        """A team of the organisation with these members; named again, it is made anew."""
        for login in logins:
            self.state.user(login)
        self.state.teams[slug] = logins

    def publicise(self, private: bool = False, *, by: str = "reviewer") -> None:
        """Makes the repository public, or private again: `repository` publicized or privatized."""
        with self.state.lock:
            self.state.private = private
            action = "privatized" if private else "publicized"
            self._world.events.repository(action, self.state.user(by))

    def open_pull_request(
        self,
        *,
        title: str,
        body: str = "",
        author: str = "alice",
        branch: str = "",
        files: Sequence[FileChange] = (),
        draft: bool = False,
        labels: Sequence[str] = (),
        author_type: str | None = None,
        from_fork: bool = False,
    ) -> int:
        """Opens it and gives its number."""
        pull = self._world.pulls.open(
            title=title,
            body=body,
            author=self.state.user(author, author_type),
            branch=branch,
            files=files,
            draft=draft,
            labels=labels,
            from_fork=from_fork,
        )
        return pull.number

    def push(self, number: int, files: Sequence[FileChange], *, by: str = "") -> str:
        """A commit on top, by the author unless somebody is named; gives the new head's hash."""
        return self._world.pulls.push(number, files, self._author(number, by))

    def merge_base_in(self, number: int, *, by: str = "") -> str:
        """A merge commit from the base, which leaves the files as they are; gives its hash."""
        return self._world.pulls.merge_base_in(number, self._author(number, by))

    def open_revert(self, number: int, *, author: str = "author") -> int:
        """Opens what the Revert button would, merged or not, and gives its number."""
        return self._world.pulls.open_revert(number, self.state.user(author)).number

    def edit_pull_request(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        base: str | None = None,
        by: str = "",
    ) -> None:
        author = self._author(number, by)
        self._world.pulls.edit(number, author, title=title, body=body, base=base)

    def label(self, number: int, name: str, *, by: str = "") -> None:
        self._world.pulls.label(number, name, self._author(number, by))

    def unlabel(self, number: int, name: str, *, by: str = "") -> None:
        self._world.pulls.label(number, name, self._author(number, by), on=False)

    def set_draft(self, number: int, draft: bool, *, by: str = "") -> None:
        self._world.pulls.set_draft(number, draft, self._author(number, by))

    def close(self, number: int, *, by: str = "") -> None:
        self._world.pulls.close(number, self._author(number, by))

    def reopen(self, number: int, *, by: str = "") -> None:
        self._world.pulls.reopen(number, self._author(number, by))

    def delete_fork(self, number: int) -> None:
        self._world.pulls.delete_fork(number)

    def merge(self, number: int, *, by: str = "reviewer", bypass: bool = False) -> MergeResult:
        """Refuses while the required check does not pass, unless an admin goes round it."""
        return self._world.merging.merge(number, self.state.user(by), bypass=bypass)

    def queue(self, number: int, *, by: str = "reviewer") -> str:
        """Into the merge queue, whatever its check says; gives the hash of the group's commit."""
        return self._world.merging.queue(number, self.state.user(by))

    def comment(self, number: int, body: str, by: str) -> int:
        return self._world.conversation.say(number, body, self.state.user(by)).id

    def edit_comment(self, comment_id: int, body: str, by: str) -> None:
        self._world.conversation.edit(comment_id, body, self.state.user(by))

    def delete_comment(self, comment_id: int, by: str) -> None:
        self._world.conversation.delete(comment_id, self.state.user(by))

    def tick(
        self, comment_id: int, box: int | str, by: str, *, checked: bool | None = None
    ) -> bool:
        """Clicks a box, by its place from 0 or by part of its text; tells whether it is on now."""
        return self._world.conversation.tick(comment_id, box, self.state.user(by), checked=checked)

    def reactions(self, comment_id: int) -> list[str]:
        """What was put below a comment, in order: `eyes`, `+1` and so on."""
        return [found.content for found in self._world.conversation.reactions(comment_id)]

    def rerun_check(self, check_id: int, by: str) -> None:
        self._world.checks.rerun(check_id, self.state.user(by))

    def rerun_all_checks(self, number: int, by: str) -> None:
        sha = self.pull_request(number).head_sha
        self._world.checks.rerun_all(sha, self.state.user(by))

    def press(self, check_id: int, identifier: str, by: str) -> None:
        self._world.checks.press(check_id, identifier, self.state.user(by))

    def install(self, *, by: str = "reviewer") -> None:
        """The App is installed on the organisation: `installation` created."""
        with self.state.lock:
            self.state.installed = True
            self._world.events.installation("created", self.state.user(by))

    def hook(self, *, by: str = "reviewer") -> None:
        """There is no App but a webhook of the repository, which says `ping` first."""
        with self.state.lock:
            self.state.installed = False
            self._world.events.ping(self.state.user(by))

    def personal_token(self, login: str, *, role: str = "write", scopes: str = "repo") -> str:
        """A token with which a script acts as this person; `scopes` empty: fine-grained."""
        user = self.state.user(login)
        self.state.roles[login] = role
        self.state.machines.add(login)
        return self._world.tokens.issue_personal(user, scopes).value

    def add_repository(self, *, by: str = "reviewer") -> None:
        """The repository joins an installation that is there: `installation_repositories` added."""
        with self.state.lock:
            self._world.events.repositories_added(self.state.user(by))

    def pull_request(self, number: int) -> PullRequest:
        return self.state.pull(number)

    def comments(self, number: int) -> list[Comment]:
        return self.state.comments_on(number)

    def bot_comments(self, number: int) -> list[Comment]:
        """Those of the App and of scripts with personal tokens, oldest first."""
        scripts = {self.state.bot.login, *self.state.machines}
        return [c for c in self.comments(number) if c.user.login in scripts]

    def check(self, number: int) -> CheckRun | None:
        """The run that counts: the last one of the required name on the head."""
        head = self.pull_request(number).head_sha
        return self.state.latest_check(head, self._world.merging.required_check)

    def check_on(self, sha: str) -> CheckRun | None:
        """The same on any commit, such as that of a merge group."""
        return self.state.latest_check(sha, self._world.merging.required_check)

    def statuses_on(self, sha: str) -> list[CommitStatus]:
        """The commit statuses of the required name on a commit, oldest first."""
        name = self._world.merging.required_check
        return [s for s in self.state.statuses if (s.sha, s.context) == (sha, name)]

    @property
    def calls(self) -> list[Call]:
        """Every API call so far: method, path without `/api/v3`, status (0: no answer given).

        GraphQL is `/graphql`, whichever way it was asked.
        """
        return self._world.calls

    @property
    def call_counts(self) -> Counter[tuple[str, str]]:
        """How often each method and route was called."""
        return self._world.counts

    @property
    def deliveries(self) -> list[Delivery]:
        """Every webhook so far, repeated ones again."""
        return self._world.webhooks.deliveries

    def on_answer(self, call: Callable[[Delivery], None]) -> None:
        """`call` hears of each delivery after the bot answered it, from the sender's thread."""
        self._world.webhooks.on_answer = call

    def redeliver(self, guid: str) -> None:
        """Sends a delivery once more under the same delivery id."""
        self._world.webhooks.redeliver(guid)

    def redeliver_lost(self) -> int:
        """Sends what `lose_deliveries` kept and nobody asked for since, in order; how many."""
        return self._world.webhooks.redeliver_lost()

    def hold_deliveries(self) -> None:
        """From now on deliveries are kept, not sent; `wait_idle` does not wait for them."""
        self._world.webhooks.hold()

    def release(self, order: Sequence[int] | None = None, copies: int = 1) -> int:
        """Sends what was held, then goes on sending as usual; gives how many were held.

        `order` names each of them once, by its place from 0; each is sent `copies` times.
        """
        return self._world.webhooks.release(order, copies)

    def wait_idle(self, timeout: float) -> bool:
        """True once all deliveries are answered; what the bot does afterwards is its own affair."""
        return self._world.webhooks.wait_idle(timeout)

    def expire_tokens(self) -> None:
        """Every installation token so far is refused from now on."""
        self._world.tokens.expire_all()

    def _author(self, number: int, by: str) -> User:
        return self.state.user(by) if by else self.state.pull(number).author
