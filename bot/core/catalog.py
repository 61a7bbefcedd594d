"""What is asked, by which rules, and what the organisation decided: read once, used everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.checklist import Checklist
from bot.core.organisation import Organisation
from bot.core.switches import Switches
from bot.core.triage import Triage


@dataclass(frozen=True, slots=True)
class Catalog:
    """The checklist files of an organisation, as values."""

    checklist: Checklist
    organisation: Organisation
    triage: Triage
    switches: Switches
