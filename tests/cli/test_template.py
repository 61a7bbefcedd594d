"""`emptychair template`: what it prints, and from whose checklist."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import cli
from tests.golden import same_as_golden

OURS = """\
id: ours
extends: customer-impact
add:
  - {id: exports, ask: Which exports change?, short: Exports, help: Name them., type: line,
     tiers: {R1: required}}
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["template", *map(str, arguments)])


def test_it_prints_the_section_of_the_smallest_tier_and_nothing_else() -> None:
    found = run()
    assert found.exit_code == 0
    same_as_golden("description/template_r1.md", found.output)


def test_another_tier_asks_what_that_tier_requires() -> None:
    same_as_golden("description/template_r3.md", run("--tier", "r3").output)


def test_the_questions_are_those_of_the_organisation(tmp_path: Path) -> None:
    (tmp_path / "customer-impact.yaml").write_text(OURS)
    assert "exports: <!-- Which exports change? -->\n" in run("--checklists", tmp_path).output
    assert "exports:" not in run().output


def test_a_tier_that_asks_nothing_has_no_template() -> None:
    found = run("--tier", "R0")
    assert found.exit_code == 2
    assert "'R0' is not one of" in found.output


def test_the_help_says_where_to_put_it() -> None:
    assert ".github/pull_request_template.md" in run("--help").output
