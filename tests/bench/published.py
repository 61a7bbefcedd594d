"""What other bots came to, measured once with the same stand-in and driver, and kept as it was.

2026-11-21, 2 shared cores, Node 20.20, Python 3.11 and 3.12, Go 1.23, loopback only. They do more
or less work for a pull request than one comment and one check, so calls and times are not compared
one to one: policy-bot sets one status, task-list-completed one check, CPython's bedevere (without
its sleep of a second) two statuses, pr-agent writes a description and a review (the model answers
in no time), danger-js runs once for each pull request. Not what they do at their best, but what
somebody gets who runs them as they come. bedevere and pr-agent: 16 in flight; danger: 4.
"""

from __future__ import annotations

from tests.bench.measures import Figure

MEASURED = "2026-11-21"
CORES = 2


def _of(value: int, of: int) -> Figure:
    return Figure(value, of)


# By the label of the measure, then by bot.
PUBLISHED: dict[str, dict[str, Figure]] = {
    "Ack p99 at full load, ms": {
        "policy-bot": Figure(18), "task-list": Figure(468), "bedevere": Figure(1255),
        "pr-agent": Figure(9194),
    },
    "Webhook to last effect p50, alone, ms": {
        "policy-bot": Figure(95), "task-list": Figure(120), "bedevere": Figure(335),
        "pr-agent": Figure(1297), "danger": Figure(1120),
    },
    "Pull requests done/s": {
        "policy-bot": Figure(79), "task-list": Figure(98), "bedevere": Figure(14.4),
        "pr-agent": Figure(0.7), "danger": Figure(1.9),
    },
    "API calls per pull request": {
        "policy-bot": Figure(4), "task-list": Figure(4), "bedevere": Figure(10),
        "pr-agent": Figure(31), "danger": Figure(11),
    },
    "CPU per pull request, ms": {
        "policy-bot": Figure(2.7), "task-list": Figure(10.9), "bedevere": Figure(55),
        "pr-agent": Figure(392), "danger": Figure(970),
    },
    "kill -9 in a burst: lost silently": {
        "policy-bot": _of(110, 200), "task-list": _of(0, 200), "bedevere": _of(0, 200),
        "pr-agent": _of(4, 40),
    },
    "kill -9 at 50/s: lost silently": {
        "policy-bot": _of(4, 200), "task-list": _of(0, 200), "bedevere": _of(0, 200),
        "pr-agent": _of(1, 40),
    },
    "Refused in a burst": {
        "policy-bot": _of(90, 200), "task-list": _of(0, 200), "bedevere": _of(0, 200),
    },
    "20 % of 502: lost": {
        "policy-bot": _of(25, 100), "task-list": _of(0, 100), "bedevere": _of(91, 100),
        "pr-agent": _of(20, 20), "danger": _of(1, 10),
    },
    "20 % of 403: lost": {
        "policy-bot": _of(88, 100), "task-list": _of(23, 100), "bedevere": _of(88, 100),
        "pr-agent": _of(14, 16), "danger": _of(5, 10),
    },
    "20 % of answers lost: duplicates": {"policy-bot": _of(0, 100), "task-list": _of(20, 100)},
    "Same delivery twice at once: duplicates": {
        "task-list": _of(40, 40), "pr-agent": _of(20, 20),
    },
    "Same event again later: duplicates": {"task-list": _of(40, 40), "pr-agent": _of(20, 20)},
    "Peak memory, MiB": {
        "policy-bot": Figure(26), "task-list": Figure(290), "bedevere": Figure(56),
        "pr-agent": Figure(334), "danger": Figure(106),
    },
    "Cold start to first ack, s": {
        "policy-bot": Figure(0.01), "task-list": Figure(0.5), "bedevere": Figure(0.4),
        "pr-agent": Figure(3.7),
    },
}  # fmt: skip
