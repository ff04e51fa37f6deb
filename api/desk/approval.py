"""How does somebody at the desk let a print run go, or stop it?

Two steps: the first says once more what is about to happen, the second does it, if nothing has changed since the page was opened.
The decision is one transaction in our database; Prefect is told afterwards, and may be told again.
"""

import hashlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from api.desk.roles import needs
from api.desk.sessions import SignedIn, SignedInUser
from api.errors import Changed, DecidedAlready, NotFound, TooOld
from api.keys import RowId
from api.office import AtOffice, Office
from api.pages import done, render
from api.waking import Prefect, Woken
from campaigns.campaign import Campaign
from campaigns.errors import InvalidCampaign
from campaigns.print_run import PrintFileState, PrintRunState
from printshop.cost import read_tariff
from store import audit, campaigns, decisions, letters, print_files, print_runs, seeds
from store.audit import Channel
from store.decisions import Decision
from store.engine import Connection
from store.errors import WrongState
from store.letters import Paper
from store.print_files import PrintFile
from store.print_runs import PrintRun
from store.users import Role, User

router = APIRouter(prefix="/desk/print-runs", include_in_schema=False, dependencies=[SignedIn])

APPROVERS = (Role.MARKETER, Role.ADMIN)
APPROVES = needs(*APPROVERS)
Comment = Annotated[str, Form(max_length=1000)]
TO_HAND_OVER = (PrintRunState.APPROVED, PrintRunState.HANDING_OVER)


@dataclass(frozen=True, slots=True)
class Approvable:
    """What somebody should have read before approving a print run: the same as Prefect's form shows."""

    run: PrintRun
    files: tuple[PrintFile, ...]
    paper: Paper
    currency: str
    campaign: Campaign | None
    """None for a definition that this version cannot read."""
    seedless: tuple[int, ...]
    """Seed addresses that get no letter of this run."""

    @property
    def letters(self) -> int:
        """On paper, seed letters included."""
        return sum(file.letters for file in self.files)

    @property
    def pages(self) -> int:
        """Of all files."""
        return sum(file.pages or 0 for file in self.files)

    @property
    def lost(self) -> int:
        """Letters that could not be set."""
        return self.run.funnel.selected - (self.letters - self.paper.seeds)

    @property
    def fewer_than(self) -> int:
        """What the campaign prints at the least, where less is left; else 0."""
        least = self.campaign.limits.minimum_letters if self.campaign else 0
        return least if self.letters - self.paper.seeds < least else 0

    @property
    def unreachable(self) -> tuple[str, ...]:
        """Hosts in codes and links that are all right for a try and wrong on a real letter."""
        hosts = {urlsplit(url).hostname or "" for url in (self.run.public_url, self.campaign.landing_url if self.campaign else "")}
        return tuple(sorted(host for host in hosts if host in ("127.0.0.1", "localhost") or host.endswith(".example")))

    @property
    def seen(self) -> str:
        """Changes with whatever the page shows of the run: letters, files, cost, state."""
        told = [self.run.state, self.letters, self.pages, self.paper.cost_cents, self.run.letter_date, *(file.sha256 for file in self.files)]
        return hashlib.sha256(repr([str(one) for one in told]).encode()).hexdigest()[:32]


def approvable(connection: Connection, office: Office, print_run_id: int) -> Approvable:
    """The run as it stands; raises NotFound."""
    run = print_runs.by_id(connection, print_run_id)
    if run is None:
        raise NotFound
    files = tuple(file for file in print_files.of_run(connection, run.id) if file.state is PrintFileState.RENDERED)
    written = letters.seeds_of(connection, run.id)
    seedless = tuple(seed.id for seed in seeds.listed(connection) if seed.id not in written)
    try:
        campaign = campaigns.version(connection, run.version_id)
    except InvalidCampaign:
        campaign = None
    return Approvable(run, files, letters.paper(connection, run.id), read_tariff(office.settings.tariff_file).currency, campaign, seedless)


@router.post("/{print_run_id}/decision", dependencies=[APPROVES])
def decide(
    print_run_id: RowId,
    request: Request,
    office: AtOffice,
    user: SignedInUser,
    approve: Annotated[bool, Form()],
    seen: Annotated[str, Form(max_length=64)],
    comment: Comment = "",
    confirmed: Annotated[bool, Form()] = False,
) -> Response:
    """Ask once more, then decide.  Raises Changed, DecidedAlready, TooOld."""
    comment = comment.replace("\0", "").strip()
    with office.reading() as connection:
        found = approvable(connection, office, print_run_id)
    _refuse(office, found, seen, approve=approve)
    if not confirmed:
        return render(request, "desk/decision.html", found=found, run=found.run, approve=approve, comment=comment)
    _decide(office, found, user, approve=approve, comment=comment)
    woken = Prefect(office.settings).answer(found.run, approved=approve, comment=comment, by=user.name)
    alone = woken is Woken.UNREACHABLE
    if not approve:
        return done(f"/desk/print-runs/{print_run_id}", "run_rejected_alone" if alone else "run_is_rejected")
    return done(f"/desk/print-runs/{print_run_id}", "run_approved_alone" if alone else "run_is_approved")


def _refuse(office: Office, found: Approvable, seen: str, *, approve: bool) -> None:
    if found.run.state is not PrintRunState.AWAITING_APPROVAL:
        raise DecidedAlready
    if seen != found.seen:
        raise Changed
    if approve and decisions.is_too_old(found.run, datetime.now(office.timezone).date(), office.settings.letter_max_age_days):
        raise TooOld


def _decide(office: Office, found: Approvable, user: User, *, approve: bool, comment: str) -> None:
    decision = Decision(approve, user.name, comment, datetime.now(UTC), Channel.DESK)
    with office.writing() as connection:
        print_runs.locked(connection, found.run.id)
        _refuse(office, approvable(connection, office, found.run.id), found.seen, approve=approve)
        try:
            decisions.decide(connection, found.run.id, decision)
        except WrongState as error:
            raise DecidedAlready from error
        if not approve:  # it names people and will not be printed; before the state says so, for nobody would come back to do it
            shutil.rmtree(office.settings.data_dir / "print_runs" / str(found.run.id), ignore_errors=True)


@router.post("/{print_run_id}/hand-over", dependencies=[APPROVES])
def hand_over(print_run_id: RowId, office: AtOffice, user: SignedInUser) -> Response:
    """Ask Prefect once more to bring an approved run to the print shop; whatever is there already is not sent twice."""
    with office.writing() as connection:
        run = print_runs.by_id(connection, print_run_id)
        if run is None:
            raise NotFound
        if run.state not in TO_HAND_OVER:
            raise DecidedAlready
        audit.note(connection, datetime.now(UTC), user.name, Channel.DESK, "start_hand_over", f"print run {run.id}")
    woken = Prefect(office.settings).hand_over(print_run_id)
    return done(f"/desk/print-runs/{print_run_id}", "hand_over_alone" if woken is Woken.UNREACHABLE else "hand_over_started")
