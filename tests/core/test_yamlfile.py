"""A broken file is named with file, line, key, rule and an example."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.checklist_file import parse_checklist, parse_overlay
from bot.core.organisation import DEFAULT_SEGMENTS, Mode, parse_organisation
from bot.core.tier import Tier
from bot.errors import ConfigError
from tests.examples import CATALOG

OVERLAY = """\
id: ui
title: What people see
default_tier: R2
questions:
  - id: ui_tasks
    ask: Which tasks change?
    short: Tasks
    help: Name the task.
    type: line
"""


def broken(text: str, old: str, new: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        parse_overlay(text.replace(old, new), "overlays/ui.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "rule"),
    [
        ("type: line", "type: novel", 9, "questions.0.type", "must be one of line, pick,"),
        ("    help: Name the task.\n", "", 5, "questions.0.help", "is missing"),
        ("short: Tasks", "shrt: Tasks", 5, "questions.0.short", "is missing"),
        (
            "title: What",
            "tittle: x\ntitle: What",
            2,
            "tittle",
            "Known here are id, title, default_tier, requires, draft, questions.",
        ),
        (
            "type: line",
            "type: line\n    kind: x",
            10,
            "questions.0.kind",
            "are id, ask, short, help, type,",
        ),
        (
            "ui_tasks",
            "ui-tasks",
            5,
            "questions.0.id",
            "must be small letters, digits and underscores",
        ),
        (
            "short: Tasks",
            "short: T",
            7,
            "questions.0.short",
            "is too short: at least 2 characters.",
        ),
        ("short: Tasks", f"short: {'T' * 41}", 7, "questions.0.short", "at most 40 characters."),
        (
            "short: Tasks",
            "short: no",
            7,
            "questions.0.short",
            "must be a text; put it between quotes",
        ),
        ("questions:\n", "requires: tell\nquestions:\n", 4, "requires", "must be a list."),
        (
            "type: line",
            "type: line\n    tiers: R1",
            10,
            "questions.0.tiers",
            "must be a mapping, `key: value`.",
        ),
        ("default_tier: R2", "default_tier: R9", 3, "default_tier", "R1, R2 or R3"),
        (
            "default_tier: R2",
            "default_tier: R2\ndefault_tier: R3",
            4,
            "default_tier",
            "stands twice",
        ),
        ("ui_tasks", "tasks", 0, "questions", "must begin with `ui_`"),
        ("id: ui\n", "id: gui\n", 1, "id", "overlays are"),
        ("type: line", "type: pick", 5, "questions.0", "needs options"),
        (
            "type: line",
            "type: pick\n    options:\n      - {id: a, label: A}\n      - {id: a, label: B}",
            12,
            "questions.0.options.1.id",
            "'a' stands twice",
        ),
        ("title: What people see", "title: [", 4, "", "is not valid YAML"),
        ("type: line", "type: *x", 9, "", "is not valid YAML"),
        ("questions:", "x: &x [*x]\nquestions:", 4, "", "too many values"),
    ],
)
def test_each_mistake_is_named(old: str, new: str, line: int, key: str, rule: str) -> None:
    error = broken(OVERLAY, old, new)
    assert (error.file, error.line, error.key) == ("overlays/ui.yaml", line, key)
    assert rule in error.rule


def test_all_mistakes_of_a_file_are_known_in_the_order_of_their_lines() -> None:
    text = OVERLAY.replace("type: line", "type: novel").replace("id: ui_", "id: UI_")
    error = broken(text, "title:", "tittle:")
    found = [(each.line, each.key) for each in (error, *error.more)]
    assert found == [
        (1, "title"),
        (2, "tittle"),
        (5, "questions.0.id"),
        (9, "questions.0.type"),
    ]


def test_a_list_whose_items_are_wrong_is_not_called_empty_as_well() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_organisation("segments: [{id: A, label: A}]", "organisation.yaml")
    assert (caught.value.key, caught.value.more) == ("segments.0.id", ())


@pytest.mark.parametrize(
    ("text", "key", "rule"),
    [
        ("- mode", "", "must be a mapping, `key: value`."),
        ("mode: enforce", "mode", "must be a list."),
        ("mode: [enforce]", "mode.0", "must be a mapping, `key: value`."),
        (
            "mode: [{repositories: '*', mode: loud}]",
            "mode.0.mode",
            "one of shadow, warn or enforce.",
        ),
        ("drafts: loud", "drafts", "must be one of quiet or ask."),
        (
            "segments: [{id: A_b, label: A}]",
            "segments.0.id",
            "be small letters, digits and hyphens.",
        ),
        ('segments: [{id: a, label: ""}]', "segments.0.label", "is empty."),
        ("segments: []", "segments", "may not be empty: give at least 1."),
        (
            "thresholds: {evidence_days: soon}",
            "thresholds.evidence_days",
            "must be a whole number.",
        ),
        ("thresholds: {evidence_days: 0}", "thresholds.evidence_days", "must be 1 or more."),
        ("thresholds: {evidence_days: 9999}", "thresholds.evidence_days", "must be 3650 or less."),
        ("bots: {loud: []}", "bots.loud", "is not a known key; known here are quiet, ask_from."),
    ],
)
def test_a_mistake_is_told_in_plain_words(text: str, key: str, rule: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_organisation(text, "organisation.yaml")
    assert caught.value.key == key
    assert caught.value.rule.endswith(rule)


@pytest.mark.parametrize("every", ["**", "*", "*/*"])
def test_a_mode_behind_one_that_matches_everything_is_refused(every: str) -> None:
    text = (
        f"mode:\n  - {{repositories: '{every}', mode: warn}}\n"
        "  - {repositories: 'acme/*', mode: enforce}\n"
    )
    with pytest.raises(ConfigError) as caught:
        parse_organisation(text, "organisation.yaml")
    assert (caught.value.line, caught.value.key) == (3, "mode.1")
    rule = f"is never reached: `{every}` in line 2 matches every repository."
    assert caught.value.rule == rule


def test_a_few_lines_of_aliases_cannot_stand_for_billions_of_values() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    with pytest.raises(ConfigError, match="too many values"):
        parse_overlay(bomb, "overlays/ui.yaml")


@pytest.mark.parametrize("opens", ["[", "{a: ", "- "])
@pytest.mark.parametrize("levels", [51, 50_000])
def test_a_file_that_is_nested_too_deeply_is_refused_at_its_line(opens: str, levels: int) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_organisation("drafts: ask\nmode:\n  " + opens * levels + "x", "organisation.yaml")
    assert (caught.value.line, caught.value.rule) == (3, "is nested more than 50 levels deep.")


def test_the_message_holds_everything_in_one_line() -> None:
    assert str(broken(OVERLAY, "default_tier: R2", "default_tier: high")) == (
        "overlays/ui.yaml:3: default_tier: is 'high'; an overlay asks at R1, R2 or R3. "
        "Example: default_tier: R2"
    )


def test_a_no_that_yaml_reads_as_false_is_explained_by_an_example() -> None:
    options = "type: pick\n    options:\n      - {id: no, label: None}"
    error = broken(OVERLAY, "type: line", options)
    assert error.line == 11
    assert error.key == "questions.0.options.0.id"


def test_an_empty_organisation_file_has_all_defaults() -> None:
    found = parse_organisation("", "organisation.yaml")
    assert found.segments == DEFAULT_SEGMENTS
    assert found.mode_of("acme/shop") is Mode.WARN


def test_a_segment_that_stands_twice_is_named_by_its_line() -> None:
    text = "segments:\n  - {id: a, label: A}\n  - {id: b, label: B}\n  - {id: a, label: C}\n"
    with pytest.raises(ConfigError) as caught:
        parse_organisation(text, "organisation.yaml")
    assert (caught.value.line, caught.value.key) == (4, "segments.2.id")
    assert caught.value.rule == "'a' stands twice."


def test_the_shipped_organisation_file_says_what_the_defaults_are() -> None:
    shipped, empty = CATALOG.organisation, parse_organisation("", "x")
    for section in ("segments", "reviewers", "bots", "drafts", "thresholds"):
        assert getattr(shipped, section) == getattr(empty, section)
    assert shipped.mode_of("acme/shop") is empty.mode_of("acme/shop")


def test_the_first_mode_that_matches_wins() -> None:
    text = (
        "mode:\n  - {repositories: 'acme/*-docs', mode: shadow}\n"
        "  - {repositories: 'acme/*', mode: enforce}\n"
    )
    found = parse_organisation(text, "organisation.yaml")
    assert found.mode_of("acme/shop-docs") is Mode.SHADOW
    assert found.mode_of("Acme/Shop") is Mode.ENFORCE
    assert found.mode_of("other/shop") is Mode.WARN


def checklist(text: str) -> object:
    overlays = CATALOG.checklist.overlays
    return parse_checklist(
        text, "customer-impact.yaml", CATALOG.checklist, overlays, DEFAULT_SEGMENTS
    )


def test_an_organisation_builds_on_the_shipped_checklist() -> None:
    found = parse_checklist(
        "id: ours\nextends: customer-impact\nrequire: {reach: {R1: pick}}\n"
        "help: {who: Name the shop.}\n"
        "add: [{id: exports, ask: 'Does it change an export?', short: Exports, help: CSV too.,"
        " type: pick, options: [{id: 'yes', label: 'Yes'}], tiers: {R1: pick}}]\n"
        "language: de\ntranslations: {de: {feeling: {ask: Wie wird es sich anfühlen?,"
        " options: {relieved: Erleichtert}}}}\n",
        "customer-impact.yaml", CATALOG.checklist, CATALOG.checklist.overlays, DEFAULT_SEGMENTS,
    )  # fmt: skip
    asked = [q.id for q, need in found.asked(Tier.R1, (), {}) if need.must]
    assert asked == ["who", "why", "effect", "feeling", "voice", "reach", "exports"]
    feeling, who = found.question("feeling"), found.question("who")
    assert feeling is not None
    assert who is not None
    assert (feeling.ask, feeling.label("relieved")) == ("Wie wird es sich anfühlen?", "Erleichtert")
    assert who.help == "Name the shop."
    assert found.version != CATALOG.checklist.version


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("id: ours\n", "questions"),
        ("id: ours\nextends: theirs\n", "extends"),
        ("id: ours\nextends: customer-impact\nrequire: {nobody: {R1: pick}}\n", "require.nobody"),
        ("id: ours\nextends: customer-impact\nrequire: {reach: {R9: pick}}\n", "require.reach.R9"),
        ("id: ours\nextends: customer-impact\nhelp: {nobody: x}\n", "help.nobody"),
        ("id: ours\nextends: customer-impact\nlanguage: fr\n", "language"),
    ],
)
def test_a_checklist_of_ones_own_is_held_to_the_rules(text: str, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checklist(text)
    assert caught.value.key == key


OURS = "id: ours\nextends: customer-impact\n"
EXPORTS = (
    "add:\n  - {id: exports, ask: 'Does it change an export?', short: Exports, help: CSV too.,\n"
    "     type: pick, options: [{id: 'yes', label: 'Yes'}],\n     %s}\n"
)


@pytest.mark.parametrize(
    ("text", "line", "key", "rule"),
    [
        ("require: {reach: {R9: pick}}", 3, "require.reach.R9", "must be one of R1, R2"),
        ("help: {who: ''}", 3, "help.who", "is too short"),
        ("translations: {de: {who: {ask: Wo}}}", 3, "translations.de.who.ask", "is too short"),
        (
            "translations:\n  de:\n    feeling: {options: {relieved: ''}}",
            5,
            "translations.de.feeling.options.relieved",
            "is empty",
        ),
        (
            "translations:\n  de:\n    feeling: {options: {releived: x}}",
            5,
            "translations.de.feeling",
            "names 'releived', which is not an option of 'feeling'",
        ),
        ("translations: {de: {nobody: {}}}", 3, "translations.de.nobody", "not a question"),
        (EXPORTS % "refused: ['no']", 6, "add.0.refused", "names 'no', which is not an option of"),
        (EXPORTS % "required_if: {efect: [worse]}", 6, "add.0.required_if.efect", "not a question"),
        (EXPORTS % "required_if: {effect: [wors]}", 6, "add.0.required_if.effect", "'wors', which"),
        (EXPORTS.replace("'yes'", "done") % "step: who", 5, "add.0.options.0.id", "is 'done', wh"),
        (EXPORTS.replace("'yes'", "accept") % "step: x", 5, "add.0.options.0.id", "is 'accept', "),
    ],
)
def test_whatever_names_what_is_not_there_is_refused_at_its_line(
    text: str, line: int, key: str, rule: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        checklist(OURS + text)
    assert (caught.value.line, caught.value.key) == (line, key)
    assert rule in caught.value.rule


def test_an_overlay_that_refuses_an_unknown_option_is_named_by_its_file() -> None:
    text = OVERLAY.replace("type: line", "type: line\n    refused: [nobody]")
    with pytest.raises(ConfigError, match=r"overlays/ui\.yaml: questions\.0\.refused: names 'nob"):
        parse_checklist(OURS, "x", CATALOG.checklist, (parse_overlay(text, "ui.yaml"),), ())


def test_a_segment_may_not_be_called_like_a_box_of_our_own() -> None:
    with pytest.raises(ConfigError, match="a box of our own") as caught:
        parse_organisation("segments:\n  - {id: done, label: Done}\n", "organisation.yaml")
    assert caught.value.line == 2


def test_same_questions_same_version() -> None:
    again = replace(CATALOG.checklist)
    assert again.version == CATALOG.checklist.version
    assert len(again.version) == 12
