"""`emptychair triage`: rows in, tiers out, and a bad row never stops the good ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli.triage import command

DIFF = (
    "diff --git a/pricing/plans.json b/pricing/plans.json\n--- a/pricing/plans.json\n"
    '+++ b/pricing/plans.json\n@@ -1 +1 @@\n-  "pro": 9\n+  "pro": 12\n'
)
ROW: dict[str, Any] = {
    "id": "one",
    "title": "chore: data",
    "description": "",
    "files": [{"path": "pricing/plans.json", "additions": 1, "deletions": 1}],
    "diff": DIFF,
    "diff_truncated": False,
}


def run(*rows: object, arguments: tuple[str, ...] = ("--json",)) -> Result:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    return CliRunner().invoke(command, ["--input", "-", *arguments], input="\n".join(lines))


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_row_gives_one_line() -> None:
    result = run(ROW)
    assert result.exit_code == 0
    assert answers(result) == [
        {
            "id": "one",
            "tier": "R3",
            "customer_facing": True,
            "overlays": ["pricing"],
            "why": ["`pricing/plans.json` changed: a price, a plan or what is charged"],
        }
    ]


def test_a_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(ROW) + "\n\n", encoding="utf-8")
    result = CliRunner().invoke(command, ["--input", str(path), "--json"])
    assert [each["id"] for each in answers(result)] == ["one"]


def test_labels_of_the_answer_and_the_origin_of_a_row_change_nothing() -> None:
    told = {**ROW, "label": {"risk_tier": 0}, "repo": "a/b", "pr": 1, "commit": "c"}
    assert run(told).stdout == run(ROW).stdout


def test_every_field_but_the_id_may_be_missing_or_null() -> None:
    nothing: dict[str, Any] = {**dict.fromkeys(ROW), "id": 7}
    first, second = answers(run(nothing, {"id": 8}))
    assert (first["id"], second["id"]) == (7, 8)
    assert first["tier"] == second["tier"] == "R1"
    assert "could be read" in first["why"][0]
    for key in ROW:
        if key != "id":
            assert run({**ROW, key: None}).exit_code == 0
            assert run({k: v for k, v in ROW.items() if k != key}).exit_code == 0


def test_an_empty_list_of_files_is_an_empty_pull_request() -> None:
    assert answers(run({"id": 1, "files": []}))[0]["why"] == ["no file changed"]


def test_the_files_of_the_diff_stand_in_for_a_missing_list() -> None:
    assert answers(run({"id": 1, "diff": DIFF}))[0]["tier"] == "R3"


def test_files_may_be_paths_alone() -> None:
    told, untold = answers(
        run(
            {"id": 1, "files": ["pricing/plans.json"], "diff": DIFF},
            {"id": 2, "files": ["engine/a.py"]},
        )
    )
    assert told["tier"] == "R3"
    assert untold["why"][0].startswith("`engine/a.py` could not be read")


def test_the_description_may_be_called_body() -> None:
    files = [{"path": "a.py", "additions": 1}]
    text = "This is a breaking change.\n\nBREAKING CHANGE: the API is gone"
    by_name = [
        answers(run({"id": 1, key: text, "files": files})) for key in ("description", "body")
    ]
    assert by_name[0] == by_name[1]
    assert by_name[0] != answers(run({"id": 1, "files": files}))


def test_help_shows_a_row_that_can_be_used_as_it_is() -> None:
    said = CliRunner().invoke(command, ["--help"]).output
    row = next(line for line in said.splitlines() if line.startswith('  {"id"'))
    assert run(row).exit_code == 0
    assert answers(run(row))[0]["tier"] == "R3"


def test_an_input_without_rows_is_said_so() -> None:
    result = run()
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "There were no rows.\n")


def test_a_diff_as_diff_u_prints_it_is_read() -> None:
    plain = DIFF.partition("\n")[2]
    assert answers(run({"id": 1, "diff": plain}))[0]["tier"] == "R3"


def test_a_cut_diff_cannot_make_r0() -> None:
    quiet = {"id": 1, "files": [{"path": "a.py", "additions": 1}], "diff": ""}
    cut = {
        **quiet,
        "diff": "diff --git a/a.py b/a.py\n+++ b/a.py\n@@ -1 +1 @@\n+a\n",
        "diff_truncated": True,
    }
    assert [each["tier"] for each in answers(run(quiet, cut))] == ["R1", "R1"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "line 2: is not JSON"),
        ("[]", "line 2: a row is an object with an `id`"),
        ("{}", "line 2: a row is an object with an `id`"),
        ({"id": 1, "title": 7}, "line 2: `title` is not a text"),
        ({"id": 1, "files": 7}, "line 2: `files` is not a list"),
        ({"id": 1, "files": [7]}, "line 2: a file of `files` has no `path`"),
        ({"id": 1, "files": [{"path": "a", "additions": "many"}]}, "line 2: `additions`"),
        ({"id": 1, "labels": "a"}, "line 2: `labels` is not a list"),
        (
            {"id": 1, "diff": "*** a.py\n--- b.py\n"},
            "line 2: `diff` holds no file that can be read",
        ),
        ("[" * 100_000, "line 2: "),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_the_others_go_on(bad: object, said: str) -> None:
    result = run(ROW, bad, ROW)
    assert result.exit_code == 1
    assert len(answers(result)) == 2
    assert said in result.stderr


def test_text_that_is_no_unicode_stops_nothing() -> None:
    odd = '{"id": "\\ud800", "title": "\\ud800", "files": [{"path": "\\ud800", "additions": 1}]}'
    assert run(odd).exit_code == 0


def test_without_json_a_table_is_shown_and_paths_are_no_markup() -> None:
    row = {**ROW, "id": "[bold]x[/bold]"}
    result = run(row, arguments=())
    assert result.exit_code == 0
    assert "[bold]x[/bold]" in result.stdout
    assert "R3" in result.stdout


def test_an_organisation_builds_on_our_rules(tmp_path: Path) -> None:
    own = 'extends: triage\nrules: [{id: all, paths: ["**"], tier: R1, why: "everything"}]'
    (tmp_path / "triage.yaml").write_text(own, encoding="utf-8")
    result = run(ROW, arguments=("--json", "--checklists", str(tmp_path)))
    assert [each["tier"] for each in answers(result)] == ["R3"]
    assert "everything" in answers(result)[0]["why"]


def test_an_organisation_brings_its_own_rules(tmp_path: Path) -> None:
    own = 'rules: [{id: everything, paths: ["**"], tier: R1, why: "everything is asked"}]'
    (tmp_path / "triage.yaml").write_text(own, encoding="utf-8")
    result = run(ROW, arguments=("--json", "--checklists", str(tmp_path)))
    assert [(each["tier"], each["why"]) for each in answers(result)] == [
        ("R1", ["everything is asked"])
    ]
