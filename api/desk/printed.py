"""Where do the pages lie that were really printed?"""

from pathlib import Path

from api.errors import PdfMissing


def print_file_path(data_dir: Path, print_run_id: int, name: str) -> Path:
    """The print file on disk; raises PdfMissing where there is none, or where its name would lead out of the folder of print runs."""
    root = (data_dir / "print_runs").resolve()
    path = (root / str(print_run_id) / name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise PdfMissing
    return path
