"""What a proposal asks by its switches, what its words suggest, and how it is named."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.acts import Tell
from bot.core.grammar import Given, Piece
from bot.core.links import code_in, decisions, without_code
from bot.core.propose import due_by_default, title_of
from bot.core.refs import ProposalRef, PullRequestRef, read_ref, ref
from bot.core.switches import Switches
from bot.core.tier import Tier
from bot.core.veil import veiled
from bot.errors import ConfigError, UserError
from tests.examples import CATALOG, pull_request
from tests.proposing import proposal, review

SWITCHES, OVERLAYS = CATALOG.switches, CATALOG.checklist.overlays


@pytest.mark.parametrize(
    ("holding", "named", "tier", "overlays"),
    [
        ([], [], Tier.R0, ()),
        (["notice"], [], Tier.R1, ()),
        (["notice", "hard_to_undo"], [], Tier.R2, ()),
        (["money"], [], Tier.R3, ("pricing",)),
        (["data"], [], Tier.R3, ("privacy",)),
        (["removes"], [], Tier.R3, ("breaking",)),
        (["notice"], ["ui"], Tier.R2, ("ui",)),
        (["notice"], ["experiment"], Tier.R1, ("experiment",)),
        ([], ["pricing"], Tier.R3, ("pricing",)),
        (["nothing we know"], ["nothing either"], Tier.R0, ()),
    ],
)
def test_the_tier_is_the_highest_of_what_holds(
    holding: list[str], named: list[str], tier: Tier, overlays: tuple[str, ...]
) -> None:
    found = SWITCHES.judge(holding, named, OVERLAYS)
    assert (found.tier, found.overlays) == (tier, overlays)
    assert found.reasons[0].tier is tier
    assert found.customer_facing is (tier > Tier.R0)


@pytest.mark.parametrize(
    ("text", "switches", "overlays"),
    [
        ("Raise the Pro price to $15", ("notice", "money"), ()),
        ("Let us drop support for the old API", ("notice", "removes"), ()),
        ("Keep e-mail addresses for two years", ("notice", "data"), ()),
        ("Redesign the dashboard", ("notice",), ("ui",)),
        ("An A/B test of the new onboarding", ("notice",), ("ui", "experiment")),
        ("Lunch on Friday?", (), ()),
        ("", (), ()),
    ],
)
def test_words_suggest_and_decide_nothing(
    text: str, switches: tuple[str, ...], overlays: tuple[str, ...]
) -> None:
    assert SWITCHES.guess(text) == (switches, overlays)


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("switches: []", "may not be empty"),
        ("switches: [{id: a, ask: Asks it, why: w, tier: R9}]", "a switch asks at R1, R2 or R3"),
        (
            "switches: [{id: a, ask: Asks, why: w, tier: R1}]\nguesses: [{switch: b, words: [x]}]",
            "guesses the switch 'b', which is not there",
        ),
        (
            "switches: [{id: a, ask: Asks, why: w, tier: R1}]\n"
            "guesses: [{switch: a, words: ['(']}]",
            "is not a pattern that RE2 understands",
        ),
        (
            "switches: [{id: a, ask: Asks, why: w, tier: R1, overlay: nope}]",
            "overlays are pricing, breaking",
        ),
    ],
)
def test_a_broken_file_says_where_and_what(yaml: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Switches.parse(yaml, "proposals.yaml")
    assert says in str(caught.value)


def test_the_title_is_the_first_line_that_says_something() -> None:
    assert title_of("\n  \n*Raise the price*\n\nbecause") == "Raise the price"
    assert title_of("• a list item") == "a list item"
    assert title_of("") == "A proposal"
    long = title_of("word " * 100)
    assert len(long) <= 150
    assert long.endswith("word…")


def test_what_is_due_counts_working_days() -> None:
    friday = date(2026, 11, 27)
    assert due_by_default(Tier.R1, friday) == date(2026, 12, 1)
    assert due_by_default(Tier.R2, friday) == date(2026, 12, 4)
    assert due_by_default(Tier.R3, friday) == date(2026, 12, 11)


@pytest.mark.parametrize(
    "named",
    [
        ProposalRef("C024BE91L", "1770000000.000100"),
        ProposalRef("C024BE91L", "n:0123456789abcdef"),
        PullRequestRef(680000001, 12),
    ],
)
def test_a_reference_reads_back(named: object) -> None:
    assert read_ref(str(named)) == named


@pytest.mark.parametrize("text", ["", "p:", "p:C1:1", "p:c1:1.2", "g:1", "g:a:1", "x:C1:1.2"])
def test_what_is_no_reference_is_refused_in_words(text: str) -> None:
    with pytest.raises(UserError, match="Open it again from its card"):
        read_ref(text)


def test_each_kind_of_subject_has_its_reference() -> None:
    assert str(ref(proposal())) == "p:C0PROPOSALS:1770000000.000100"
    assert str(ref(pull_request())) == "g:501:12"


LINK = "https://acme.slack.com/archives/C024BE91L/p1770000000000100"


@pytest.mark.parametrize(
    "line",
    [
        f"Decision: {LINK}",
        f"decision: <{LINK}>",
        f"- **Decision:** {LINK}?thread_ts=1770000000.000100&cid=C024BE91L",
        "Decision: p:C024BE91L:1770000000.000100",
    ],
)
def test_a_description_names_its_proposal(line: str) -> None:
    body = f"Some words.\r\n\r\n{line}\r\nMore words."
    assert decisions(body) == (ProposalRef("C024BE91L", "1770000000.000100"),)


@pytest.mark.parametrize(
    "line",
    ["Decision: none", "Decision:", f"See {LINK}", "Decision: https://evil.example/p1", "g:1:2"],
)
def test_what_names_none_is_none(line: str) -> None:
    assert decisions(line) == ()


def test_no_more_than_five_are_named() -> None:
    many = "\n".join(f"Decision: p:C024BE91L:177000000{n}.000100" for n in range(9))
    assert len(decisions(many)) == 5


def test_a_code_is_found_and_is_no_command() -> None:
    comment = "hello\n/impact link k7qx2m9p\n/impact status"
    assert code_in(comment) == "K7QX2M9P"
    assert without_code(comment) == "hello\n\n/impact status"
    for other in ("/impact link", "/impact link k7qx2m9", "say /impact link K7QX2M9P please"):
        assert code_in(other) == ""


def test_private_words_show_in_their_channel_only() -> None:
    said = Tell("voice", Given(piece=Piece("asked", "we leave", "https://x.example/1",
                                           private_to="C0SECRET")))  # fmt: skip
    found = review(said)
    assert veiled(found, "C0SECRET") is found
    for channel in ("", "C0PROPOSALS"):
        (piece,) = veiled(found, channel).evidence
        assert (piece.text, piece.link, piece.withheld, piece.told) == ("", "", True, True)
