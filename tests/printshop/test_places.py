"""Do folder, SFTP server and bucket keep the same promises, and say in words what is wrong with them?"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from printshop.errors import InvalidPlace, NameTaken, PlaceRefuses, PlaceUnreachable, TargetDiffers, UnknownHost
from printshop.places import Access, Place, open_place, read, sha256_at, write_once
from printshop.targets import Parcel, file_sha256
from tests.printshop.shops import PASSWORD, SftpShop, Shop, s3_shop

LARGE = bytes(range(256)) * (20 << 12)  # 20 MB: several chunks, several parts of an upload


@pytest.fixture
def place(shop: Shop) -> Iterator[Place]:
    with open_place(shop.url, shop.access) as place:
        yield place


def test_a_file_is_written_listed_read_renamed_and_deleted(place: Place, shop: Shop) -> None:
    assert place.names("run") == []
    assert not place.has("run/a")
    place.make_folder("run")
    place.write("run/a", b"a letter")
    place.write("run/a", b"another letter")
    place.write("run/empty", b"")
    assert place.names("run") == ["a", "empty"]
    assert read(place, "run/a") == b"another letter"
    assert read(place, "run/empty") == b""
    place.rename("run/a", "run/b")
    assert shop.has() == {"run/b": b"another letter", "run/empty": b""}
    place.delete("run/b")
    place.delete("run/b")
    place.delete("run/empty")
    place.remove_folder("run")
    assert not place.has("run")


def test_a_rename_never_overwrites(place: Place, shop: Shop) -> None:
    shop.put("a", b"new")
    shop.put("b", b"old")
    with pytest.raises(NameTaken):
        place.rename("a", "b")
    assert shop.has() == {"a": b"new", "b": b"old"}


def test_the_server_itself_refuses_a_rename_over_a_name_that_was_free_a_moment_ago(shop: Shop, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    if "://" not in shop.url:
        pytest.skip("a folder of this machine has only the print run's lease")
    shop.put("a", b"new")
    shop.put("b", b"old")
    monkeypatch.setattr(type(place), "has", lambda *_: False)
    with pytest.raises(NameTaken):
        place.rename("a", "b")
    assert shop.has() == {"a": b"new", "b": b"old"}


def test_a_large_file_arrives_whole(place: Place, shop: Shop, tmp_path: Path) -> None:
    source = tmp_path / "large"
    source.write_bytes(LARGE)
    place.write("large", source)
    assert shop.has() == {"large": LARGE}
    assert sha256_at(place, "large") == file_sha256(source)


def test_what_is_gone_says_so(place: Place) -> None:
    with pytest.raises(FileNotFoundError):
        read(place, "nothing")


def test_a_small_file_is_written_once(place: Place, shop: Shop) -> None:
    for _ in range(2):
        write_once(place, "run/recall-1.csv", b"number\r\n")
    with pytest.raises(TargetDiffers, match="Nothing was overwritten"):
        write_once(place, "run/recall-1.csv", b"other\r\n")
    assert shop.has() == {"run/recall-1.csv": b"number\r\n"}


def test_secrets_are_not_shown(shop: Shop, place: Place) -> None:
    for text in (repr(shop.access), place.url, repr(place)):
        assert PASSWORD not in text
        assert "secret of tests" not in text
    assert place.url.endswith("/in") or place.url == shop.url


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sftp://shop:hidden@host/in", "holds a password"),
        ("s3://id:hidden@bucket/in", "holds a password"),
        ("ftp://host/in", "begins with ftp://"),
        ("sftp:///in", "names no host"),
        ("s3://", "names no bucket"),
        ("sftp://host:port/in", "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_is_refused_without_showing_a_password(url: str, says: str) -> None:
    with pytest.raises(InvalidPlace, match=says) as refused:
        open_place(url)
    assert "hidden" not in str(refused.value)


def test_a_path_and_a_file_url_are_the_same_folder(tmp_path: Path) -> None:
    with open_place(str(tmp_path)) as plain, open_place((tmp_path).as_uri()) as by_url:
        assert plain.url == by_url.url == str(tmp_path)


def test_a_key_opens_the_door_too(sftp: SftpShop) -> None:
    with open_place(sftp.url, Access(key_file=sftp.key_file, known_hosts=sftp.known_hosts)) as place:
        assert place.names("") == []


def test_a_path_below_the_home_begins_with_a_tilde(sftp: SftpShop) -> None:
    with open_place(sftp.url.replace("/in", "/~/in"), sftp.access) as place:
        place.write("a", b"a")
    assert (sftp.folder / "in" / "a").read_bytes() == b"a"


def test_a_server_whose_key_nobody_checked_gets_nothing_and_shows_its_fingerprint(sftp: SftpShop, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(UnknownHost) as refused:
        open_place(sftp.url, replace(sftp.access, known_hosts=empty))
    words = str(refused.value)
    assert sftp.host_key.get_fingerprint() in words
    assert str(empty) in words
    line = words.partition("POSTILLION_HANDOVER_KNOWN_HOSTS): ")[2]
    empty.write_text(line)
    with open_place(sftp.url, replace(sftp.access, known_hosts=empty)) as place:
        assert place.names("") == []
    with pytest.raises(UnknownHost, match="which is not there"):
        open_place(sftp.url, replace(sftp.access, known_hosts=tmp_path / "missing"))


def test_another_key_than_the_known_one_is_refused(sftp: SftpShop, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text(f"[127.0.0.1]:{sftp.port} {sftp.key_file.with_name('authorized').read_text()}")
    with pytest.raises(UnknownHost, match="nothing was sent"):
        open_place(sftp.url, replace(sftp.access, known_hosts=other))


def test_a_wrong_password_says_where_to_look(sftp: SftpShop) -> None:
    with pytest.raises(PlaceRefuses, match="POSTILLION_HANDOVER_PASSWORD") as refused:
        open_place(sftp.url, replace(sftp.access, password="wrong one"))
    assert "wrong one" not in str(refused.value)


def test_a_key_file_that_is_not_there_says_so(sftp: SftpShop, tmp_path: Path) -> None:
    with pytest.raises(PlaceRefuses, match="the key file cannot be read"):
        open_place(sftp.url, Access(key_file=tmp_path / "missing", known_hosts=sftp.known_hosts))


def test_a_server_that_is_away_may_be_back_later(sftp: SftpShop) -> None:
    sftp.stop()
    with pytest.raises(PlaceUnreachable, match="cannot be reached"):
        open_place(sftp.url, sftp.access)
    sftp.start()
    with open_place(sftp.url, sftp.access) as place:
        assert place.names("") == []


def test_a_line_that_is_cut_in_the_middle_of_a_file_reveals_nothing_and_the_next_attempt_goes_on(sftp: SftpShop, tmp_path: Path) -> None:
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    first.write_bytes(b"first")
    second.write_bytes(LARGE)
    with open_place(sftp.url, sftp.access) as place:
        parcel = Parcel(place, "run", 1)
        parcel.lay_down(first, file_sha256(first))
        sftp.trouble.cut_after = sftp.trouble.written + (len(LARGE) >> 1)
        with pytest.raises(PlaceUnreachable, match="goes on where it stopped"):
            parcel.lay_down(second, file_sha256(second))
    assert all(path.suffix == ".part" for path in (sftp.folder / "in" / "run").iterdir())
    before = sftp.trouble.written
    with open_place(sftp.url, sftp.access) as place:
        parcel = Parcel(place, "run", 2)
        for path in (first, second):
            parcel.lay_down(path, file_sha256(path))
        assert sftp.trouble.written - before == len(LARGE), "the first file does not travel twice"
        for path in (first, second):
            parcel.reveal(path.name)
        parcel.remove_parts()
    assert {path.name: path.read_bytes() for path in (sftp.folder / "in" / "run").iterdir()} == {"1.pdf": b"first", "2.pdf": LARGE}


def test_a_server_that_is_full_keeps_no_half_file(sftp: SftpShop) -> None:
    sftp.trouble.full_after = 1000
    with open_place(sftp.url, sftp.access) as place, pytest.raises(PlaceUnreachable, match="No space left"):
        Parcel(place, "run", 1).lay_down_bytes("1.pdf", b"%PDF" * 1000)
    assert not [*(sftp.folder / "in" / "run").iterdir()]


def test_a_folder_that_may_not_be_written_to_says_whom_to_ask(sftp: SftpShop) -> None:
    with open_place(sftp.url, sftp.access) as place, pytest.raises(PlaceRefuses, match="has no folder"):
        place.write("nowhere/a", b"a")


def test_a_bucket_that_is_not_there_says_so(s3: Access) -> None:
    with open_place("s3://no-such-bucket/in", s3) as place, pytest.raises(PlaceRefuses, match="no such bucket"):
        place.write("a", b"a")


def test_an_s3_service_that_is_away_may_be_back_later() -> None:
    away = Access(s3_key_id="id", s3_secret="secret of tests", s3_endpoint="http://127.0.0.1:9", s3_region="us-east-1")
    with open_place("s3://bucket/in", away) as place, pytest.raises(PlaceUnreachable, match="cannot be reached") as error:
        place.has("a")
    assert "secret of tests" not in str(error.value)


def test_two_prefixes_of_one_bucket_do_not_see_each_other(s3: Access) -> None:
    shop = s3_shop(s3)
    shop.put("run-10/a", b"a")
    with open_place(shop.url, s3) as place:
        assert not place.has("run-1")
        assert place.names("run-1") == []
        assert place.names("") == ["run-10"]
