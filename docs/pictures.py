"""Takes the pictures of the README: `python docs/pictures.py` (needs Chromium)."""

from __future__ import annotations

import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import sync_playwright

from bot import logs
from bot.cli.demo_slack import play
from bot.cli.demo_year import generate, organisation
from bot.cli.pair import Pair, start_pair
from bot.sandbox.records import FileChange
from bot.store import catalog
from bot.views.github_boxes import parse_comment

IMAGES = Path(__file__).parent / "images"
BODY = """\
## Why

Large shops wait minutes for an export and give up half way.

Fixes #412
"""
FILE = FileChange(
    "web/exports/page.tsx", 12, 4, "@@ -1,2 +1,2 @@\n-  <Spinner />\n+  <Progress of={rows} />\n"
)
ANSWERS = ("who=existing", "why=accept", "effect=better", "feeling=relieved", "voice=accept")
CHROMIUM = (
    "chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--hide-scrollbars --disable-background-networking --disable-component-update --disable-sync"
).split()


def main() -> None:
    """Open, half answered, complete; a channel in Slack; phone and desktop, light and dark."""
    logs.configure(level=50)
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        start_pair(Path(folder), quiet_seconds=0, slack=True) as pair,
    ):
        play(pair)
        time.sleep(3)  # the card is edited every two seconds at most
        channel = pair.slack.channel("proposals").id
        take_at(f"{pair.slack.url}/archives/{channel}", "slack")
    with tempfile.TemporaryDirectory() as folder, start_pair(Path(folder), quiet_seconds=0) as pair:
        number = pair.github.open_pull_request(
            title="Show progress while an export runs", body=BODY, author="author", files=[FILE]
        )
        pair.settle()
        take(pair, number, "open")
        for index, box in enumerate(ANSWERS):
            tick(pair, number, box)
            if index == 2:
                take(pair, number, "half-answered")
        take(pair, number, "complete")
    pages()


def pages() -> None:
    """The overview of a generated year, and a review that is being answered."""
    text = "mode: [{repositories: '**', mode: enforce}]\nteams:\n"
    with (
        tempfile.TemporaryDirectory() as folder,
        start_pair(Path(folder), organisation=organisation(text), pages=True) as pair,
        sync_playwright() as play,
    ):
        assert pair.bot is not None
        read = catalog.load(pair.settings.checklists_dir)
        generate(pair.bot.store, read, datetime.now(UTC))
        number = pair.github.open_pull_request(
            title="Show progress while an export runs", body=BODY, author="author", files=[FILE]
        )
        pair.settle()
        review = pair.review(number)
        assert review is not None
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for size, (width, height) in {"phone": (390, 844), "desktop": (1440, 900)}.items():
            for scheme in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,  # type: ignore[arg-type]
                )
                assert pair.bot.once is not None
                page.goto(f"{pair.bot_url}/sign-in/once?word={pair.bot.once.fresh()}")
                page.wait_for_load_state("networkidle")
                page.screenshot(path=IMAGES / f"overview-{size}-{scheme}.png")
                page.goto(f"{pair.bot_url}/reviews/{review.id}")
                page.wait_for_load_state("load")
                page.screenshot(path=IMAGES / f"review-{size}-{scheme}.png")
                page.close()
        browser.close()


def tick(pair: Pair, number: int, box: str) -> None:
    (comment,) = pair.github.bot_comments(number)
    boxes = list(parse_comment(comment.body))
    index = next(i for i, name in enumerate(boxes) if name.startswith(box))
    pair.github.tick(comment.id, index, "author")
    pair.settle()


def take(pair: Pair, number: int, name: str) -> None:
    take_at(pair.github.pull_url(number), name)


def take_at(url: str, name: str) -> None:
    for device, width in (("phone", 390), ("desktop", 1280)):
        for scheme, value in (("light", "1"), ("dark", "0")):
            shot(url, f"{name}-{device}-{scheme}", width, value)


def shot(url: str, name: str, width: int, scheme: str) -> None:
    target = IMAGES / f"{name}.png"
    with tempfile.TemporaryDirectory() as profile:
        options = [
            f"--user-data-dir={profile}",
            f"--blink-settings=preferredColorScheme={scheme}",
            f"--window-size={width},{1500 if width > 500 else 2600}",
            f"--screenshot={target}",
        ]
        subprocess.run([*CHROMIUM, *options, url], check=True, capture_output=True, timeout=60)
    print(target)


if __name__ == "__main__":
    main()
