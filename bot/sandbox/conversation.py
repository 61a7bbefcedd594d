"""What people and the App say below a pull request: comments, ticks in them, reactions."""

from __future__ import annotations

from bot.sandbox.events import Events
from bot.sandbox.markdown import tasks, toggle_task
from bot.sandbox.pull_requests import MAX_BODY
from bot.sandbox.records import Comment, Reaction, Refused, User, Version
from bot.sandbox.state import State


class Conversation:
    """Each act changes the state and tells the App, in one step."""

    def __init__(self, state: State, events: Events) -> None:
        self.state, self.events = state, events

    def say(self, number: int, body: str, by: User, *, by_app: bool = False) -> Comment:
        """A new comment; it needs some text."""
        _fits(body)
        with self.state.lock:
            pull, at = self.state.pull(number), self.state.clock()
            comment = Comment(self.state.next_id("comment"), number, by, body, at, at, by_app)
            comment.history.append(Version(by, at, body))
            self.state.comments[comment.id] = comment
            pull.updated_at = at
            self.events.issue_comment("created", comment, by)
        return comment

    def edit(self, comment_id: int, body: str, by: User) -> Comment:
        """Own comments, or anybody's for people with write access. No change, no event."""
        _fits(body)
        with self.state.lock:
            comment = self._editable(comment_id, by)
            before = comment.body
            if body != before:
                comment.body, comment.updated_at = body, self.state.clock()
                comment.history.append(Version(by, comment.updated_at, body))
                self.events.issue_comment("edited", comment, by, before)
        return comment

    def delete(self, comment_id: int, by: User) -> None:
        with self.state.lock:
            comment = self._editable(comment_id, by)
            del self.state.comments[comment_id]
            self.events.issue_comment("deleted", comment, by)
            for reaction in self.reactions(comment_id):
                del self.state.reactions[reaction.id]

    def tick(
        self,
        comment_id: int,
        box: int | str,
        by: User,
        *,
        checked: bool | None = None,
        seen: str | None = None,
    ) -> bool:
        """Click a box and tell whether it is ticked now.

        `box` is its place among the real task items, from 0, or a part of its text. `checked`
        None means the other way round. `seen` is the body that the person had before their eyes.
        """
        with self.state.lock:
            comment = self._editable(comment_id, by)
            if seen is not None and seen != comment.body:
                raise Refused("This comment has just changed. Please look again, then tick.")
            body, checked = ticked(comment.body, box, checked)
            self.edit(comment_id, body, by)
        return checked

    def may_edit(self, comment: Comment, login: str) -> bool:
        return comment.user.login == login or self.state.can_write(login)

    def react(self, comment_id: int, content: str, by: User) -> tuple[Reaction, bool]:
        """A reaction, and whether it is new: the same person reacts once with each emoji."""
        with self.state.lock:
            self.state.comment(comment_id)
            for known in self.reactions(comment_id):
                if (known.user, known.content) == (by, content):
                    return known, False
            number, at = self.state.next_id("reaction"), self.state.clock()
            reaction = Reaction(number, comment_id, by, content, at)
            self.state.reactions[reaction.id] = reaction
        return reaction, True

    def reactions(self, comment_id: int) -> list[Reaction]:
        with self.state.lock:
            return [r for r in self.state.reactions.values() if r.comment_id == comment_id]

    def _editable(self, comment_id: int, by: User) -> Comment:
        comment = self.state.comment(comment_id)
        if not self.may_edit(comment, by.login):
            raise Refused(
                f"{by.login} cannot change a comment of {comment.user.login}: "
                "that takes write access. A comment of your own always works."
            )
        return comment


def ticked(body: str, box: int | str, checked: bool | None) -> tuple[str, bool]:
    """The body with one box clicked, and how the box stands then."""
    found = tasks(body)
    index = box if isinstance(box, int) else _find([task.text for task in found], box)
    if not 0 <= index < len(found):
        raise Refused(f"There is no box {index} here: there are {len(found)}.")
    state = (not found[index].checked) if checked is None else checked
    return toggle_task(body, index, state), state


def _find(texts: list[str], wanted: str) -> int:
    for index, text in enumerate(texts):
        if wanted in text:
            return index
    raise Refused(f"There is no box “{wanted}” here.")


def _fits(body: str) -> None:
    if not body.strip():
        raise Refused("A comment needs some text.")
    if len(body) > MAX_BODY:
        raise Refused(f"A comment has at most {MAX_BODY:,} characters; this has {len(body):,}.")
