"""Takes the pictures of the README: `python docs/pictures.py` (needs Chromium)."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

from bot import logs
from bot.cli.demo_slack import play
from bot.cli.pair import Pair, start_pair
from bot.sandbox.records import FileChange
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
