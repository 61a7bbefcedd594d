"""Turns what the stand-in knows into HTML. All text of others is escaped or sanitised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request

from bot.sandbox import people
from bot.sandbox.markdown import Task, disabled_box, render
from bot.sandbox.records import CheckRun, FileChange, PullRequest
from bot.sandbox.versions import fingerprint, list_pulse, pulse
from bot.sandbox.world import World

TEMPLATES = Path(__file__).with_name("templates")
MAX_PATCH_LINES = 400
SUGGESTED_PATHS = ("pricing/plans.yaml", "web/checkout/cart.ts", "docs/guide.md", "tests/cart.py")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a check stands: `look` names the colour, `sign` the icon, `word` says it in words."""

    look: str
    sign: str
    word: str


EXPECTED = Mark("waiting", "○", "Expected")
RUNNING = Mark("waiting", "●", "In progress")
MARKS = {
    "success": Mark("good", "✓", "Successful"),
    "neutral": Mark("calm", "■", "Neutral"),
    "skipped": Mark("calm", "⊘", "Skipped"),
    "action_required": Mark("ask", "!", "Action required"),
    "failure": Mark("bad", "✕", "Failing"),
    "timed_out": Mark("bad", "✕", "Timed out"),
    "cancelled": Mark("calm", "⊘", "Cancelled"),
}


def mark(run: CheckRun | None) -> Mark:
    if run is None:
        return EXPECTED
    return MARKS.get(run.conclusion or "", RUNNING)


def standing(pull: PullRequest) -> str:
    """open, draft, merged or closed."""
    if pull.merged:
        return "merged"
    return "draft" if pull.draft and pull.state == "open" else pull.state


class Drawing:
    """Draws whole pages for one request; parts that change alone carry a fingerprint."""

    def __init__(self, world: World) -> None:
        self.world, self.state = world, world.state
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            fingerprint=fingerprint, clock=_clock, diff=_diff, markdown=_markdown
        )
        self._templates.globals.update(mark=mark, standing=standing)

    def list_page(self, request: Request) -> str:
        with self.state.lock:
            pulls = sorted(self.state.pulls.values(), key=lambda pull: -pull.number)
            counts = {name: sum(map(test, pulls)) for name, test in self._filters().items()}
            shown = request.query_params.get("show", "all")
            test = self._filters().get(shown, self._filters()["all"])
            rows = [(pull, self._check(pull)) for pull in pulls if test(pull)]
            return self._page(
                "list.html", request, None, rows=rows, counts=counts, shown=shown,
                pulse=list_pulse(self.world), notice=None,
            )  # fmt: skip

    def pull_page(self, request: Request, pull: PullRequest, notice: tuple[str, str] | None) -> str:
        with self.state.lock:
            me = people.person(request, self.state, pull)
            return self._page(
                "pull.html",
                request,
                pull,
                pull=pull,
                me=me,
                notice=notice,
                pulse=pulse(self.world, pull),
                check=self._check(pull),
                other_checks=self._other_checks(pull),
                comments=self.state.comments_on(pull.number),
                description=self._description(pull, me.login),
                comment_body=self._comment_body(me.login),
                reactions=self.world.conversation.reactions,
                may_edit=self.world.pulls.may_edit(pull, me.login),
                may_edit_comment=self.world.conversation.may_edit,
                may_write=self.state.can_write(me.login),
                may_bypass=self.state.role(me.login) == "admin",
                obstacle=self.world.merging.obstacle(pull, me.login),
                missing=self.world.merging.missing(pull.head_sha),
                queued=self.world.merging.queued(pull.number),
                paths=_paths(pull),
                here=f"/{self.state.full_name}/pull/{pull.number}",
            )

    def missing_page(self, request: Request, why: str) -> str:
        return self._page("missing.html", request, None, why=why, notice=None, pulse="")

    def _page(
        self, template: str, request: Request, about: PullRequest | None, **values: Any
    ) -> str:
        return self._templates.get_template(template).render(
            full_name=self.state.full_name,
            required_check=self.world.merging.required_check,
            bot=self.state.bot,
            people=people.choices(request, about),
            trouble=self.world.trouble(),
            **values,
        )

    def _check(self, pull: PullRequest) -> CheckRun | None:
        return self.state.latest_check(pull.head_sha, self.world.merging.required_check)

    def _other_checks(self, pull: PullRequest) -> list[CheckRun]:
        required = self.world.merging.required_check
        latest = {run.name: run for run in self.state.checks_on(pull.head_sha)}
        return [run for name, run in latest.items() if name != required]

    def _filters(self) -> dict[str, Callable[[PullRequest], bool]]:
        def waits(pull: PullRequest) -> bool:
            run = self._check(pull)
            return pull.state == "open" and not (run and run.passes)

        return {
            "all": lambda _: True,
            "waiting": waits,
            "open": lambda pull: pull.state == "open",
            "closed": lambda pull: pull.state == "closed",
        }

    def _description(self, pull: PullRequest, login: str) -> Markup:
        may = self.world.pulls.may_edit(pull, login)
        return Markup(render(pull.body or "", _button if may else disabled_box))  # noqa: S704  # sanitised

    def _comment_body(self, login: str) -> Callable[[Any], Markup]:
        def draw(comment: Any) -> Markup:
            may = self.world.conversation.may_edit(comment, login)
            return Markup(render(comment.body, _button if may else disabled_box))  # noqa: S704  # sanitised

        return draw


def _button(index: int, task: Task) -> str:
    """A box that works without any script: pressing it submits the form around the comment."""
    state = "true" if task.checked else "false"
    return (
        f'<button class="box" name="box" value="{index}" role="checkbox" '
        f'aria-checked="{state}" aria-label="{escape(task.text)}"></button>'
    )


def _markdown(text: str | None) -> Markup:
    return Markup(render(text or ""))  # noqa: S704  # sanitised


def _clock(at: datetime) -> Markup:
    local = at.astimezone().strftime("%H:%M")
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), local)


def _diff(file: FileChange) -> Markup:
    """The patch line by line, each with its kind; long ones are cut for the eye only."""
    lines = (file.patch or "").splitlines()
    kinds = {"+": "plus", "-": "minus", "@": "hunk"}
    drawn = [
        Markup('<span class="line {}">{}</span>').format(kinds.get(line[:1], "same"), line or " ")
        for line in lines[:MAX_PATCH_LINES]
    ]
    if len(lines) > MAX_PATCH_LINES:
        rest = len(lines) - MAX_PATCH_LINES
        drawn.append(Markup('<span class="line hunk">… {} more lines</span>').format(rest))
    return Markup("").join(drawn)


def _paths(pull: PullRequest) -> list[str]:
    return [*[file.path for file in pull.files[:50]], *SUGGESTED_PATHS]
