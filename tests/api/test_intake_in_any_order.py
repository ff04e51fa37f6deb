"""Whatever batches come in, in whatever order and however often: is each answered as a simple model of a shop would?"""

import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, func, select

from api.errors import KeyReused
from api.group_commit import GroupCommit
from api.intake.description import MODELS
from api.intake.storing import take_in
from api.office import Office
from api.scanning.patience import Database
from api.scanning.visitors import Visitors
from campaigns.record import Kind
from store import api_keys
from store.api_keys import ApiKey, Scope
from store.engine import open_engine, reading, writing
from store.idempotency import Request
from store.journal import Journal
from store.schema import carts, customers, imports, orders
from store.settings import Settings

TABLES = {Kind.CUSTOMERS: customers, Kind.ORDERS: orders, Kind.CARTS: carts}
MOMENT = "2026-11-21T20:10:00Z"


def record(kind: Kind, number: int, version: int) -> dict[str, Any]:
    """Version 0 is malformed, the others differ from each other."""
    if version == 0:
        return {"id": number, "nonsense": 1}
    if kind is Kind.CUSTOMERS:
        return {"id": number, "email": f"c{number}@mail.example", "address": {"last_name": f"Name {version}"}}
    if kind is Kind.ORDERS:
        return {"id": number, "ordered_at": MOMENT, "state": "completed", "total_cents": version}
    return {"id": number, "created_at": MOMENT, "updated_at": f"2026-11-22T00:0{version}:00Z", "items": [{"quantity": version, "unit_price_cents": 1}]}


@dataclass
class Model:
    """What a shop has told us so far."""

    known: dict[tuple[Kind, int], int] = field(default_factory=dict)
    answered: dict[str, tuple[Kind, bytes, bytes]] = field(default_factory=dict)

    def outcomes(self, kind: Kind, batch: list[tuple[int, int]]) -> list[str]:
        """What must be answered, noting what is known from now on."""
        taken: set[int] = set()
        found = []
        for number, version in batch:
            if version == 0:
                found.append("malformed")
                continue
            if number in taken:
                found.append("contradiction")
                continue
            taken.add(number)
            known = self.known.get((kind, number), 0)
            is_news = version > known if kind is Kind.CARTS else version != known  # an older cart never overwrites a newer one
            found.append("stored" if is_news else "unchanged")
            self.known[kind, number] = version if is_news else known
        return found


class Intake(RuleBasedStateMachine):
    """The real thing beside the model."""

    template: Path

    @initialize()
    def open(self) -> None:
        """A new installation."""
        self.folder = TemporaryDirectory()
        shutil.copy(self.template, Path(self.folder.name) / "postillion.db")
        settings = Settings(_env_file=None, data_dir=Path(self.folder.name))
        self.engine: Engine = open_engine(settings.database)
        questions: Database[int] = Database("health", 0, 0)
        questions.close()  # nobody scans and nobody asks how it is
        folder = settings.data_dir
        self.office = Office(settings, self.engine, GroupCommit(lambda _: [], 1), Visitors(folder), Journal(folder), questions)
        with writing(self.engine) as connection:
            key = api_keys.find(connection, api_keys.add(connection, "shop-sync", "webshop", list(Scope), datetime.now(UTC)))
        assert key
        self.key: ApiKey = key
        self.model = Model()

    @rule(
        kind=st.sampled_from(sorted(TABLES)),
        batch=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 2)), min_size=1, max_size=5),
        name=st.none() | st.sampled_from(["one", "two"]),
    )
    def send(self, kind: Kind, batch: list[tuple[int, int]], name: str | None) -> None:
        """A batch, perhaps under a key that was used before."""
        body = json.dumps({"records": [record(kind, number, version) for number, version in batch]}).encode()
        request = Request.of(self.key.id, name, f"/api/v1/{kind}", body) if name else None
        before = self.model.answered.get(name) if name else None
        if before and before[:2] != (kind, body):
            with pytest.raises(KeyReused):
                take_in(self.office, self.key, kind, MODELS[kind], body, request)
            return
        reply = take_in(self.office, self.key, kind, MODELS[kind], body, request)
        assert reply.is_replay is bool(before)
        if before:
            assert reply.answer == before[2]
            return
        if name:
            self.model.answered[name] = kind, body, reply.answer
        results = json.loads(reply.answer)["results"]
        assert [one.get("reason", one["outcome"]) for one in results] == self.model.outcomes(kind, batch)
        assert [one["key"] for one in results] == [str(number) for number, _ in batch]

    @invariant()
    def nothing_vanished_and_nothing_is_there_twice(self) -> None:
        """The tables hold what the model knows."""
        if not hasattr(self, "engine"):
            return
        with reading(self.engine) as connection:
            for kind, table in TABLES.items():
                count = connection.execute(select(func.count()).select_from(table)).scalar_one()
                assert count == sum(1 for known, _ in self.model.known if known is kind)
            totals = connection.execute(select(func.sum(imports.c.read - imports.c.stored - imports.c.unchanged - imports.c.rejected))).scalar_one()
            assert not totals

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.folder.cleanup()


def test_every_batch_is_answered_as_the_model_says(sqlite_template: Path) -> None:
    Intake.template = sqlite_template
    run_state_machine_as_test(
        Intake, settings=hypothesis_settings(max_examples=40, stateful_step_count=15, deadline=None, derandomize=True, report_multiple_bugs=False)
    )
