"""What would the letters look like that nobody has ordered yet?  The proofs of dry runs, as long as they are kept."""

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.responses import Response

from api.desk.sessions import SignedIn
from api.errors import PdfMissing
from api.office import AtOffice
from api.pages import pdf

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])
ProofName = Annotated[str, InPath(pattern=r"^[a-z0-9-]+\.pdf$", max_length=200)]
"""As flows.selection.dry_running makes them: no name leads out of the folder."""


@router.get("/dry-runs/{name}")
def proof(name: ProofName, office: AtOffice) -> Response:
    """One dry run's proofs; gone after some days."""
    try:
        content = (office.settings.data_dir / "dry_runs" / name).read_bytes()
    except FileNotFoundError:
        raise PdfMissing from None
    return pdf(content, name)
