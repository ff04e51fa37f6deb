"""Does a file reach the print shop whole or not at all?"""

import hashlib
from pathlib import Path

import pytest

from printshop.errors import TargetDiffers
from printshop.targets import file_sha256, put_bytes, put_file

CONTENT = b"%PDF a letter" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "ours" / "run-0001of0001.pdf"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "shop"
    path.mkdir()
    return path


def test_a_file_arrives_under_its_name_and_leaves_no_part(source: Path, folder: Path) -> None:
    assert put_file(folder, source, SHA256)
    assert [path.name for path in folder.iterdir()] == [source.name]
    assert file_sha256(folder / source.name) == SHA256


def test_doing_it_again_touches_nothing(source: Path, folder: Path) -> None:
    put_file(folder, source, SHA256)
    before = (folder / source.name).stat().st_mtime_ns
    assert not put_file(folder, source, SHA256)
    assert (folder / source.name).stat().st_mtime_ns == before


def test_a_part_that_a_killed_run_left_is_written_over(source: Path, folder: Path) -> None:
    (folder / f"{source.name}.part").write_bytes(b"half")
    assert put_file(folder, source, SHA256)
    assert [path.name for path in folder.iterdir()] == [source.name]


def test_another_content_under_the_name_is_never_overwritten(source: Path, folder: Path) -> None:
    (folder / source.name).write_bytes(b"other")
    with pytest.raises(TargetDiffers, match="Nothing was overwritten"):
        put_file(folder, source, SHA256)
    assert (folder / source.name).read_bytes() == b"other"


def test_a_file_of_ours_that_was_changed_is_not_handed_over(source: Path, folder: Path) -> None:
    source.write_bytes(b"tampered")
    with pytest.raises(TargetDiffers, match="not copied whole"):
        put_file(folder, source, SHA256)
    assert list(folder.iterdir()) == []


def test_small_files_follow_the_same_rules(folder: Path) -> None:
    assert put_bytes(folder, "manifest.json", b"{}")
    assert not put_bytes(folder, "manifest.json", b"{}")
    with pytest.raises(TargetDiffers):
        put_bytes(folder, "manifest.json", b"{ }")
