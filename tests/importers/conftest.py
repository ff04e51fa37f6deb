"""What the importers' tests can ask for: a text read as a CSV file, and the material of ../shared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importers.batch import Batch
from importers.csv_file import open_csv, reading

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Batch]:
    """``read(content, block=…, size=…, name=…, …)``: all batches of a file with that content, in one; what else is given goes to ``open_csv``."""
    folder = tmp_path_factory.mktemp("csv")

    def read_content(content: str | bytes, block: int = reading.BLOCK, size: int = 1000, name: str = "file.csv", known: Any = None, **told: Any) -> Batch:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "BLOCK", block)
            batches = list(open_csv(path, "shop", **told).batches(size, known))
        assert all(batch.hashes in ((), tuple(batch.hashes)) and len(batch.positions) == len(batch.records) for batch in batches)
        return Batch(
            tuple(record for batch in batches for record in batch.records),
            tuple(rejection for batch in batches for rejection in batch.rejections),
            tuple(position for batch in batches for position in batch.positions),
            hashes=tuple(one for batch in batches for one in batch.hashes or [""] * len(batch.records)),
            unchanged=sum(batch.unchanged for batch in batches),
        )

    return read_content


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of study material beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("needs the study material in ../shared, which is not part of the repository")
    return SHARED
