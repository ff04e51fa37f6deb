"""Who is let in, and what does somebody hear who is not?"""

import logging
import traceback
from dataclasses import replace

import pytest

from campaigns.errors import PostillionError
from importers.asking import ATTEMPTS
from importers.billbee import Account, Credentials
from importers.billbee.account import URL
from importers.errors import BrokenAnswer, NotSwitchedOn, ShopFrozen, ShopRefused, ShopUnreachable, UnknownShop, WrongCredentials
from tests.importers.billbee.runs import account_of
from tests.shops.billbee import faults
from tests.shops.billbee.server import MockBillbee

GOOD = Credentials("1111-2222", "shop@teehaus.example", "secret")


def test_a_check_costs_one_request_and_names_the_account(billbee: MockBillbee, account: Account) -> None:
    info = account.check()
    assert (info.name, info.warnings, billbee.count()) == (billbee.user, (), 1)


def test_an_empty_account_is_a_warning() -> None:
    with MockBillbee() as mock, account_of(mock) as account:
        assert account.check().warnings == ("There are no customers in this Billbee account yet.",)


def test_billbee_itself_is_asked_unless_another_address_is_given() -> None:
    assert URL == "https://api.billbee.io/api/v1"
    assert Account(GOOD)._url == URL
    assert Account(GOOD, "http://127.0.0.1:1/api/v1/")._url == "http://127.0.0.1:1/api/v1"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"user": "shop:teehaus"}, "must not hold a colon"),
        ({"api_key": ""}, "API key is missing"),
        ({"user": " "}, "user is missing"),
        ({"password": ""}, "API password is missing"),
        ({"api_key": "11 22"}, "API key holds a blank"),
        ({"api_key": "11\n22"}, "API key holds a blank or a character"),
        ({"api_key": "ä"}, "API key holds a blank or a character"),
    ],
)
def test_credentials_that_cannot_be_right_are_refused_before_anybody_is_asked(change: dict[str, str], says: str) -> None:
    with pytest.raises(WrongCredentials, match=says):
        replace(GOOD, **change)


def test_secrets_are_never_shown(billbee: MockBillbee, caplog: pytest.LogCaptureFixture) -> None:
    credentials = Credentials(billbee.api_key, billbee.user, "not the password")
    caplog.set_level(logging.DEBUG)
    with Account(credentials, billbee.url, billbee.clock.sleep, billbee.seconds) as account, pytest.raises(WrongCredentials) as refused:
        account.check()
    shown = "".join((repr(credentials), str(credentials), repr(account), *traceback.format_exception(refused.value), *caplog.messages))
    assert billbee.user in repr(credentials)
    assert billbee.api_key not in shown
    assert "not the password" not in shown
    assert "Basic " not in shown


def test_a_wrong_key_is_named(billbee: MockBillbee) -> None:
    with account_of(billbee) as account:
        account._client.headers["X-Billbee-Api-Key"] = "another"
        with pytest.raises(WrongCredentials, match=r'does not know the API key: "The API key is not valid\."'):
            account.check()


def test_a_bare_401_names_the_three_things_to_look_at(billbee: MockBillbee, account: Account) -> None:
    billbee.next(faults.status(401))
    with pytest.raises(WrongCredentials, match=r"user is the e-mail address .*the password is the one under API.*the key came by mail"):
        account.check()
    assert billbee.count() == 1


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        (faults.error_code(1), NotSwitchedOn, "ApiNotActivated.*Switch on the API module"),
        (faults.error_code(17, "API nicht gebucht"), NotSwitchedOn, 'APIServiceNotBooked: "API nicht gebucht"'),
        (faults.error_code(16), ShopFrozen, "no paid plan.*Book one"),
        (faults.error_code(11, "Ungültig"), BrokenAnswer, 'error 11 .InvalidData: "Ungültig"'),
        (faults.error_code(29), BrokenAnswer, "error 29 .no name known"),
        (faults.german_400(), ShopRefused, r"HTTP 400.: \"Die Anforderung ist ungültig\.; pageSize: Der Wert 'viele' ist für pageSize ungültig\.\""),
        (faults.status(402), ShopFrozen, "wants to be paid"),
        (faults.status(403, "Nein"), ShopRefused, 'HTTP 403.: "Nein"'),
        (faults.status(404), UnknownShop, "no Billbee at this address"),
        (faults.status(302, Location="https://example.com/"), UnknownShop, "no Billbee at this address"),
        (faults.status(201), BrokenAnswer, "HTTP 201"),
        (faults.html, BrokenAnswer, "no JSON object; it began with '<!doctype html>"),
        (faults.cut, BrokenAnswer, "no JSON object"),
        (faults.changed(Data=None), BrokenAnswer, "without a list"),
    ],
)
def test_what_billbee_refuses_has_a_type_and_says_what_to_do(
    billbee: MockBillbee, account: Account, fault: faults.Fault, error: type[PostillionError], says: str
) -> None:
    billbee.next(fault)
    with pytest.raises(error, match=says) as refused:
        account.check()
    assert refused.type is error
    assert billbee.count() == 1


def test_an_endless_nesting_is_no_answer(billbee: MockBillbee, account: Account) -> None:
    billbee.next(lambda _reply: faults.Reply({}, raw=b"[" * 100_000))
    with pytest.raises(BrokenAnswer, match="no JSON object"):
        account.check()


@pytest.mark.parametrize(
    "fault", [faults.too_many("7"), faults.too_many(), faults.status(500), faults.status(503), faults.error_code(8, "Interner Fehler"), faults.broken_gzip]
)
def test_trouble_that_passes_is_asked_again(billbee: MockBillbee, account: Account, fault: faults.Fault) -> None:
    billbee.next(fault, times=3)
    assert account.check().name == billbee.user
    assert billbee.count() == 4


def test_a_storm_of_429_is_sat_out_at_the_pace_that_billbee_names(billbee: MockBillbee, account: Account) -> None:
    billbee.next(faults.too_many("7"), times=ATTEMPTS - 1)
    account.check()
    assert billbee.clock.pauses.count(7.0) == ATTEMPTS - 1


def test_trouble_that_stays_ends_in_try_later(billbee: MockBillbee, account: Account) -> None:
    billbee.next(faults.too_many("2"), times=99)
    with pytest.raises(ShopUnreachable, match="429"):
        account.check()
    assert billbee.count() == ATTEMPTS


def test_nobody_there_is_try_later() -> None:
    with Account(GOOD, "http://127.0.0.1:9/api/v1", sleep=lambda _seconds: None) as account, pytest.raises(ShopUnreachable, match="ConnectError"):
        account.check()


def test_redirects_do_not_carry_the_secrets_away(billbee: MockBillbee, account: Account) -> None:
    with MockBillbee() as other:
        billbee.next(faults.status(307, Location=f"{other.url}/customers"))
        with pytest.raises(UnknownShop):
            account.check()
        assert other.count() == 0


def test_numbers_are_read_exactly(account: Account, billbee: MockBillbee) -> None:
    billbee.next(faults.with_row(0, Id=2**64, Number=2**31 - 1))
    row = account.page("customers", 1).rows[0]
    assert isinstance(row, dict)
    assert row["Id"] == 2**64
