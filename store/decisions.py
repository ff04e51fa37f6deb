"""What does it mean that a print run is approved or rejected, whoever says so: in Prefect, at the desk, on the command line?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from campaigns.letter import LetterState
from campaigns.print_run import STOPPABLE, PrintFileState, PrintRunState
from store import audit, holdouts, letters, print_files, print_runs
from store.audit import Channel
from store.errors import WrongState
from store.print_runs import PrintRun


@dataclass(frozen=True, slots=True)
class Decision:
    """A marketer's word about a print run."""

    approved: bool
    by: str
    comment: str
    at: datetime
    channel: Channel


def is_too_old(run: PrintRun, today: date, most_days: int) -> bool:
    """A letter that waited for weeks carries a wrong date, and a coupon that may be over before it arrives."""
    return today - run.letter_date > timedelta(days=most_days)


def decide(connection: Connection, print_run_id: int, decision: Decision) -> None:
    """Approve what is rendered, or reject whatever has not started on its way: that frees its customers and voids its coupons.

    Raises WrongState where somebody else was first. The caller looks at the letters' age and deletes the paper of a rejected run.
    """
    run = print_runs.locked(connection, print_run_id)
    noted = {"decided_at": decision.at, "decided_by": decision.by, "comment": decision.comment}
    if decision.approved:
        print_runs.must_move(connection, run.id, PrintRunState.AWAITING_APPROVAL, PrintRunState.APPROVED, **noted)
        letters.advance(connection, run.id, LetterState.RENDERED, LetterState.APPROVED, decision.at)
    else:
        _reject(connection, run, noted)
    action = "approve_print_run" if decision.approved else "reject_print_run"
    audit.note(connection, decision.at, decision.by, decision.channel, action, f"print run {run.id}", decision.comment)


def _reject(connection: Connection, run: PrintRun, noted: dict[str, object]) -> None:
    if run.state not in STOPPABLE:
        raise WrongState(f"Print run {run.id} is {run.state}: it cannot be rejected any more.")
    print_runs.must_move(connection, run.id, run.state, PrintRunState.REJECTED, **noted)
    letters.cancel_run(connection, run.id, "print run rejected")
    holdouts.remove(connection, run.id)  # nobody was written to, so nobody was left out
    for state in (PrintFileState.SEALED, PrintFileState.RENDERED):
        print_files.mark(connection, run.id, state, PrintFileState.CANCELLED)
