"""What the documents promise is held against the code."""

from __future__ import annotations

import json
import re
import tomllib
from urllib.parse import parse_qsl, urlsplit

import pytest
from click.testing import CliRunner

from bot.cli import COMMANDS, cli
from bot.core.checklist import OVERLAYS
from bot.core.events import NAMES
from bot.core.review import TRANSITIONS, Seen, State
from bot.flows.check_app import EVENTS, PERMISSIONS
from bot.inbound.github_events import PULL_REQUEST_ACTIONS, READERS
from bot.settings import environment_names
from bot.views.ruleset import ruleset
from tests.data import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
INSTALL = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
MANIFEST = json.loads((ROOT / "deploy" / "github-app-manifest.json").read_text(encoding="utf-8"))
UNASKED = {"installation", "installation_repositories", "ping"}  # come without being asked for


def test_the_readme_lists_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `(EMPTYCHAIR_\w+)` \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
    told = [(name, default.strip("`"), meaning) for name, default, meaning in rows]
    assert told == environment_names()


def test_the_readme_names_every_command_and_the_help_of_each_teaches() -> None:
    for name in COMMANDS:
        assert f"emptychair {name}" in README
        found = CliRunner().invoke(cli, [name, "--help"])
        assert found.exit_code == 0
        assert len(found.output.splitlines()) > 5


def test_the_two_commands_of_the_readme_are_make_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test", "check"):
        assert f"make {target}" in README
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_the_manifest_asks_for_the_events_that_the_door_reads_and_no_other() -> None:
    assert set(MANIFEST["default_events"]) | UNASKED == set(READERS)


@pytest.mark.parametrize("name", [*MANIFEST["default_events"]])
def test_each_event_has_its_reason(name: str) -> None:
    assert re.search(rf"^\| `{name}` \| .{{10,}} \|$", INSTALL, re.MULTILINE)


@pytest.mark.parametrize(("name", "level"), MANIFEST["default_permissions"].items())
def test_each_permission_has_its_reason(name: str, level: str) -> None:
    assert re.search(rf"^\| `{name}: {level}` \| .{{10,}} \|$", INSTALL, re.MULTILINE)


def test_the_bot_checks_at_start_for_what_the_manifest_asks_for() -> None:
    assert MANIFEST["default_permissions"] == PERMISSIONS
    assert tuple(MANIFEST["default_events"]) == EVENTS


def test_the_registration_link_asks_for_exactly_what_the_manifest_asks_for() -> None:
    link = next(line.strip() for line in INSTALL.splitlines() if "/settings/apps/new?" in line)
    asked = parse_qsl(urlsplit(link).query)
    assert [value for key, value in asked if key == "events[]"] == MANIFEST["default_events"]
    permissions = {key: value for key, value in asked if key in MANIFEST["default_permissions"]}
    assert permissions == MANIFEST["default_permissions"]
    assert dict(asked)["webhook_url"] == MANIFEST["hook_attributes"]["url"]


def test_the_architecture_prints_the_table_of_transitions() -> None:
    lines = ["| | " + " | ".join(seen for seen in Seen) + " |", "|---|" + "---|" * len(Seen)]
    for state in State:
        cells = []
        for seen in Seen:
            to, event = TRANSITIONS[state, seen]
            cells.append(f"{to} (`{event}`)" if event else str(to))
        lines.append(f"| **{state}** | " + " | ".join(cells) + " |")
    assert "\n".join(lines) in ARCHITECTURE


def test_the_architecture_names_every_ledger_event() -> None:
    for name, meaning in NAMES.items():
        assert f"| `{name}` | {meaning} |" in ARCHITECTURE


def test_the_architecture_names_every_event_and_action_of_the_door() -> None:
    for name in (*READERS, *PULL_REQUEST_ACTIONS):
        assert f"`{name}`" in ARCHITECTURE


def test_the_readme_shows_the_ruleset_that_the_bot_prints() -> None:
    shown = re.findall(r"^```json\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    shipped = json.loads((ROOT / "deploy" / "ruleset.json").read_text(encoding="utf-8"))
    assert [json.loads(text) for text in shown] == [shipped]
    assert json.loads(ruleset(0)) == shipped


def test_the_version_stands_in_one_place_of_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = CliRunner().invoke(cli, ["--version"])
    assert found.output == f"emptychair {project['version']}\n"
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_overlay_has_its_file() -> None:
    files = {path.stem for path in (ROOT / "checklists" / "overlays").glob("*.yaml")}
    assert files == set(OVERLAYS)


def test_lock_files_carry_no_download_address() -> None:
    node = [ROOT / "tests" / folder / "package-lock.json" for folder in ("stories", "bench")]
    locks = [*ROOT.glob("*.lock"), *node]
    assert len(locks) == 5
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert not re.search(
            r'"resolved"|^(-i|--index|--extra-index|--find-links)| @ http', text, re.M
        )
