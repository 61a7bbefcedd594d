"""The branch ruleset that makes the check required, from our App only where there is one."""

from __future__ import annotations

import json

from bot.views.github_check import NAME


def ruleset(app_id: int | None) -> str:
    """JSON for `gh api repos/OWNER/NAME/rulesets --input -`. `app_id` is our App's.

    None where there is no App: a status is pinned to nobody.
    """
    check = {"context": NAME, **({"integration_id": app_id} if app_id is not None else {})}
    rule = {
        "type": "required_status_checks",
        "parameters": {
            "strict_required_status_checks_policy": False,
            "required_status_checks": [check],
        },
    }
    found = {
        "name": NAME,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": [rule],
    }
    return json.dumps(found, indent=2)
