"""What is said about drafts of a model."""

from __future__ import annotations

NO_MODEL = (
    "No model is set up here, so nothing is drafted. Whoever runs Empty Chair can name one in "
    "`EMPTYCHAIR_LLM__MODEL`."
)
NOTHING_TO_DRAFT = "Nothing is open here that a draft could help with."
DRAFTING = "A draft is being made. It will stand beside the open questions, and counts for nothing."
LABEL = "Draft by a model, nobody confirmed it"


def no_draft(why: str) -> str:
    """Why none is made."""
    return f"No draft: {why}. Please answer by hand."
