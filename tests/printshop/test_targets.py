"""Does a print run reach the print shop whole or not at all?"""

import hashlib
from pathlib import Path

import pytest

from printshop.errors import TargetDiffers
from printshop.targets import Parcel, file_sha256

CONTENT = b"%PDF a letter" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "ours" / "run-0001of0001.pdf"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def parcel(tmp_path: Path) -> Parcel:
    return Parcel(tmp_path / "shop" / "run", 3)


def names(parcel: Parcel) -> list[str]:
    return sorted(path.name for path in parcel.folder.iterdir()) if parcel.folder.exists() else []


def test_a_file_has_no_name_before_it_is_revealed(source: Path, parcel: Parcel) -> None:
    parcel.lay_down(source, SHA256)
    assert names(parcel) == [f"{source.name}.3.part"]
    assert parcel.is_laid_down(source.name, SHA256)
    assert not parcel.is_laid_down(source.name, SHA256[::-1])
    assert not parcel.has(source.name)
    parcel.reveal(source.name)
    assert names(parcel) == [source.name]
    assert file_sha256(parcel.folder / source.name) == SHA256


def test_revealing_again_touches_nothing(source: Path, parcel: Parcel) -> None:
    parcel.lay_down(source, SHA256)
    parcel.reveal(source.name)
    before = (parcel.folder / source.name).stat().st_mtime_ns
    parcel.reveal(source.name)
    assert (parcel.folder / source.name).stat().st_mtime_ns == before


def test_what_a_killed_run_left_never_gets_a_name(source: Path, parcel: Parcel) -> None:
    parcel.folder.mkdir(parents=True)
    (parcel.folder / f"{source.name}.2.part").write_bytes(b"of an earlier turn, with somebody who has objected since")
    (parcel.folder / f"{source.name}.10.half.part").write_bytes(b"half")
    parcel.lay_down(source, SHA256)
    parcel.reveal(source.name)
    assert (parcel.folder / source.name).read_bytes() == CONTENT


def test_a_former_worker_that_wakes_up_writes_beside_what_counts(source: Path, parcel: Parcel) -> None:
    parcel.lay_down(source, SHA256)
    former = Parcel(parcel.folder, 2)
    former.lay_down_bytes(source.name, b"with somebody who has objected since")
    parcel.reveal(source.name)
    former.remove_parts(of_this_turn=True)
    assert names(parcel) == [source.name]
    assert (parcel.folder / source.name).read_bytes() == CONTENT


def test_what_a_version_without_turns_laid_down_gets_its_name(source: Path, parcel: Parcel) -> None:
    parcel.folder.mkdir(parents=True)
    (parcel.folder / f"{source.name}.part").write_bytes(CONTENT)
    assert parcel.is_laid_down(source.name, SHA256)
    parcel.reveal(source.name)
    assert names(parcel) == [source.name]


def test_another_content_under_the_name_is_never_overwritten(source: Path, parcel: Parcel) -> None:
    parcel.folder.mkdir(parents=True)
    (parcel.folder / source.name).write_bytes(b"other")
    with pytest.raises(TargetDiffers, match="Nothing was overwritten"):
        parcel.lay_down(source, SHA256)
    with pytest.raises(TargetDiffers, match="Nothing was overwritten"):
        parcel.lay_down_bytes(source.name, b"small")
    assert (parcel.folder / source.name).read_bytes() == b"other"


def test_a_file_of_ours_that_was_changed_is_not_laid_down(source: Path, parcel: Parcel) -> None:
    source.write_bytes(b"tampered")
    with pytest.raises(TargetDiffers, match="not copied whole"):
        parcel.lay_down(source, SHA256)
    assert names(parcel) == []


def test_giving_up_leaves_nothing_behind_but_what_was_there(source: Path, parcel: Parcel) -> None:
    parcel.lay_down(source, SHA256)
    parcel.lay_down_bytes("manifest.json", b"{}")
    parcel.remove_parts()
    assert not parcel.folder.exists()
    parcel.remove_parts()
