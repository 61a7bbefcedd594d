"""What processes use, read from /proc."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1


def tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        for children in Path(f"/proc/{found[-1]}/task").glob("*/children"):
            try:
                todo += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found


@dataclass(frozen=True)
class Usage:
    """CPU in seconds so far and the most memory so far in MiB, over a tree of processes."""

    cpu: float = 0.0
    rss: float = 0.0


def usage(pid: int) -> Usage:
    """Of this process and its descendants; what has ended counts with its parent."""
    cpu = rss = 0.0
    for each in tree(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
            status = Path(f"/proc/{each}/status").read_text()
        except OSError:
            continue
        cpu += sum(int(field) for field in fields[11:15]) / TICK
        peak = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
        rss += sum(map(int, peak)) / 1024
    return Usage(cpu, rss)


def busy() -> float:
    """CPU seconds that all processes of the machine have used."""
    with open("/proc/stat", encoding="ascii") as file:
        fields = [int(field) for field in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK


def wait_quiet(most: float = 4) -> None:
    """Wait, not for long, until other programs leave most of the machine alone."""
    until = time.monotonic() + most
    while time.monotonic() < until:
        before = busy()
        time.sleep(0.5)
        if busy() - before < 0.5 * 0.15 * CORES:
            return


class Meter:
    """CPU from its making until `read`, told apart: the bot, the bench, everybody else."""

    def __init__(self, pid: int | None, stub: int) -> None:
        self._pid, self._stub = pid, stub
        self._began, self._from = time.monotonic(), self._now()

    def _now(self) -> tuple[float, float, float, float]:
        bot = usage(self._pid).cpu if self._pid else 0.0
        return bot, usage(self._stub).cpu, time.process_time(), busy()

    def read(self, events: int) -> dict[str, float | None]:
        """CPU of the bot for each event, and shares: of the driver in one core, of others in all.

        A bot that was killed meanwhile (no pid) is told as None.
        """
        bot, stub, driver, all_of_it = (
            now - then for now, then in zip(self._now(), self._from, strict=True)
        )
        wall = time.monotonic() - self._began
        foreign = max(0.0, all_of_it - bot - stub - driver) / wall / CORES
        return {
            "cpu_ms_per_event": round(bot * 1000 / max(1, events), 2) if self._pid else None,
            "rss_mib": round(usage(self._pid).rss, 1) if self._pid else None,
            "driver_cpu_share": round(driver / wall, 2),
            "stub_cpu_share": round(stub / wall, 2),
            "foreign_cpu_share": round(foreign, 2) if self._pid else None,
        }


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
