"""Where does a campaign's print run stand, whatever became of the flow that was working on it?

Every step is one compare-and-set on the state: who comes second finds nothing left to do.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from campaigns.letter import Occasion
from campaigns.print_run import FINISHED, PrintRunState
from campaigns.sender import Sender
from campaigns.verdict import Funnel
from layouts import print_shop
from layouts.production import Production
from store.errors import WrongState
from store.schema import campaigns, print_runs


@dataclass(frozen=True, slots=True)
class PrintRun:
    """The letters of one campaign run, on their way to the print shop together."""

    id: int
    campaign_id: int
    campaign: str
    version_id: int
    state: PrintRunState
    flow_run_id: str
    approval: str
    """``ask`` or ``automatic``, as it was when the run started."""
    max_letters: int | None
    letter_date: date
    sender: Sender
    public_url: str
    layouts: Mapping[str, str]
    """Layout name -> version that all letters of the run are set with."""
    cursor: int
    funnel: Funnel
    created_at: datetime
    rendered_at: datetime | None
    decided_at: datetime | None
    decided_by: str
    comment: str
    handed_over_at: datetime | None
    manifest_sha256: str
    place: str
    """Where it was handed over, without any password; empty before that, and of runs from before this was noted."""
    acknowledged_at: datetime | None
    """When the print shop named this manifest's checksum: it has exactly these files."""
    production: Production
    """What the print shop wants of the files, as it was when the run began."""

    @property
    def name(self) -> str:
        """What its folder at the print shop is called."""
        return f"{self.campaign}-{self.id:05d}"


def open_run(
    connection: Connection,
    campaign_id: int,
    version_id: int,
    layouts: Mapping[str, str],
    occasion: Occasion,
    flow_run_id: str,
    now: datetime,
    *,
    approval: str = "ask",
    max_letters: int | None = None,
    production: Production = Production(),  # noqa: B008 (frozen)
) -> int:
    """Start a print run and give its id; the database refuses a second unfinished one of the campaign."""
    row = {
        "campaign_id": campaign_id,
        "version_id": version_id,
        "state": PrintRunState.SELECTING,
        "flow_run_id": flow_run_id,
        "approval": approval,
        "max_letters": max_letters,
        "letter_date": occasion.letter_date,
        "sender": asdict(occasion.sender),
        "public_url": occasion.public_url,
        "layouts": dict(layouts),
        "production": print_shop.as_dict(production),
        "cursor": 0,
        "funnel": {},
        "created_at": now,
    }
    return int(connection.execute(insert(print_runs).values(row).returning(print_runs.c.id)).scalar_one())


def unfinished(connection: Connection, campaign_id: int) -> PrintRun | None:
    """The campaign's print run that something is still to be done for."""
    query = _runs().where(print_runs.c.campaign_id == campaign_id, print_runs.c.state.not_in(FINISHED))
    return _one(connection.execute(query).one_or_none())


def run_since(connection: Connection, moment: datetime) -> set[str]:
    """Campaigns that have begun a print run since then, whatever became of it."""
    query = select(campaigns.c.slug).join(print_runs, print_runs.c.campaign_id == campaigns.c.id).where(print_runs.c.created_at >= moment)
    return set(connection.execute(query.distinct()).scalars())


def by_id(connection: Connection, print_run_id: int) -> PrintRun | None:
    """The print run with this number."""
    return _one(connection.execute(_runs().where(print_runs.c.id == print_run_id)).one_or_none())


def of_flow_run(connection: Connection, flow_run_id: str) -> PrintRun | None:
    """The newest print run that this flow run has worked on."""
    query = _runs().where(print_runs.c.flow_run_id == flow_run_id).order_by(print_runs.c.id.desc()).limit(1)
    return _one(connection.execute(query).one_or_none()) if flow_run_id else None


def latest(connection: Connection, limit: int, campaign_id: int | None = None) -> list[PrintRun]:
    """The newest print runs first, of one campaign or of all."""
    query = _runs().order_by(print_runs.c.id.desc()).limit(limit)
    query = query if campaign_id is None else query.where(print_runs.c.campaign_id == campaign_id)
    return [run for row in connection.execute(query) if (run := _one(row))]


def get(connection: Connection, print_run_id: int) -> PrintRun:
    """The same where it must exist: raises WrongState."""
    run = by_id(connection, print_run_id)
    if run is None:
        raise WrongState(f"There is no print run {print_run_id}.")
    return run


def locked(connection: Connection, print_run_id: int) -> PrintRun:
    """The same, and nobody else may change it until this transaction ends (SQLite: its write lock says that anyhow)."""
    connection.execute(select(print_runs.c.id).where(print_runs.c.id == print_run_id).with_for_update())
    return get(connection, print_run_id)


def note_page(connection: Connection, run: PrintRun, cursor: int, funnel: Funnel) -> None:
    """Count a page of the audience as dealt with; the caller holds the run locked."""
    connection.execute(update(print_runs).where(print_runs.c.id == run.id).values(cursor=cursor, funnel=dict(funnel.counts)))


def adopt(connection: Connection, run: PrintRun, flow_run_id: str) -> None:
    """Note which flow run works on it now."""
    connection.execute(update(print_runs).where(print_runs.c.id == run.id).values(flow_run_id=flow_run_id))


def move(connection: Connection, print_run_id: int, before: PrintRunState, after: PrintRunState, **values: Any) -> bool:
    """Compare-and-set of the state, with what is known along with it; False if it was not in ``before``."""
    statement = update(print_runs).where(print_runs.c.id == print_run_id, print_runs.c.state == before).values(state=after, **values)
    return connection.execute(statement).rowcount == 1


def must_move(connection: Connection, print_run_id: int, before: PrintRunState, after: PrintRunState, **values: Any) -> None:
    """The same where another state is an error: raises WrongState."""
    if not move(connection, print_run_id, before, after, **values):
        now = connection.execute(select(print_runs.c.state).where(print_runs.c.id == print_run_id)).scalar_one_or_none()
        raise WrongState(f"Print run {print_run_id} is {now or 'unknown'}, not {before}: it cannot become {after}.")


def _runs() -> Select[Any]:
    return select(print_runs, campaigns.c.slug).join(campaigns, campaigns.c.id == print_runs.c.campaign_id)


def _one(row: Row[Any] | None) -> PrintRun | None:
    if row is None:
        return None
    values = dict(row._mapping)
    values |= {"campaign": values.pop("slug"), "state": PrintRunState(row.state), "funnel": Funnel(Counter(row.funnel)), "sender": Sender(**row.sender)}
    values["production"] = print_shop.from_dict(row.production)
    return PrintRun(**values)
