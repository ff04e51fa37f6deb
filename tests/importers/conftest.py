"""What the importers' tests can ask for: a text read as a CSV file, and the material of ../shared."""

from collections.abc import Callable
from pathlib import Path

import pytest

from importers.csv_file import Batch, open_csv, reading

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Batch]:
    """``read(content, chunk_rows=…, size=…)``: all batches of a file with that content, in one."""
    path = tmp_path_factory.mktemp("csv") / "file.csv"

    def read_content(content: str | bytes, chunk_rows: int = reading.CHUNK_ROWS, size: int = 1000) -> Batch:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "CHUNK_ROWS", chunk_rows)
            batches = list(open_csv(path, "shop").batches(size))
        assert all(len(batch.records) + len(batch.rejections) <= size for batch in batches)
        return Batch(
            tuple(record for batch in batches for record in batch.records),
            tuple(rejection for batch in batches for rejection in batch.rejections),
            sum(batch.rows for batch in batches),
            max((batch.bytes_read for batch in batches), default=0),
        )

    return read_content


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of study material beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("needs the study material in ../shared, which is not part of the repository")
    return SHARED
