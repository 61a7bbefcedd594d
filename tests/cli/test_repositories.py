"""`emptychair repositories`: where the gate holds, why not, and the ruleset that mends it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from bot.cli import cli
from bot.cli.pair import start_pair
from bot.cli.repositories import table
from bot.core.enforcement import Required
from bot.store import repositories
from bot.store import tables as t
from bot.store.store import Store
from tests import make
from tests.data import ROOT
from tests.golden import same_as_golden
from tests.rows import NOW, add

ORGANISATION = """\
mode:
  - {repositories: 'acme/quiet', mode: shadow}
  - {repositories: 'acme/young', mode: warn}
  - {repositories: '**', mode: enforce}
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = make.store(tmp_path)
    (tmp_path / "checklists").mkdir()
    (tmp_path / "checklists" / "organisation.yaml").write_text(ORGANISATION)
    monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", str(opened.engine.url))
    monkeypatch.setenv("EMPTYCHAIR_CHECKLISTS_DIR", str(tmp_path / "checklists"))
    yield opened
    opened.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["repositories", *arguments])


def known(store: Store, name: str, required: Required | None, open_reviews: int = 1) -> None:
    """A repository with so many open reviews and a decided one; None: its rules were never read."""
    for _ in range(open_reviews):
        add(store, name)
    add(store, name, state="decided")
    here = update(t.repository).where(t.repository.c.full_name == name)
    if required is not None:
        row = here.values(required=str(required), required_at=NOW)
        store.write(lambda tx: tx.connection.execute(row))


def one_of_each(store: Store) -> None:
    known(store, "acme/Shop", Required.OURS, 3)
    known(store, "acme/open", Required.ANYONE)
    known(store, "acme/stuck", Required.OTHER)
    known(store, "acme/free", Required.NO)
    known(store, "acme/hidden", Required.UNKNOWN)
    known(store, "acme/new", None, 0)
    known(store, "acme/quiet", Required.OURS)
    known(store, "acme/young", Required.ANYONE)


def test_each_repository_is_told_with_its_reason_and_the_next_step(store: Store) -> None:
    one_of_each(store)
    same_as_golden("cli/repositories.txt", run().output)


def test_json_tells_the_same(store: Store) -> None:
    one_of_each(store)
    found = json.loads(run("--json").output)
    assert found["enforced"] == 2
    by_name = {each.pop("repository"): each for each in found["repositories"]}
    assert [name for name, each in by_name.items() if each["enforced"]] == [
        "acme/open",
        "acme/Shop",
    ]
    assert by_name["acme/Shop"] == {
        "mode": "enforce",
        "enforced": True,
        "required": "ours",
        "pinned": True,
        "why": "",
        "next": "",
        "read_at": "2026-03-02T09:30:00+00:00",
        "open_reviews": 3,
    }
    assert by_name["acme/new"]["read_at"] is None


def test_where_the_app_was_removed_nothing_is_told(store: Store) -> None:
    known(store, "acme/shop", Required.OURS)
    gone = update(t.installation).values(removed_at=NOW)
    store.write(lambda tx: tx.connection.execute(gone))
    assert run().output.startswith("No repository is known yet. Install the App on one")


def test_on_a_narrow_terminal_it_is_told_block_by_block(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(store, "acme/shop", Required.NO)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    from bot.core.enforcement import standing
    from bot.core.organisation import Organisation

    with store.read() as connection:
        found = [standing(each, Organisation()) for each in repositories.standings(connection)]
    text = table(found)
    assert "acme/shop\n    advisory · mode warn · pinned to – · read 2026-03-02 09:30" in text
    assert max(len(line) for line in text.splitlines()[:5]) <= 80


def test_the_ruleset_is_printed_with_our_app_and_takes_the_check_from_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMPTYCHAIR_GITHUB__APP_ID", "123456")
    shipped = (ROOT / "deploy" / "ruleset.json").read_text(encoding="utf-8")
    expected = shipped.replace('"integration_id": 0', '"integration_id": 123456')
    assert json.loads(run("--ruleset").output) == json.loads(expected)
    another = run("--ruleset", "--app-id", "7").output
    assert json.loads(another) == json.loads(expected.replace("123456", "7"))


def test_with_a_token_the_ruleset_takes_the_check_from_anybody_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMPTYCHAIR_GITHUB__TOKEN", "ghp_0123456789")
    found = run("--ruleset")
    check = json.loads(found.stdout)["rules"][0]["parameters"]["required_status_checks"]
    assert check == [{"context": "Customer impact"}]
    assert "pinned to nobody" in found.stderr


def test_without_an_app_there_is_nothing_to_pin_to_and_it_says_what_to_set() -> None:
    found = run("--ruleset")
    assert found.exit_code == 1
    assert "give --app-id N" in found.output
    assert "EMPTYCHAIR_GITHUB__APP_ID" in found.output


def test_it_reads_while_the_bot_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with start_pair(tmp_path) as pair:
        monkeypatch.setenv("EMPTYCHAIR_DATABASE_URL", pair.settings.database_url)
        monkeypatch.setenv("EMPTYCHAIR_CHECKLISTS_DIR", str(pair.settings.checklists_dir))
        pair.github.install()
        assert pair.settle()
        (found,) = json.loads(run("--json").output)["repositories"]
    assert (found["repository"], found["enforced"], found["pinned"]) == ("acme/shop", True, True)
