"""At a terminal: how offers are saved and shown, and codes drawn by the thousand."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from campaigns.coupon import is_well_formed
from flows import drawing
from flows.clock import local_date, now
from flows.wiring import installation
from store import partners
from store.engine import reading, writing
from store.schema import coupon_events, coupons, users
from tests.flows.terminal import postillion
from tests.store.redeeming import issue, uses
from tests.store.shop import order, store


@pytest.fixture(autouse=True)
def migrated(own_installation: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    postillion("migrate")
    monkeypatch.chdir(tmp_path)
    Path("offer.toml").write_text('slug = "flyer"\nname = "Flyer"\nkind = "amount"\nvalue = 5\nprefix = "TEE"\nvalid_days = 30\nuses = 3\n', "utf-8")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_an_offer_is_saved_listed_and_shown_as_the_file_that_it_came_from() -> None:
    assert postillion("offer", "list") == ""
    assert "Saved flyer." in postillion("offer", "save", "offer.toml")
    listed = postillion("offer", "list")
    assert "flyer" in listed and "Insgesamt 3-mal einlösbar" in listed and "5 €" in listed.replace("\u00a0", " ")
    shown = postillion("offer", "show", "flyer")
    assert 'slug = "flyer"' in shown and "uses = 3" in shown and "combinable" not in shown
    assert "There is no offer 'no' (saved are: flyer)." in postillion("offer", "show", "no", code=1)


def test_an_offer_that_cannot_work_is_refused_with_every_reason() -> None:
    Path("wrong.toml").write_text('slug = "x"\nvalue = -1\nvalid_days = 0\n', "utf-8")
    said = postillion("offer", "save", "wrong.toml", code=1)
    assert "Value, in a file value" in said and "Valid for (days), in a file valid_days" in said


def test_an_offer_for_a_partner_whom_nobody_knows_is_refused() -> None:
    Path("theirs.toml").write_text('slug = "theirs"\nuses = 0\nfor_partners = true\npartner = "lena"\n', "utf-8")
    assert "is for the partner 'lena' only, whom nobody knows" in postillion("offer", "save", "theirs.toml", code=1)
    postillion("partner", "add", "lena", "--name", "Lena")
    assert "Saved theirs." in postillion("offer", "save", "theirs.toml")


def test_a_partners_sign_in_never_takes_over_somebody_of_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTILLION_NEW_PASSWORD", "vier Worte und ein Punkt.")
    postillion("user", "add", "chef", "--role", "admin")
    postillion("partner", "add", "lena", "--name", "Lena")
    assert 'Somebody else signs in as "chef" already' in postillion("partner", "login", "lena", "--user", "chef", code=1)
    assert "lena may sign in" in postillion("partner", "login", "lena")
    with installation() as (engine, _), reading(engine) as connection:
        assert dict(connection.execute(select(users.c.name, users.c.role)).tuples().all()) == {"chef": "admin", "lena": "partner"}


def test_codes_are_drawn_into_the_database_and_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "AT_ONCE", 40)
    postillion("offer", "save", "offer.toml")
    assert "100 codes of flyer, valid until 2030-01-31, are in codes.csv." in postillion(
        "coupon", "generate", "flyer", 100, "--valid-until", "2030-01-31", "--output", "codes.csv"
    )
    found = rows(Path("codes.csv"))
    assert len({row["code"] for row in found}) == 100
    assert all(is_well_formed(row["code"], "TEE") and row["offer"] == "flyer" and row["valid_until"] == "2030-01-31" for row in found)
    with installation() as (engine, _), reading(engine) as connection:
        assert set(connection.execute(select(coupons.c.code)).scalars()) == {row["code"] for row in found}
        told = connection.execute(select(coupon_events.c.detail)).scalars().all()
    assert told == ["40 codes of flyer, until 2030-01-31", "40 codes of flyer, until 2030-01-31", "20 codes of flyer, until 2030-01-31"]
    assert "is there already" in postillion("coupon", "generate", "flyer", 1, "--output", "codes.csv", code=1)


def test_codes_live_as_long_as_the_offer_says_and_are_written_down_once_more() -> None:
    postillion("offer", "save", "offer.toml")
    postillion("coupon", "generate", "flyer", 5)
    with installation() as (_, settings):
        today = local_date(now(), settings.timezone)
    drawn = rows(Path("codes-flyer.csv"))
    assert {(row["valid_from"], row["valid_until"]) for row in drawn} == {("", str(today.replace().fromordinal(today.toordinal() + 30)))}
    assert "5 codes of flyer are in again.csv." in postillion("coupon", "export", "flyer", "--output", "again.csv")
    again = rows(Path("again.csv"))
    assert sorted(row["code"] for row in again) == sorted(row["code"] for row in drawn)
    assert {row["uses"] for row in again} == {"0"}
    assert "is there already" in postillion("coupon", "export", "flyer", code=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no", 1), "There is no offer 'no' (saved are: flyer)."),
        (("flyer", 1, "--valid-until", "2020-01-01"), "would never be valid"),
        (("personal", 1), "is personal"),
    ],
)
def test_codes_that_cannot_be_are_refused(arguments: tuple[object, ...], words: str) -> None:
    postillion("offer", "save", "offer.toml")
    if "personal" in arguments:
        Path("personal.toml").write_text('slug = "personal"\npersonal = true\n', "utf-8")
        postillion("offer", "save", "personal.toml")
    assert words in postillion("coupon", "generate", *arguments, code=1)
    assert not list(Path().glob("*.csv*"))


@pytest.mark.parametrize("count", [0, -1, 10**8])
def test_a_count_that_cannot_be_meant_is_refused(count: int) -> None:
    assert "Invalid value" in postillion("coupon", "generate", "flyer", "--", count, code=2)


def test_codes_that_came_after_their_orders_are_settled() -> None:
    with installation() as (engine, _), writing(engine) as connection:
        store(connection, order(1, discount_codes=("TEST",)))
        issue(connection)
    for _ in range(2):
        assert "The codes of all orders are settled." in postillion("coupon", "settle")
    with installation() as (engine, _), reading(engine) as connection:
        assert uses(connection) == 1


def test_codes_of_partners_are_said_to_be_left_out() -> None:
    Path("friends.toml").write_text('slug = "friends"\nname = "Friends"\nuses = 0\nfor_partners = true\n', "utf-8")
    postillion("offer", "save", "friends.toml")
    said = postillion("coupon", "export", "friends", "--output", "none.csv")
    assert "partners" not in said
    postillion("partner", "add", "anna", "--name", "Anna")
    with installation() as (engine, settings), writing(engine) as connection:
        anna = partners.by_slug(connection, "anna")
        assert anna
        partners.derive(connection, anna, "friends", "vonanna", now(), local_date(now(), settings.timezone))
    said = postillion("coupon", "export", "friends", "--output", "friends.csv")
    assert "0 codes of friends are in friends.csv." in said and "Not in it: 1 code of partners." in said


def test_both_files_of_codes_have_the_same_columns() -> None:
    postillion("offer", "save", "offer.toml")
    postillion("coupon", "generate", "flyer", 2, "--output", "drawn.csv")
    postillion("coupon", "export", "flyer", "--output", "again.csv")
    assert Path("drawn.csv").read_bytes() == Path("again.csv").read_bytes()
