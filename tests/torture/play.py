"""The machine: people, deliveries and the network act at random; the bot has to keep up."""

from __future__ import annotations

from tests.torture.command_rules import CommandRules
from tests.torture.comment_rules import CommentRules
from tests.torture.network_rules import NetworkRules
from tests.torture.subject_rules import SubjectRules


class Play(CommentRules, CommandRules, SubjectRules, NetworkRules):
    """Everything that may happen to one pull request."""
