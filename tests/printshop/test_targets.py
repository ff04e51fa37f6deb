"""Does a print run reach the print shop whole or not at all, be it a folder, an SFTP server or a bucket?"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from printshop.errors import TargetDiffers
from printshop.places import Place, open_place
from printshop.targets import Parcel
from tests.printshop.shops import Shop

CONTENT = b"%PDF a letter" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
NAME = "run-0001of0001.pdf"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "ours" / NAME
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def place(shop: Shop) -> Iterator[Place]:
    with open_place(shop.url, shop.access) as place:
        yield place


@pytest.fixture
def parcel(place: Place) -> Parcel:
    return Parcel(place, "run", 3)


def test_a_file_has_no_name_before_it_is_revealed(source: Path, parcel: Parcel, shop: Shop) -> None:
    parcel.lay_down(source, SHA256)
    assert [*shop.has()] == [f"run/{NAME}.3.part"]
    assert parcel.is_laid_down(NAME, SHA256)
    assert not parcel.is_laid_down(NAME, SHA256[::-1])
    assert not parcel.has(NAME)
    parcel.reveal(NAME)
    assert shop.has() == {f"run/{NAME}": CONTENT}
    assert parcel.has(NAME)


def test_revealing_again_touches_nothing(source: Path, parcel: Parcel, shop: Shop) -> None:
    parcel.lay_down(source, SHA256)
    parcel.reveal(NAME)
    parcel.lay_down_bytes(NAME, CONTENT)
    parcel.reveal(NAME)
    assert shop.has()[f"run/{NAME}"] == CONTENT
    parcel.remove_parts()
    assert shop.has() == {f"run/{NAME}": CONTENT}


def test_what_a_killed_run_left_never_gets_a_name(source: Path, parcel: Parcel, shop: Shop) -> None:
    shop.put(f"run/{NAME}.2.part", b"of an earlier turn, with somebody who has objected since")
    shop.put(f"run/{NAME}.10.half.part", b"half")
    parcel.lay_down(source, SHA256)
    parcel.reveal(NAME)
    assert shop.has()[f"run/{NAME}"] == CONTENT


def test_what_a_killed_run_sent_whole_does_not_travel_twice(source: Path, parcel: Parcel, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.put(f"run/{NAME}.2.part", CONTENT)
    monkeypatch.setattr(type(parcel.place), "write", lambda *_: pytest.fail("was sent again"))
    parcel.lay_down(source, SHA256)
    assert shop.has() == {f"run/{NAME}.3.part": CONTENT}


def test_a_former_worker_that_wakes_up_writes_beside_what_counts(source: Path, parcel: Parcel, shop: Shop) -> None:
    parcel.lay_down(source, SHA256)
    former = Parcel(parcel.place, "run", 2)
    former.lay_down_bytes(NAME, b"with somebody who has objected since")
    parcel.reveal(NAME)
    former.remove_parts(of_this_turn=True)
    assert shop.has() == {f"run/{NAME}": CONTENT}


def test_a_former_worker_finds_everything_done(source: Path, parcel: Parcel, shop: Shop) -> None:
    former = Parcel(parcel.place, "run", 2)
    former.lay_down(source, SHA256)
    parcel.lay_down(source, SHA256)
    parcel.reveal(NAME)
    former.reveal(NAME)
    assert shop.has() == {f"run/{NAME}": CONTENT}
    shop.take(f"run/{NAME}")
    former.reveal(NAME)
    assert shop.has() == {}


def test_what_a_version_without_turns_laid_down_gets_its_name(parcel: Parcel, shop: Shop) -> None:
    shop.put(f"run/{NAME}.part", CONTENT)
    assert parcel.is_laid_down(NAME, SHA256)
    parcel.reveal(NAME)
    assert shop.has() == {f"run/{NAME}": CONTENT}


def test_a_file_that_was_set_anew_replaces_its_part(source: Path, parcel: Parcel, shop: Shop) -> None:
    parcel.lay_down_bytes(NAME, b"before somebody objected")
    parcel.lay_down(source, SHA256)
    assert shop.has() == {f"run/{NAME}.3.part": CONTENT}


def test_another_content_under_the_name_is_never_overwritten(source: Path, parcel: Parcel, shop: Shop) -> None:
    shop.put(f"run/{NAME}", b"other")
    with pytest.raises(TargetDiffers, match="Nothing was overwritten"):
        parcel.lay_down(source, SHA256)
    with pytest.raises(TargetDiffers, match="Nothing was overwritten"):
        parcel.lay_down_bytes(NAME, b"small")
    assert shop.has() == {f"run/{NAME}": b"other"}


def test_a_file_of_ours_that_was_changed_is_not_laid_down(source: Path, parcel: Parcel, shop: Shop) -> None:
    source.write_bytes(b"tampered")
    with pytest.raises(TargetDiffers, match="not copied whole"):
        parcel.lay_down(source, SHA256)
    assert shop.has() == {}


def test_giving_up_leaves_nothing_behind(source: Path, parcel: Parcel, place: Place) -> None:
    parcel.lay_down(source, SHA256)
    parcel.lay_down_bytes("manifest.json", b"{}")
    parcel.remove_parts()
    assert not place.has("run")
    parcel.remove_parts()
