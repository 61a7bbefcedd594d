"""The command line: what each command prints, and that mistakes are named with the next step."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.cli.port import address, listen
from bot.errors import UserError
from bot.sandbox.app_key import make_app_key
from tests.data import ROOT
from tests.golden import same_as_golden

EMPTYCHAIR = [sys.executable, "-m", "bot"]
OPENED = ROOT / "tests" / "payloads" / "pull_request.opened.json"
DIFF = ROOT / "tests" / "payloads" / "dark-theme.diff"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_help_lists_every_command_and_says_where_to_start() -> None:
    same_as_golden("cli/help.txt", run("--help").output)


@pytest.mark.parametrize("group", [(), ("jobs",)])
def test_no_line_of_the_help_is_cut(group: tuple[str, ...]) -> None:
    commands = run(*group, "--help").output.partition("Commands:")[2]
    assert commands
    assert "..." not in commands


@pytest.mark.parametrize(
    ("typed", "means"), [("stat", "stats"), ("verify", "verify-ledger"), ("sreve", "serve")]
)
def test_a_mistyped_command_is_told_which_one_was_meant(typed: str, means: str) -> None:
    found = run(typed)
    assert (found.exit_code, f"{means!r}" in found.output) == (2, True)


def test_simulate_prints_tier_check_and_comment_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = run("simulate", OPENED, "--diff", DIFF)
    assert found.exit_code == 0
    same_as_golden("cli/simulate.txt", found.output)
    assert list(tmp_path.iterdir()) == []


def test_simulate_says_when_it_could_not_see_the_files() -> None:
    found = json.loads(run("simulate", OPENED, "--json").output)
    assert found["tier"] == "R1"
    assert found["comment"].startswith("<!-- empty-chair:review -->")
    assert found["check"]["conclusion"] == "neutral"


def test_simulate_refuses_a_diff_in_which_it_finds_no_file(tmp_path: Path) -> None:
    (tmp_path / "c.diff").write_text("Only in new: a.py\n")
    found = run("simulate", OPENED, "--diff", tmp_path / "c.diff")
    assert found.exit_code == 1
    assert "c.diff holds no file that can be read; give what `git diff`" in found.output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("not json", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"action": "opened"}', "lacks something"),
        ('{"action": "assigned"}', "is not a pull_request payload"),
    ],
)
def test_simulate_names_a_payload_that_is_none(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "payload.json"
    file.write_text(content)
    found = run("simulate", file)
    assert found.exit_code == 1
    assert says in found.output


def test_validate_is_content_with_what_we_ship() -> None:
    found = run("validate")
    assert found.exit_code == 0
    assert re.fullmatch(
        r"All is well\. All 10 files: ours\. \d+ questions, checklist version [0-9a-f]{12}\.\n",
        found.output,
    )


def test_validate_says_which_files_are_yours(tmp_path: Path) -> None:
    (tmp_path / "organisation.yaml").write_text("drafts: ask\n")
    said = run("validate", tmp_path).output
    assert said.startswith("All is well. organisation.yaml: yours; the other 9 files: ours. ")


def test_validate_says_that_a_folder_holds_none_of_yours(tmp_path: Path) -> None:
    said = run("validate", tmp_path).output
    assert said.startswith(f"All is well. {tmp_path} holds none of yours: all 10 files are ours. ")


@pytest.mark.parametrize("name", ["organization.yaml", "organisation.yml"])
def test_validate_says_which_file_was_meant(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("drafts: ask\n")
    found = run("validate", tmp_path)
    assert found.exit_code == 1
    assert f"{name}: is not read by anything; did you mean organisation.yaml?" in found.output


def test_validate_says_which_key_was_meant(tmp_path: Path) -> None:
    (tmp_path / "organisation.yaml").write_text("moode: []\n")
    assert "moode: is not a known key; did you mean mode? Known here are " in (
        run("validate", tmp_path).output
    )


def test_validate_names_every_mistake_of_a_file_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "organisation.yaml").write_text("drafts: loud\nmode: all\nmoode: x\n")
    found = run("validate", tmp_path)
    assert found.exit_code == 1
    assert re.findall(r"organisation\.yaml:(\d): (\w+)", found.output) == [
        ("1", "drafts"),
        ("2", "mode"),
        ("3", "moode"),
    ]


def test_validate_names_every_broken_file_with_line_key_rule_and_example(tmp_path: Path) -> None:
    (tmp_path / "overlays").mkdir()
    (tmp_path / "overlays" / "ui.yaml").write_text("id: ui\ntitle: x\ndefault_tier: high\n")
    (tmp_path / "organisation.yaml").write_text("mode:\n  - {repositories: '**', mode: loud}\n")
    rule = "{id: loud, tier: R7, why: a reason, paths: ['**']}"
    (tmp_path / "triage.yaml").write_text(f"rules:\n  - {rule}\n")
    (tmp_path / "organization.yaml").write_text("{}")
    found = run("validate", tmp_path, "--json")
    assert found.exit_code == 1
    problems = [json.loads(line) for line in found.output.splitlines()]
    told = {Path(p["file"]).name: (p["line"], p["key"]) for p in problems}
    assert told == {
        "organization.yaml": (0, ""),
        "organisation.yaml": (2, "mode.0.mode"),
        "ui.yaml": (3, "default_tier"),
        "triage.yaml": (2, "rules.0.tier"),
    }
    assert all(p["rule"] and (p["example"] or p["key"] == "") for p in problems)


def test_an_overlay_of_ones_own_may_point_at_a_question_of_ones_own(tmp_path: Path) -> None:
    question = "ask: Which of them?, short: Which, help: Name them., type: pick"
    options = "options: [{id: csv, label: CSV}]"
    (tmp_path / "overlays").mkdir()
    (tmp_path / "overlays" / "ui.yaml").write_text(
        "id: ui\ntitle: Looks\ndefault_tier: R2\nrequires: [exports]\nquestions:\n"
        f"  - {{id: ui_which, {question}, {options}, required_if: {{exports: [csv]}}}}\n"
    )
    (tmp_path / "customer-impact.yaml").write_text(
        f"id: ours\nextends: customer-impact\nadd:\n  - {{id: exports, {question}, {options}}}\n"
    )
    assert run("validate", tmp_path).exit_code == 0


def test_validate_says_that_a_folder_is_not_there(tmp_path: Path) -> None:
    found = run("validate", tmp_path / "nowhere")
    assert found.exit_code == 1
    assert f"{tmp_path / 'nowhere'} is not a folder." in found.output
    assert "EMPTYCHAIR" not in found.output


def test_migrate_says_from_where_to_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", f"sqlite:///{tmp_path}/new/record.db")
    assert run("migrate").output == "Done: from an empty database to version 0009.\n"
    assert run("migrate").output == "Nothing to do: the database is at version 0009.\n"


@pytest.mark.parametrize("name", ["serve", "migrate"])
@pytest.mark.parametrize("holds", ["text", "tables"])
def test_a_file_that_holds_something_else_than_our_record_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, holds: str
) -> None:
    file = tmp_path / "notes.db"
    if holds == "text":
        file.write_text("Buy milk.\n" * 100)
    else:
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE TABLE shopping (item)")
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", f"sqlite:///{file}")
    found = run(name)
    assert found.exit_code == 1
    told = {"text": "file is not a database", "tables": "it holds 'shopping'"}[holds]
    assert f"EMPTYCHAIR_DATABASE_URL: is not an Empty Chair record ({told})" in found.output


@pytest.mark.parametrize("arguments", [("serve",), ("demo", "--exit")])
def test_a_port_that_is_taken_is_named_with_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", f"sqlite:///{tmp_path}/record.db")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        found = run(*arguments, "--port", str(port))
    assert found.exit_code == 1
    said = f"Port {port} is taken on 127.0.0.1. Stop the other program or give `--port`."
    assert said in found.output
    assert "bot.started" not in found.output


@pytest.mark.parametrize(("host", "said"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_any_free_port_is_told_as_the_one_that_was_found(host: str, said: str) -> None:
    with listen(host, 0) as listener:
        assert address(listener) == f"{said}:{listener.getsockname()[1]}"


def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(UserError, match=r"Nobody can listen on port 80 of 192\.0\.2\.1"):
        listen("192.0.2.1", 80)


@contextmanager
def started(command: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that never outlives the test, also where the test fails."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_test_that_fails_leaves_no_process_behind() -> None:
    asleep = [sys.executable, "-c", "import time; time.sleep(30)"]
    began = time.monotonic()
    with pytest.raises(AssertionError), started(asleep) as process:
        raise AssertionError
    assert process.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 10


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Author", "-c", "user.email=author@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_the_demo_replays_a_repository_and_prints_a_table(tmp_path: Path) -> None:
    git(tmp_path, "init", "-b", "main")
    for name, text, subject in (
        (
            "web/theme.css",
            "a { color: red }\n",
            "Add a theme with a rather long subject line, as people do",
        ),
        ("pricing/plans.json", '{"price": 12}\n', "Set the price"),
        ("uv.lock", "a\n", "Refresh the lock file"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-m", subject)
    environment = {**os.environ, "COLUMNS": "160"}
    done = subprocess.run(
        [*EMPTYCHAIR, "demo", "--repo", str(tmp_path), "--exit"],
        capture_output=True, text=True, timeout=60, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    tiers = dict(re.findall(r"^ *(\d+) .* (R[0-3]) ", done.stdout, re.MULTILINE))
    assert tiers == {"1": "R1", "2": "R3", "3": "R0"}
    assert "#1: the author answered everything in one comment" in done.stdout
    assert re.search(r"^ *1 .* Complete: heard from existing", done.stdout, re.MULTILINE)
    assert re.search(r"^Shop +2 +1 +1 ", done.stdout, re.MULTILINE)  # eligible, complete, pending
    assert "http" not in done.stdout


def test_the_demo_without_history_says_so(tmp_path: Path) -> None:
    found = run("demo", "--repo", tmp_path, "--exit")
    assert found.exit_code == 1
    assert "no git history" in found.output


def test_the_demo_prints_its_page_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    git(tmp_path, "init", "-b", "main")
    (tmp_path / "a.txt").write_text("a\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "First & <only> commit")
    command = [*EMPTYCHAIR, "demo", "--repo", str(tmp_path)]
    with started(command, stderr=subprocess.PIPE) as demo:
        assert demo.stdout is not None
        printed = ""
        while "Ready: " not in printed:
            line = demo.stdout.readline()
            assert line, demo.communicate()
            printed += line
        urls = re.findall(r"http://\S+", printed)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", urls[0])
        with urllib.request.urlopen(urls[0], timeout=5) as page:
            assert "First &amp; &lt;only&gt; commit" in page.read().decode()
        demo.send_signal(signal.SIGINT)
        out, err = demo.communicate(timeout=60)
    assert (demo.returncode, err) == (0, "")
    assert "Stopped." in out


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str, data: bytes | None = None) -> int:
    try:
        with urllib.request.urlopen(url, data, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@dataclass
class Served:
    """The bot in a process of its own."""

    process: subprocess.Popen[str]
    command: list[str]
    environment: dict[str, str]
    base: str


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """`serve` as soon as it answers."""
    port, key = free_port(), make_app_key().private
    environment = {
        "PATH": os.environ["PATH"],
        "EMPTYCHAIR_DATABASE_URL": f"sqlite:///{folder}/record.db",
        "EMPTYCHAIR_GITHUB__APP_ID": "1",
        "EMPTYCHAIR_GITHUB__PRIVATE_KEY": key,
        "EMPTYCHAIR_GITHUB__WEBHOOK_SECRET": "a-very-secret-secret",
    }
    command = [*EMPTYCHAIR, "serve", "--port", str(port)]
    base = f"http://127.0.0.1:{port}"
    with started(command, stderr=subprocess.STDOUT, env=environment, cwd=ROOT) as server:
        deadline = time.monotonic() + 20
        while get(f"{base}/healthz") != 200:
            assert time.monotonic() < deadline
            assert server.poll() is None, server.communicate()[0]
            time.sleep(0.05)
        yield Served(server, command, environment, base)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_serve_that_is_told_to_stop_closes_the_record_and_calls_it_a_success(
    tmp_path: Path, told: signal.Signals
) -> None:
    with served(tmp_path) as server:
        server.process.send_signal(told)
        out, _ = server.process.communicate(timeout=10)
    assert server.process.returncode == 0, out
    assert json.loads(out.splitlines()[0])["address"] == server.base.removeprefix("http://")
    assert "bot.stopped" in out
    assert "Aborted" not in out
    assert not (tmp_path / "record.db-wal").exists()


def test_serve_answers_keeps_its_secrets_and_refuses_a_second_one(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        assert get(f"{server.base}/readyz") == 200
        assert get(f"{server.base}/metrics") == 200
        assert get(f"{server.base}/github/webhooks", b"{}") == 401
        second = subprocess.run(
            server.command, capture_output=True, text=True, timeout=20, check=False,
            env=server.environment, cwd=ROOT,
        )  # fmt: skip
        assert second.returncode == 1
        assert "Another `emptychair serve` works on this database" in second.stderr
        server.process.send_signal(signal.SIGTERM)
        out, _ = server.process.communicate(timeout=10)
    assert server.process.returncode == 0
    assert "a-very-secret-secret" not in out
    assert (tmp_path / "record.db.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("EMPTYCHAIR_GITHUB__APP_ID", "1", "EMPTYCHAIR_GITHUB__PRIVATE_KEY: is missing"),
        ("EMPTYCHAIR_WEB__PORT", "http", "EMPTYCHAIR_WEB__PORT"),
        ("EMPTYCHAIR_DATABASE_URL", "mysql://x/y", "EMPTYCHAIR_DATABASE_URL"),
        ("EMPTYCHAIR_CHECKLISTS_DIR", "/nowhere", "EMPTYCHAIR_CHECKLISTS_DIR"),
    ],
)
def test_serve_refuses_what_is_set_up_wrongly_and_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    found = run("serve")
    assert found.exit_code == 1
    assert says in found.output


@pytest.mark.parametrize(
    "command",
    [("validate",), ("serve",), ("template",), ("stats",), ("simulate", str(OPENED))],
)
def test_a_misspelt_setting_is_refused_by_every_command_that_reads_it(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("EMPTYCHAIR_CHECKLIST_DIR", "/etc/emptychair")
    found = run(*command)
    assert found.exit_code == 1
    assert "EMPTYCHAIR_CHECKLIST_DIR: is not a setting; did you mean EMPTYCHAIR_CHECK" in (
        found.output
    )


def test_what_nothing_reads_is_noted_once_beside_what_a_command_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", f"sqlite:///{tmp_path}/record.db")
    monkeypatch.setenv("EMPTYCHAIR_COLOUR", "red")
    monkeypatch.setenv("EMPTYCHAIR_GITHUB__WEBHOOK_SECRET", "a-very-secret-secret")
    assert run("migrate").exit_code == 0
    for command in (("jobs", "list", "--json"), ("jobs", "retry", "all-parked")):
        found = run(*command)
        assert found.exit_code == 0, found.output
        assert found.stderr == "Note: EMPTYCHAIR_COLOUR is not a setting, and nothing reads it.\n"
