"""Triage: pull requests written by hand, every rule of the tier, what must never happen."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import diff, globs
from bot.core.facts import Change, ChangedFile
from bot.core.patterns import compiled
from bot.core.tier import Tier
from bot.core.triage import Triage, Verdict
from bot.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = (ROOT / "checklists" / "triage.yaml").read_text(encoding="utf-8")
TRIAGE = Triage.parse(RULES, "triage.yaml")
CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("triage_cases.yaml").read_text(encoding="utf-8")
)
MINIMAL = 'rules: [{id: everything, paths: ["**"], tier: R1, why: "everything is asked"}]'


def changed(path: str, patch: str | None = "@@ -1 +1 @@\n-a\n+b\n", **more: Any) -> ChangedFile:
    text = f"\n{patch or ''}"
    counts = {"additions": text.count("\n+"), "deletions": text.count("\n-"), **more}
    return ChangedFile(path, patch=patch, **counts)


def case_change(case: dict[str, Any]) -> Change:
    return Change(
        title=case["title"],
        body=case.get("body", ""),
        author=case.get("author", ""),
        complete=case.get("complete", True),
        files=tuple(changed(**{"patch": None, **each}) for each in case["files"]),
    )


def decide(*files: ChangedFile, **more: Any) -> Verdict:
    return TRIAGE.decide(Change(files=files, **more))


@pytest.mark.parametrize("case", CASES, ids=[case["note"] for case in CASES])
def test_our_own_pull_requests_get_the_tier_that_a_person_would_give(case: dict[str, Any]) -> None:
    verdict = TRIAGE.decide(case_change(case))
    low, _, high = case["tier"].partition("-")
    said = [(reason.rule, reason.text) for reason in verdict.reasons]
    assert Tier[low] <= verdict.tier <= Tier[high or low], said
    assert verdict.customer_facing == case.get("customer_facing", verdict.customer_facing), said
    assert list(verdict.overlays) == case.get("overlays", list(verdict.overlays)), said


@pytest.mark.parametrize("case", CASES, ids=[case["note"] for case in CASES])
def test_reasons_are_sorted_unique_per_rule_and_never_missing(case: dict[str, Any]) -> None:
    verdict = TRIAGE.decide(case_change(case))
    tiers = [reason.tier for reason in verdict.reasons]
    rules = [reason.rule for reason in verdict.reasons]
    assert tiers == sorted(tiers, reverse=True)
    assert tiers[0] == verdict.tier
    assert len(rules) == len(set(rules))


def test_there_are_enough_cases_of_our_own() -> None:
    assert len(CASES) >= 40


def test_a_reason_never_repeats_what_the_author_wrote() -> None:
    hostile = next(case for case in CASES if case["note"] == "hostile text in the title")
    for reason in TRIAGE.decide(case_change(hostile)).reasons:
        assert not {"@", "<", "onerror", "{"} & set(reason.text)
        assert "everyone" not in reason.text


def test_a_hostile_path_stays_inside_its_code_span_on_one_line() -> None:
    hostile = next(case for case in CASES if case["note"] == "hostile text in a path")
    text = TRIAGE.decide(case_change(hostile)).reasons[0].text
    assert text.count("`") == 2
    assert not {"<", ">", "\n"} & set(text)


def test_a_long_path_is_cut_on_the_left() -> None:
    text = decide(changed("rfcs/" + "x" * 300 + "/end.md")).reasons[0].text
    assert "…" in text
    assert "/end.md`" in text
    assert len(text) < 200


def test_the_same_change_always_gets_the_same_verdict() -> None:
    again = Triage.parse(RULES, "triage.yaml")
    for case in CASES:
        assert again.decide(case_change(case)) == TRIAGE.decide(case_change(case))


def test_the_version_is_the_content_of_the_rules() -> None:
    assert TRIAGE.version == hashlib.sha256(RULES.encode()).hexdigest()[:12]
    assert Triage.parse(MINIMAL, "x").version != TRIAGE.version


def test_an_organisation_may_bring_one_rule_for_everything() -> None:
    own = Triage.parse(MINIMAL, "own.yaml")
    verdict = own.decide(Change(files=(changed("yarn.lock"),)))
    assert (verdict.tier, verdict.customer_facing) == (Tier.R1, True)
    assert [reason.text for reason in verdict.reasons] == ["everything is asked"]
    assert own.decide(Change()).tier == Tier.R0


def test_rules_of_ones_own_may_build_on_the_shipped_ones() -> None:
    text = """extends: triage
ignore: [{id: notes, paths: ["notes/**"], why: "notes"}]
rules: [{id: price-page, paths: ["till/**"], tier: R2, why: "our till"}]
"""
    own = Triage.parse(text, "own.yaml", RULES)
    reasons = {
        path: own.decide(Change(files=(changed(path),))).reasons[0].text
        for path in ("till/a.py", "terms.md", "notes/terms.md", "yarn.lock")
    }
    assert reasons["till/a.py"] == "our till"
    assert "what people agree to" in reasons["terms.md"]
    assert reasons["notes/terms.md"].endswith(": notes")
    assert reasons["yarn.lock"].endswith(": lock files and pinned versions")


def test_an_own_rule_takes_the_place_of_the_shipped_one_of_its_id() -> None:
    text = 'extends: triage\nrules: [{id: price-page, paths: ["till/**"], tier: R2, why: our till}]'
    prices = Change(files=(changed("pricing/plans.md"),))
    assert "price-page" in [reason.rule for reason in TRIAGE.decide(prices).reasons]
    own = Triage.parse(text, "own.yaml", RULES)
    assert "price-page" not in [reason.rule for reason in own.decide(prices).reasons]


def test_texts_comments_and_traces_are_the_shipped_ones_unless_given() -> None:
    text = 'extends: triage\ntexts: {unseen: "all quiet"}\ntraces: {paths: ["*.py"]}'
    own = Triage.parse(text, "own.yaml", RULES)
    remark = Change(files=(changed("a.go", "@@ -1 +1 @@\n-// a\n+// b\n"),))
    assert own.decide(remark).reasons[0].text == "all quiet"
    assert own.decide(Change(files=(changed("a.py"),))).tier == Tier.R1


def test_what_is_built_on_the_shipped_rules_changes_version_with_them() -> None:
    versions = {Triage.parse("extends: triage", "own.yaml", s).version for s in (RULES, MINIMAL)}
    assert len(versions) == 2


def test_without_any_rule_every_change_counts_as_seen() -> None:
    verdict = Triage.parse("", "empty.yaml").decide(Change(files=(changed("a.py"),)))
    assert verdict.tier == Tier.R1
    assert verdict.reasons[0].text == "`a.py` changed: customers may notice"


def test_r0_says_what_changed_instead() -> None:
    verdict = decide(changed("tests/a.py"), changed("yarn.lock"))
    text = "only files that customers never meet changed: tests, lock files and pinned versions"
    assert [reason.text for reason in verdict.reasons] == [text]


def test_documentation_alone_is_not_called_unseen() -> None:
    verdict = decide(changed("docs/guide.md"))
    assert verdict.customer_facing
    assert verdict.reasons[0].text == "nothing to ask: only documentation changed"


def test_documentation_that_only_shrinks_says_so() -> None:
    verdict = decide(changed("docs/guide.md", "@@ -1,1 +0,0 @@\n-How to export\n"))
    assert verdict.reasons[0].text == "`docs/guide.md` only lost lines: documentation"


def test_nobody_reads_about_one_thing_twice() -> None:
    text = """rules:
      - {id: low, tier: R2, about: money, why: low, title: [pay]}
      - {id: high, tier: R3, about: money, overlays: [pricing], why: high, title: [pay]}
      - {id: other, tier: R1, why: other, title: [pay]}
    """
    verdict = Triage.parse(text, "own.yaml").decide(Change(title="pay", files=(changed("a.py"),)))
    assert [reason.rule for reason in verdict.reasons] == ["high", "other"]


def test_a_title_can_be_no_evidence() -> None:
    text = "rules: [{id: pay, tier: R3, why: pay, title: [pay], title_except: [typo]}]"
    own = Triage.parse(text, "own.yaml")
    change = Change(title="pay", files=(changed("a.py"),))
    assert own.decide(change).tier == Tier.R3
    assert own.decide(replace(change, title="typo in pay")).tier == Tier.R1


def test_a_file_that_could_not_be_read_is_named() -> None:
    verdict = decide(changed("engine/a.py", None, additions=9))
    assert verdict.reasons[0].text.startswith("`engine/a.py` could not be read")


def test_a_renamed_file_without_changes_was_read() -> None:
    verdict = decide(changed("engine/b.py", None, previous_path="engine/a.py"))
    assert verdict.tier == Tier.R0


@pytest.mark.parametrize("prefix", ["chore: ", "refactor: ", "ci: ", "test: ", "docs: ", "style: "])
def test_no_title_prefix_lowers_a_tier(prefix: str) -> None:
    for case in CASES:
        plain = TRIAGE.decide(case_change(case))
        title = case_change({**case, "title": prefix + case["title"].replace("!:", ":")})
        if "!:" not in case["title"]:
            assert TRIAGE.decide(title).tier >= plain.tier, case["note"]


@pytest.mark.parametrize(
    "title", ["fix: refund totals", "feat!: drop the orders endpoint", "login"]
)
def test_no_title_raises_what_customers_never_meet(title: str) -> None:
    for path in (".github/workflows/a.yml", "tests/a.py", "yarn.lock", "vendor/a.go", "a.pb.go"):
        assert decide(changed(path), title=title).tier == Tier.R0


def test_labels_branch_author_and_body_can_be_asked_too() -> None:
    texts: dict[str, Any] = {
        "labels": ("impact/high",),
        "branch": "impact/high",
        "author": "impact/high",
        "body": "first\nimpact/high",
    }
    for key, value in texts.items():
        text = f"rules: [{{id: high, tier: R3, why: labelled, {key}: ['^impact/high$']}}]"
        own = Triage.parse(text, "own.yaml")
        assert own.decide(Change(files=(changed("a"),), **{key: value})).tier == Tier.R3
        assert own.decide(Change(files=(changed("a"),))).tier == Tier.R1


def test_all_keys_of_a_rule_must_hold_in_one_and_the_same_file() -> None:
    own = Triage.parse(
        "rules: [{id: both, tier: R3, why: both, paths: ['*.py'], added: ['^x'], removed: ['^y']}]",
        "own.yaml",
    )

    def tier(*files: ChangedFile) -> Tier:
        return own.decide(Change(files=files)).tier

    assert tier(changed("a.py", "@@\n+x\n-y\n")) == Tier.R3
    assert tier(changed("a.py", "@@\n+x\n"), changed("b.py", "@@\n-y\n")) == Tier.R1
    assert tier(changed("a.go", "@@\n+x\n-y\n")) == Tier.R1


@pytest.mark.parametrize(
    ("text", "line", "key", "rule"),
    [
        (
            "rules:\n  - id: one\n    tier: R9\n    why: why\n    paths: [a]",
            3,
            "rules.0.tier",
            "not a tier",
        ),
        (
            "rules:\n  - id: one\n    tier: R1\n    why: why\n    path: [a]",
            5,
            "rules.0.path",
            "not a known key",
        ),
        (
            "rules:\n  - id: one\n    tier: R1\n    why: why\n    title: ['(']",
            5,
            "rules.0.title.0",
            "RE2",
        ),
        (
            "rules:\n  - id: one\n    tier: R1\n    why: why\n    paths: ['!a']",
            5,
            "rules.0.paths.0",
            "except",
        ),
        (
            "rules:\n  - id: one\n    tier: R1\n    why: why\n    overlays: [prices]",
            5,
            "rules.0.overlays.0",
            "pricing",
        ),
        (
            "rules:\n  - id: one\n    tier: R1\n    why: why\n    gone: ['a']",
            5,
            "rules.0.gone.0",
            "one group",
        ),
        (
            "rules:\n  - id: one\n    tier: R1\n    why: '{title}'\n    paths: [a]",
            4,
            "rules.0.why",
            "{path}",
        ),
        ("rules:\n  - id: one\n    tier: R1\n    why: why", 2, "rules.0", "when it holds"),
        ("rules:\n  - id: one\n    why: why\n    paths: [a]", 2, "rules.0.tier", "missing"),
        (f"{MINIMAL[:-1]}, {MINIMAL[8:]}", 1, "rules.1.id", "already taken"),
        ("ignore:\n  - id: one\n    why: why\n    paths: []", 4, "ignore.0.paths", "at least 1"),
        ("extends: triage\nrules: []", 1, "extends", "nothing here to build on"),
        (
            "traces: {paths: [a], lines: [a]}",
            1,
            "traces.lines",
            "known here are paths, except, changed, title, title_except.",
        ),
        (
            f"{MINIMAL[:-2]}, abouts: x}}]",
            1,
            "rules.0.abouts",
            "Known here are id, tier, why, overlays",
        ),
        ('rules: [{id: A, tier: R1, why: "why", paths: [a]}]', 1, "rules.0.id", "is too short"),
        (
            'rules: [{id: A_b, tier: R1, why: "why", paths: [a]}]',
            1,
            "rules.0.id",
            "digits and hyphens",
        ),
        ("extends: ours", 1, "extends", "triage"),
        ("traces:\n  lines: [a]", 2, "traces.lines", "not a known key"),
        ("rules: [", 2, "", "YAML"),
    ],
)
def test_a_broken_file_is_refused_with_line_key_and_rule(
    text: str, line: int, key: str, rule: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Triage.parse(text, "triage.yaml")
    assert (caught.value.file, caught.value.line, caught.value.key) == ("triage.yaml", line, key)
    assert rule in caught.value.rule


def test_a_broken_tier_comes_with_an_example() -> None:
    text = "rules:\n  - id: one\n    tier: high\n    why: why\n    paths: [a]"
    with pytest.raises(ConfigError, match="Example: tier: R2"):
        Triage.parse(text, "triage.yaml")


@pytest.mark.parametrize(
    ("glob", "fits", "fits_not"),
    [
        ("*.md", ["a.md", "docs/a.MD"], ["a.mdx"]),
        ("/docs/*.md", ["docs/a.md"], ["docs/b/a.md", "x/docs/a.md"]),
        ("docs/**", ["docs/a", "docs/a/b"], ["docs", "adocs/a", "x/docs/a"]),
        ("**/docs/**", ["docs/a", "x/docs/a"], ["docs.md"]),
        ("tests/", ["tests/a", "x/tests/a"], ["tests", "mytests/a"]),
        ("vendor", ["vendor", "vendor/a", "x/vendor/a"], ["vendors"]),
        ("*.{ts,tsx}", ["a.ts", "x/a.tsx"], ["a.js", "ats"]),
        ("a?[0-9][!x].py", ["ab1y.py"], ["ab1x.py", "a/1y.py"]),
        ("a.b", ["a.b"], ["axb"]),
        ("[", ["["], ["a"]),
    ],
)
def test_globs_read_like_gitignore(glob: str, fits: list[str], fits_not: list[str]) -> None:
    pattern = compiled(globs.to_re2(glob))
    assert [path for path in fits if not pattern.fullmatch(path)] == []
    assert [path for path in fits_not if pattern.fullmatch(path)] == []


def test_a_diff_is_cut_into_files_and_lines() -> None:
    text = (
        "diff --git a/a b.py b/a b.py\nindex 1..2 100644\n--- a/a b.py\t\n+++ b/a b.py\t\n"
        "@@ -1,4 +1,4 @@\n-old\n+new\n+// remark\n+\n-moved\n+moved\n--- looks like a header\n"
        "diff --git a/gone.md b/gone.md\n--- a/gone.md\n+++ /dev/null\n@@ -1 +0,0 @@\n-text\n"
        "diff --git a/old.png b/new.png\nsimilarity index 100%\nrename from old.png\n"
    )
    patches = diff.split(text)
    assert list(patches) == ["a b.py", "gone.md", "new.png"]
    found = diff.lines(patches["a b.py"], ("//",))
    assert (found.added, found.removed) == ("new\n", "old\n-- looks like a header\n")
    assert diff.lines(patches["gone.md"]).file_gone
    assert patches["new.png"] == ""
    assert diff.split("no diff at all") == {}


def test_a_diff_without_git_lines_is_cut_at_its_file_headers() -> None:
    text = (
        "diff -ru old/a.py new/a.py\n--- a/a.py\t2024-05-01 10:00:00 +0000\n"
        "+++ b/a.py\t2024-05-02 10:00:00 +0000\n@@ -1 +1 @@\n-old\n+new\n"
        "--- c.sql\r\n+++ c.sql\r\n@@ -1,2 +1,1 @@\n--- a remark\n same\n"
    )
    patches = diff.split(text)
    assert list(patches) == ["a.py", "c.sql"]
    assert diff.lines(patches["a.py"]).added == "new\n"
    assert diff.lines(patches["c.sql"]).removed == "-- a remark\n"
    assert diff.counts(patches["c.sql"]) == (0, 1)


@pytest.mark.parametrize("git_first", [True, False])
def test_a_file_before_or_after_a_git_diff_hides_no_line(git_first: bool) -> None:
    plain = '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-drop("a")\n+keep\n'
    git = f"diff --git a/y b/y\n{plain}".replace("/x", "/y")
    joined = "".join(diff.split(git + plain if git_first else plain + git).values())
    assert joined.count('-drop("a")') == 2


def test_a_file_that_a_series_of_commits_changes_twice_keeps_both_patches() -> None:
    one = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
    assert diff.counts(diff.split(one + one.replace("-a\n+b", "-c\n+d"))["x"]) == (2, 2)


WORDS = st.sampled_from(
    [
        "fix: login", "feat!: price", "chore: x", "remove the endpoint", "data loss", "@a", "`",
        "drop support for Python 3.8", "refund only when", "{path}", "\ud800", "\x00", "⚠️", "",
    ]
)  # fmt: skip
PATHS = st.sampled_from(
    [
        "a.py", "tests/a.py", "yarn.lock", "rfcs/a.md", "docs/a.md", "terms.md", "pricing/a.json",
        "a.proto", "a.graphql", "a.tsx", "shop/admin/a.py", "package.json", "x.bin", "", "/", "`\n",
        ".github/a.yml", "pages/a.html", "locales/en.json", "openapi.yaml", "ü.md", "\ud800.py",
    ]
)  # fmt: skip
LINES = st.sampled_from(
    [
        "@@ -1 +1 @@", "@@ -1,2 +0,0 @@", "-  rpc Go(A) returns (B);", "+  rpc Go(A) returns (C);",
        '-@app.get("/a")', '+@app.get("/a")', "-total = price * quantity", "+total = price + tax",
        "+analytics.track(1)", "-  name: String", "+// remark", "+", "-", " x", "\\ No newline",
        '-parser.add_argument("--x")', "+\ud800", "-Programming Language :: Python :: 3.8", "+a b",
    ]
)  # fmt: skip
FILES = st.builds(
    ChangedFile,
    path=st.one_of(PATHS, st.text(max_size=20)),
    additions=st.integers(0, 3),
    deletions=st.integers(0, 3),
    patch=st.one_of(st.none(), st.lists(LINES, max_size=8).map("\n".join), st.text(max_size=60)),
    previous_path=st.one_of(st.none(), PATHS),
)
CHANGES = st.builds(
    Change,
    title=st.one_of(st.lists(WORDS, max_size=3).map(" ".join), st.text(max_size=60)),
    body=st.one_of(WORDS, st.text(max_size=60)),
    labels=st.lists(WORDS, max_size=2).map(tuple),
    branch=WORDS,
    author=WORDS,
    files=st.lists(FILES, max_size=5).map(tuple),
    complete=st.booleans(),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(change=CHANGES, more=st.lists(FILES, min_size=1, max_size=3))
def test_adding_a_file_never_lowers_the_tier(change: Change, more: list[ChangedFile]) -> None:
    larger = Change(
        title=change.title,
        body=change.body,
        labels=change.labels,
        branch=change.branch,
        author=change.author,
        files=(*change.files, *more),
        complete=change.complete,
    )
    before, after = TRIAGE.decide(change), TRIAGE.decide(larger)
    unseen = not change.complete and not change.files
    assert after.tier >= before.tier or unseen
    assert set(after.overlays) >= set(before.overlays)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(change=CHANGES)
def test_no_input_raises_and_every_verdict_has_a_reason(change: Change) -> None:
    verdict = TRIAGE.decide(change)
    assert verdict.reasons
    assert verdict.reasons[0].tier == verdict.tier
    assert all(reason.text.isprintable() for reason in verdict.reasons)
