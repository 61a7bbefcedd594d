"""What time and the network do: deliveries late, shuffled, lost and doubled; calls that fail."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.torture.scene import Scene, step

SEEDS = st.integers(0, 2**32 - 1)
BAD_DAYS = (
    ("502-before", "* /repos/*"),
    ("502-after", "* /repos/*"),
    ("lost-answer", "P* /repos/*"),
    ("reset", "P* /repos/*"),
    ("502-after", "P* /repos/*/issues/*comments*"),
    ("lost-answer", "P* /repos/*/issues/*comments*"),
    ("reset", "POST /graphql"),
    ("502-before", "POST /graphql"),
    ("stale-read", "POST /graphql"),
    ("stale-read", "GET /repos/*"),
)
MOST_FAULTS = 3  # at one time, each of which strikes twice at most: nothing may be parked


class NetworkRules(Scene):
    """Rules for what nobody does on purpose."""

    @rule(seconds=st.integers(1, 3))
    @step
    def wait(self, seconds: int) -> None:
        self.pass_time(seconds)

    @rule(really=st.integers(0, 2))
    @step
    def hold(self, really: int) -> None:
        """Deliveries are kept from now on."""
        if really == 1:
            self.github.hold_deliveries()
            self.model.late = True

    @rule(seed=SEEDS, copies=st.integers(1, 3))
    @step
    def release(self, seed: int, copies: int) -> None:
        """What was kept arrives in any order, any number of times."""
        self.stage.release(seed, copies)

    @rule(share=st.sampled_from([0.0, 0.3, 1.0]))
    @step
    def lose(self, share: float) -> None:
        """Deliveries are lost from now on, or no more."""
        self.github.faults.lose_deliveries = share
        self.model.late |= share > 0

    @rule()
    @step
    def redeliver(self) -> None:
        """An administrator asks for what was lost."""
        self.github.redeliver_lost()

    @rule(which=st.integers(1, 40))
    @step
    def repeat(self, which: int) -> None:
        """A delivery arrives once more."""
        sent = [d for d in self.github.deliveries if not d.lost]
        if len(sent) >= which:
            self.github.redeliver(sent[-which].guid)

    @rule(share=st.sampled_from([0.0, 0.5]))
    @step
    def double(self, share: float) -> None:
        """From now on many deliveries arrive twice."""
        self.github.faults.duplicate_deliveries = share

    @rule(day=st.sampled_from(BAD_DAYS), times=st.integers(1, 2))
    @step
    def fail(self, day: tuple[str, str], times: int) -> None:
        """GitHub fails, or answers with what it knew a moment ago, once or twice."""
        if self.faults < MOST_FAULTS:
            self.faults += 1
            self.github.faults.add(day[0], on=day[1], times=times)  # type: ignore[arg-type]
