"""What did this letter look like?  The pages really printed, cut out of the print file."""

from fastapi import APIRouter
from starlette.responses import Response

from api.desk.printed import print_file_path
from api.desk.sessions import SignedIn
from api.errors import Erased, NotFound, PdfMissing
from api.keys import RowId
from api.office import AtOffice
from api.pages import pdf
from letters import preview
from store import letters, print_files

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])


@router.get("/letters/{letter_id}.pdf")
def letter_pdf(letter_id: RowId, office: AtOffice) -> Response:
    """One letter; of somebody who was erased the pages stay in the print file until it is deleted, but nobody sees them."""
    with office.reading() as connection:
        letter = letters.by_id(connection, letter_id)
        file = print_files.by_id(connection, letter.print_file_id) if letter and letter.print_file_id else None
        erased = letters.erased(connection, letter.print_run_id) if letter else set()
    if letter is None:
        raise NotFound
    if letter.id in erased:
        raise Erased
    if not letter.is_on_paper or file is None or letter.first_page is None or letter.pages is None:
        raise PdfMissing  # a letter that was taken out stands in no file any more: on its pages is somebody else's
    path = print_file_path(office.settings.data_dir, file)
    return pdf(preview.cut(path, letter.first_page, letter.pages), f"letter-{letter.id}.pdf")
