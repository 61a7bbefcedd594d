"""Enforced, or advisory and why: one table for the command line and the metrics."""

from __future__ import annotations

import pytest

from bot.core.enforcement import Required, Ruled, enforcement, required, standing
from bot.core.facts import RequiredCheck
from bot.core.organisation import Mode, parse_organisation

NAME = "Customer impact"
ANYBODY, OURS, OTHERS = (RequiredCheck(NAME, app) for app in (None, 7, 8))
BUILD = RequiredCheck("build", 7)


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([], Required.NO),
        ([BUILD], Required.NO),
        ([RequiredCheck("customer impact", 7)], Required.NO),  # GitHub would wait for it for ever
        ([BUILD, ANYBODY], Required.ANYONE),
        ([OURS], Required.OURS),
        ([ANYBODY, OURS], Required.OURS),  # both have to be satisfied
        ([OTHERS], Required.OTHER),
        ([OURS, OTHERS], Required.OTHER),
        ([ANYBODY, OTHERS], Required.OTHER),
    ],
)
def test_all_rules_have_to_be_satisfied_so_the_strictest_says_what_is_required(
    rules: list[RequiredCheck], found: Required
) -> None:
    assert required(rules, NAME, 7) is found


def test_who_is_no_app_can_never_satisfy_a_rule_that_is_pinned_to_one() -> None:
    assert required([OURS], NAME, None) is Required.OTHER
    assert required([ANYBODY], NAME, None) is Required.ANYONE


@pytest.mark.parametrize(
    ("found", "mode", "enforced", "pinned", "why"),
    [
        (Required.OURS, Mode.ENFORCE, True, True, ""),
        (Required.OURS, Mode.WARN, False, True, "its mode is warn: nothing is ever red"),
        (Required.OURS, Mode.SHADOW, False, True, "its mode is shadow: nobody is asked"),
        (Required.ANYONE, Mode.ENFORCE, True, False, "anybody's check of that name"),
        (Required.ANYONE, Mode.WARN, False, False, "its mode is warn: nothing is ever red"),
        (Required.OTHER, Mode.ENFORCE, False, False, "required, but pinned to another App"),
        (Required.OTHER, Mode.WARN, False, False, "required, but pinned to another App"),
        (Required.NO, Mode.ENFORCE, False, False, "no rule requires the check"),
        (Required.NO, Mode.SHADOW, False, False, "no rule requires the check"),
        (Required.UNKNOWN, Mode.ENFORCE, False, False, "GitHub did not let us read the rules"),
    ],
)
def test_enforced_takes_a_rule_and_the_mode(
    found: Required, mode: Mode, enforced: bool, pinned: bool, why: str
) -> None:
    told = enforcement(found, mode)
    assert (told.enforced, told.pinned) == (enforced, pinned)
    assert told.why == why or (why and why in told.why)
    assert bool(told.step) is bool(told.why)


def test_what_was_never_asked_says_so() -> None:
    told = enforcement(Required.UNKNOWN, Mode.ENFORCE, was_read=False)
    assert (told.enforced, told.why) == (False, "not read yet")
    assert "when the App is installed, and every six hours" in told.step


def test_the_mode_is_that_of_the_repository() -> None:
    text = "mode: [{repositories: 'acme/shop', mode: enforce}]"
    organisation = parse_organisation(text, "organisation.yaml")
    shop, till = (Ruled(name, Required.OURS, None, 0) for name in ("Acme/Shop", "acme/till"))
    found = [standing(each, organisation) for each in (shop, till)]
    assert [each.mode for each in found] == [Mode.ENFORCE, Mode.WARN]
    assert [each.enforcement.enforced for each in found] == [True, False]
