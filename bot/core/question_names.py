"""How people name a question in words: by its id or its short name, in any case."""

from __future__ import annotations

import re
from difflib import get_close_matches

from bot.core.checklist import Checklist, Question

LONGEST = 60  # characters of a name that is looked at
SURE = 0.8  # how near several words are to a short name that was meant; one word may be further off


class QuestionNames:
    """The names of one checklist's questions. An id wins over a short name, the first one over
    later ones. Hyphens, underscores and spaces are the same."""

    def __init__(self, checklist: Checklist) -> None:
        questions = tuple(reversed(checklist.all_questions()))
        self._by_id = {q.id: q for q in questions}
        self._known = {_plain(q.short): q for q in questions} | {_plain(q.id): q for q in questions}

    def find(self, written: str) -> Question | None:
        """The question of just that name."""
        return self._known.get(_plain(written)) if len(written) <= LONGEST else None

    def begun(self, text: str) -> tuple[Question, str] | None:
        """The question with which a text begins, and what stands behind its name.

        A name before a colon counts first, then an id as it is spelled, then the longest name.
        """
        head, colon, tail = text.partition(":")
        if colon and (question := self.find(head)):
            return question, tail.strip()
        word, _, rest = text.partition(" ")
        if question := self._by_id.get(word.casefold()):
            return question, rest.strip()
        ends = [space.start() for space in re.finditer(r" |$", text[: LONGEST + 1])]
        for end in reversed(ends):
            if question := self.find(text[:end]):
                return question, text[end:].strip()
        return None

    def nearest(self, written: str) -> Question | None:
        """The question that was probably meant; None if there is none."""
        near = get_close_matches(_plain(written[:LONGEST]), self._known, 1)
        return self._known[near[0]] if near else None

    def meant(self, head: str, tail: str) -> bool:
        """Whether a text before and after a colon looks like an answer, maybe with a misspelt name.

        A word and a colon do, and several words that are nearly a name; an address does not.
        """
        name = head.strip()
        if self.find(name):
            return True
        if not name or len(name) > LONGEST or (tail and not tail[0].isspace()):
            return False
        return " " not in name or bool(get_close_matches(_plain(name), self._known, 1, SURE))


def _plain(written: str) -> str:
    """The form in which names are compared."""
    return re.sub(r"[\s_*-]+", " ", written.casefold()).strip()
