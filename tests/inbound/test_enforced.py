"""`/metrics` says which repositories are enforced."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from sqlalchemy import insert

from bot.cli.pair import ENFORCE, start_pair
from bot.core.organisation import Organisation, parse_organisation
from bot.inbound import enforced
from bot.inbound.enforced import Enforced
from bot.store import tables as t
from bot.store.store import Store
from tests import make

BY_MODE = "mode: [{repositories: 'acme/r1', mode: enforce}]"


def samples(store: Store, organisation: Organisation) -> dict[tuple[str, str], float]:
    return {
        (sample.name, next(iter(sample.labels.values()))): sample.value
        for family in Enforced(store, organisation).collect()
        for sample in family.samples
    }


def rows(store: Store, many: int, required: str = "ours") -> None:
    found = [
        {"id": n, "installation_id": 7, "full_name": f"acme/r{n}", "required": required}
        for n in range(1, many + 1)
    ]
    store.write(lambda tx: tx.connection.execute(insert(t.installation), {"id": 7}))
    store.write(lambda tx: tx.connection.execute(insert(t.repository), found))


def test_each_repository_is_one_or_zero_and_all_are_counted(tmp_path: Path) -> None:
    store = make.store(tmp_path)
    rows(store, 3)
    assert samples(store, parse_organisation(BY_MODE, "organisation.yaml")) == {
        ("emptychair_repository_enforced", "acme/r1"): 1,
        ("emptychair_repository_enforced", "acme/r2"): 0,
        ("emptychair_repository_enforced", "acme/r3"): 0,
        ("emptychair_repositories", "enforced"): 1,
        ("emptychair_repositories", "advisory"): 2,
    }
    store.close()


def test_only_so_many_have_a_line_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enforced, "MOST", 5)
    store = make.store(tmp_path)
    rows(store, 9)
    found = samples(store, parse_organisation(ENFORCE, "organisation.yaml"))
    assert sum(name == "emptychair_repository_enforced" for name, _ in found) == 5
    assert found["emptychair_repositories", "enforced"] == 9
    store.close()


def test_the_running_bot_tells_it(tmp_path: Path) -> None:
    with start_pair(tmp_path) as pair:
        pair.github.install()
        assert pair.settle()
        text = requests.get(f"{pair.bot_url}/metrics", timeout=10).text
    assert 'emptychair_repository_enforced{repository="acme/shop"} 1.0\n' in text
    assert 'emptychair_repositories{gate="advisory"} 0.0\n' in text
    assert "\nemptychair_forged_checks_total " in text
