"""Every job and every schedule, in one list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.flows.apply_organisation import apply_organisation
from bot.flows.check_app import check_app
from bot.flows.drafts.make_draft import make_draft
from bot.flows.hear_comment import hear_comment
from bot.flows.install import adopt_repositories, visit_pull_request
from bot.flows.publish_check import publish_check, seed_check
from bot.flows.publish_comment import publish_comment
from bot.flows.react import react
from bot.flows.read_owners import read_owners
from bot.flows.read_rules import LOOK, read_rules
from bot.flows.reply import reply
from bot.flows.republish import repost_comment, republish
from bot.flows.run_out import run_out
from bot.flows.slack.link_decision import link_decision
from bot.flows.slack.link_people import link_by_email
from bot.flows.slack.link_pull_request import hand_down_all
from bot.flows.slack.publish_card import publish_card
from bot.flows.slack.publish_home import publish_home
from bot.flows.sweep_deliveries import sweep_deliveries
from bot.flows.sweep_repositories import sweep_repositories
from bot.flows.tidy import tidy
from bot.flows.voice.import_daily import import_voice
from bot.flows.voice.offer_quotes import refresh_quotes

# The name that stands in the job table -> the flow; its arguments are the flow's own.
# `deliver` and `deliver_slack` belong to the doors and are added where everything is put together.
FLOWS: dict[str, Callable[..., Any]] = {
    "publish_comment": publish_comment,
    "publish_check": publish_check,
    "seed_check": seed_check,
    "adopt_repositories": adopt_repositories,
    "visit_pull_request": visit_pull_request,
    "react": react,
    "reply": reply,
    "read_rules": read_rules,
    "read_owners": read_owners,
    "republish": republish,
    "repost_comment": repost_comment,
    "run_out": run_out,
    "hear_comment": hear_comment,
    "sweep_deliveries": sweep_deliveries,
    "sweep_repositories": sweep_repositories,
    "tidy": tidy,
    "check_app": check_app,
    "apply_organisation": apply_organisation,
    "publish_card": publish_card,
    "publish_home": publish_home,
    "hand_down": hand_down_all,
    "link_decision": link_decision,
    "link_by_email": link_by_email,
    "refresh_quotes": refresh_quotes,
    "make_draft": make_draft,
    "import_voice": import_voice,
}
# What a person in Slack waits for: workers of their own do it, also while GitHub does not answer.
PROMPT = frozenset({"deliver_slack", "publish_card", "publish_home"})

ALWAYS = {
    "run_out": timedelta(minutes=1),  # waivers whose day is over
    "tidy": timedelta(hours=6),  # bodies of old deliveries
    "import_voice": timedelta(days=1),  # exports of what customers said; also at every start
}
OF_GITHUB = {
    "apply_organisation": timedelta(days=1),  # also at every start, when it may have changed
    "check_app": timedelta(hours=12),  # also at every start
    "read_rules": LOOK,  # what GitHub's rules require, and what CODEOWNERS says
    "read_owners": timedelta(hours=6),  # which repositories are a team's; also at every start
    "sweep_deliveries": timedelta(minutes=2),  # also at every start: what came while we were away
    "sweep_repositories": timedelta(minutes=5),
}
PERIODIC = ALWAYS | OF_GITHUB
