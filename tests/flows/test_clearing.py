"""Is deleted what is old, and nothing else?"""

import os
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select, update

from campaigns.address import Address
from campaigns.checkout import Channel
from campaigns.objection import RobinsonEntry
from campaigns.print_run import PrintFileState, PrintRunState
from campaigns.rejection import Rejection, RejectionReason
from flows import expiring
from flows.clearing import clean_up
from flows.clock import now
from flows.selection import dry_running
from store import api_keys, audit, coupon_events, erasure, idempotency, imports, print_files, redemptions, webhooks
from store import letters as store_letters
from store.coupon_events import Action, Event
from store.engine import reading, writing
from store.erasure import Erasure
from store.errors import WrongState
from store.records import upsert_records
from store.schema import carts, customers, letters, print_runs
from store.settings import Settings
from tests.store.redeeming import CART, STANDING, at, issue, uses
from tests.store.shop import add_letter, cart, customer_id, order, person, start_run, store


def test_of_the_coupons_log_only_quotes_and_refusals_go(engine: Engine, settings: Settings) -> None:
    today = now()
    with writing(engine) as connection:
        number = issue(connection)
        for days in (181, 179):
            then = today - timedelta(days=days)
            said = (
                *((Action.QUOTE, "granted"), (Action.QUOTE, "unknown_code"), (Action.REDEEM, "used_up"), (Action.REDEEM, "repeated")),
                *((Action.REDEEM, "granted"), (Action.VOID, "granted"), (Action.DOUBLE_USE, "used_up"), (Action.SWITCH, "switched_off")),
            )
            coupon_events.note(connection, [Event(action, outcome, then, Channel.API, number) for action, outcome in said])
    assert clean_up(engine, settings, today)["quotes and refusals of coupons of more than 180 days"] == 4
    with reading(engine) as connection:
        left = [(one.action, one.at) for one in coupon_events.of_coupon(connection, number)]
    assert len(left) == 12
    assert {action for action, at in left if at < today - timedelta(days=180)} == {Action.REDEEM, Action.VOID, Action.DOUBLE_USE, Action.SWITCH}
    assert clean_up(engine, settings, today)["quotes and refusals of coupons of more than 180 days"] == 0


def test_what_is_old_goes_and_what_is_not_stays(engine: Engine, settings: Settings) -> None:
    today = now()
    rejects = settings.data_dir / "rejects"
    rejects.mkdir(parents=True)
    with writing(engine) as connection:
        filled = [
            cart(number, created_at=today - timedelta(days=days), updated_at=today - timedelta(days=days)) for number, days in enumerate((1, 89, 91, 400))
        ]
        upsert_records(connection, filled, settings.secret, today)
        api_keys.add(connection, "shop-sync", "shop", (), today)
        for days in (1, 6, 8):
            answered = idempotency.Answered(idempotency.Request.of(1, f"key-{days}", "/api/v1/orders", b"{}"), 200, b"{}")
            idempotency.keep(connection, answered, today - timedelta(days=days))
        for days in (1, 29, 31):
            webhooks.add(connection, webhooks.Delivery(f"w-{days}", "shopify", "orders/edited", None, today - timedelta(days=days)))
        for days in (1, 90, 91):
            number = imports.start(connection, "shop", "orders", "orders.csv", "shopware5", today - timedelta(days=days))
            imports.add(connection, number, imports.Counts(1, 0, 0, 1), [Rejection(7, "K7", RejectionReason.BAD_DATE, "Row 7 has no date.")])
        for number, years in enumerate((1, 4, 6)):
            gone = Address(first_name="Otto", last_name=f"Still{number}", street="Weg 1", postcode="01067", town="Dresden", country="DE")
            upsert_records(connection, [RobinsonEntry("list", gone)], settings.secret, today - timedelta(days=366 * years))
    for days in (1, 89, 91):
        path = rejects / f"import-{days:05d}-shop-orders.csv"
        path.write_text("row;key;reason;message")
        os.utime(path, ((today - timedelta(days=days)).timestamp(),) * 2)
    proofs = dry_running.folder_of(settings)
    proofs.mkdir()
    for days, name in ((1, "new.pdf"), (6, "winback.pdf"), (8, "old.pdf"), (9, "of-somebody-who-died.pdf.0a1b2c3d.part")):
        (proofs / name).write_bytes(b"%PDF")
        os.utime(proofs / name, ((today - timedelta(days=days)).timestamp(),) * 2)
    printed = settings.data_dir / "print_runs" / "17"
    printed.mkdir(parents=True)
    for age, name in ((9, "winback-00017-0001of0001.pdf"), (0.5, "winback-00017-0001of0001.pdf.2.part"), (2, "winback-00017-0001of0001.pdf.1.part")):
        (printed / name).write_bytes(b"%PDF")
        os.utime(printed / name, ((today - timedelta(days=age)).timestamp(),) * 2)
    (rejects / "notes.txt").write_text("somebody else's")
    os.utime(rejects / "notes.txt", (0, 0))
    deleted = clean_up(engine, settings, today)
    assert list(deleted.values()) == [2, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 1, 0]
    with reading(engine) as connection:
        assert set(connection.execute(select(carts.c.source_id)).scalars()) == {"c0", "c1"}
    assert sorted(path.name for path in rejects.iterdir()) == ["import-00001-shop-orders.csv", "import-00089-shop-orders.csv", "notes.txt"]
    assert sorted(path.name for path in proofs.iterdir()) == ["new.pdf", "winback.pdf"]
    assert sorted(path.name for path in printed.iterdir()) == ["winback-00017-0001of0001.pdf", "winback-00017-0001of0001.pdf.2.part"]
    assert set(clean_up(engine, settings, today).values()) == {0}, "the same again finds nothing"


def test_an_installation_that_has_rejected_nothing_yet_is_cleaned_up_too(engine: Engine, settings: Settings) -> None:
    assert set(clean_up(engine, settings, now()).values()) == {0}


def test_reserved_coupons_are_freed_and_codes_of_orders_settled(engine: Engine, settings: Settings) -> None:
    today = now()
    bought = order(1, ordered_at=today, discount_codes=("ORDERED",))
    with writing(engine) as connection:
        store(connection, bought)  # before its code came in
        issue(connection, offer=STANDING)
        issue(connection, "ORDERED")
        for number in range(3):
            redemptions.reserve(connection, "TEST", CART, f"o{number}", 60 if number else 1, at(today - timedelta(minutes=2)))
        connection.execute(update(customers).values(mailbox=None))
    deleted = clean_up(engine, settings, today)
    assert deleted["coupon reservations whose time is over"] == 1
    with reading(engine) as connection:
        assert (uses(connection), uses(connection, "ORDERED")) == (2, 1)
    assert set(clean_up(engine, settings, today).values()) == {0}


def test_print_files_go_after_the_agreed_days_with_what_their_letters_said(engine: Engine, settings: Settings) -> None:
    today = now()
    with writing(engine) as connection:
        store(connection, person(), person(2))
        runs = []
        for days in (91, 89):
            run = start_run(connection)
            add_letter(connection, run, customer_id(connection), f"order-{days}")
            print_files.seal(connection, run.id, f"winback-{run.id:05d}", 2000)
            print_files.mark(connection, run.id, PrintFileState.SEALED, PrintFileState.HANDED_OVER)
            changed = {"state": PrintRunState.HANDED_OVER, "handed_over_at": today - timedelta(days=days)}
            connection.execute(update(print_runs).where(print_runs.c.id == run.id).values(changed))
            runs.append(run.id)
    paths = [settings.data_dir / "print_runs" / str(run) / f"winback-{run:05d}-0001of0001.pdf" for run in runs]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.write_bytes(b"%PDF")
    paths[0].unlink()  # somebody was killed between the file and its note
    assert clean_up(engine, settings, today)["print files whose time is over"] == 1
    assert [path.is_file() for path in paths] == [False, True]
    with reading(engine) as connection:
        files = [print_files.of_run(connection, run)[0] for run in runs]
        left = connection.execute(select(letters.c.content, letters.c.postcode).order_by(letters.c.id)).all()
        with pytest.raises(WrongState, match="or its time is over: print file"):
            store_letters.for_print_file(connection, files[0].id)
    assert [file.deleted_at for file in files] == [today, None]
    assert (left[0].content, bool(left[1].content), left[0].postcode) == ({}, True, "01067")
    assert clean_up(engine, settings, today)["print files whose time is over"] == 0


def test_prospects_without_a_sign_of_life_are_erased_and_counted(engine: Engine, settings: Settings) -> None:
    today = now()
    with writing(engine) as connection:
        for number, days in enumerate((1090, 1100, 1200, 1300), 1):
            at = today - timedelta(days=days)
            store(connection, person(number, registered_at=at), now=at)
        store(connection, order(customer_number="K4", ordered_at=today - timedelta(days=1250)))
    for_ever = settings.model_copy(update={"prospects_kept_months": 0})
    assert clean_up(engine, for_ever, today)["prospects without a sign of life"] == 0
    assert clean_up(engine, settings, today)["prospects without a sign of life"] == 2
    with reading(engine) as connection:
        kept = set(connection.execute(select(customers.c.email_key).where(customers.c.erased_at.is_(None))).scalars())
        [act] = audit.newest(connection, 9)
    assert kept == {"anna1@example.org", "anna4@example.org"}
    assert (act.action, act.actor, act.detail) == ("erase_prospects", "housekeeping", "2 without a sign of life for 36 months")
    assert clean_up(engine, settings, today)["prospects without a sign of life"] == 0


def test_unusually_many_go_only_when_somebody_has_looked(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "FEW", 2)
    today, told = now(), list[str]()
    with writing(engine) as connection:
        store(connection, *(person(number, registered_at=today - timedelta(days=400)) for number in range(1, 4)), now=today - timedelta(days=400))
    clock_gone_wild = today + timedelta(days=3650)
    assert clean_up(engine, settings, clock_gone_wild, told.append)["prospects without a sign of life"] == 0
    assert len(told) == 1 and told[0].startswith("3 of 3 prospects gave no sign of life for 36 months")
    with reading(engine) as connection:
        assert connection.execute(select(customers.c.erased_at)).scalars().all() == [None] * 3
    monkeypatch.setattr(expiring, "LARGEST_SHARE", 1)
    assert clean_up(engine, settings, clock_gone_wild, told.append)["prospects without a sign of life"] == 3


def test_whoever_dies_between_two_pages_is_followed_by_somebody_who_goes_on(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    today = now()
    at = today - timedelta(days=1200)
    with writing(engine) as connection:
        store(connection, *(person(number, registered_at=at) for number in range(1, 6)), now=at)
    monkeypatch.setattr(expiring, "PEOPLE_AT_ONCE", 2)
    pages = expiring.expired(engine, settings, today)
    assert [len(page) for page in pages] == [2, 2, 1]
    erase, calls = erasure.erase, []

    def killed(connection: Connection, customer: int, secret: bytes, moment: datetime) -> Erasure | None:
        calls.append(customer)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return erase(connection, customer, secret, moment)

    monkeypatch.setattr(erasure, "erase", killed)
    with pytest.raises(KeyboardInterrupt):
        expiring.erase_expired(engine, settings, today)
    assert expiring.erase_expired(engine, settings, today) == 3, "the page that it died in is whole: two were erased, none of the third and fourth"


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [("2026-11-22", 36, "2023-11-22"), ("2026-03-31", 1, "2026-02-28"), ("2024-03-31", 1, "2024-02-29"), ("2026-01-15", 1, "2025-12-15")],
)
def test_months_are_those_of_the_calendar(day: str, months: int, before: str) -> None:
    assert expiring.months_before(datetime.fromisoformat(f"{day}T12:00:00+00:00"), months).date().isoformat() == before
