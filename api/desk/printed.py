"""Where do the pages lie that were really printed?"""

from pathlib import Path

from api.errors import NoLongerKept, PdfMissing
from store.print_files import PrintFile


def print_file_path(data_dir: Path, file: PrintFile) -> Path:
    """The print file on disk; raises NoLongerKept where its time is over, PdfMissing where there is none, or its name would lead out of the folder."""
    if file.deleted_at:
        raise NoLongerKept(day=file.deleted_at)
    root = (data_dir / "print_runs").resolve()
    path = (root / str(file.print_run_id) / file.name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise PdfMissing
    return path
