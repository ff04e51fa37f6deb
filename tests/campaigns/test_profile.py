"""Is what we know of a person the same, whatever the order in which it was told?"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import Address
from campaigns.customer import Customer, Sex
from campaigns.profile import DESK, GUEST, Part, Telling, Told, combined, only, tell, told_as_dict, told_from_dict

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANNA = Customer(
    "shop", "1", "K1", "anna@example.org", Sex.FEMALE, Address("", "Dr.", "Anna", "Müller", "Hinterhaus", "Weg 1", "01067", "Dresden", "DE"),
    "de", NOW - timedelta(days=900), ("vip",), NOW,
)  # fmt: skip


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


def told(*records: Customer) -> Told:
    found = tell(None, records[0])
    for record in records[1:]:
        found = tell(found, record)
    return found


# --- one source --------------------------------------------------------------------------------------------------------


def test_the_newest_telling_counts_part_by_part_and_a_blank_tells_nothing() -> None:
    moved = Customer("shop", "1", address=Address(street="Ring 2", postcode="1010", town="Wien", country="AT"), changed_at=later(1))
    record = told(ANNA, moved).record
    assert record == replace(ANNA, address=Address("", "Dr.", "Anna", "Müller", "", "Ring 2", "1010", "Wien", "AT"), changed_at=later(1))


def test_an_older_telling_fills_blanks_and_overwrites_nothing() -> None:
    newest = Customer("shop", "1", email="new@example.org", changed_at=later(1))
    record = told(newest, ANNA).record
    assert (record.email, record.address, record.number, record.changed_at) == ("new@example.org", ANNA.address, "K1", later(1))


def test_where_nobody_says_when_the_later_to_come_counts() -> None:
    undated = replace(ANNA, changed_at=None, language="en")
    assert told(ANNA, undated).record.language == "en"
    assert told(undated, ANNA).record.language == "de"
    assert told(ANNA, undated, replace(ANNA, changed_at=later(-1), language="fr")).record.language == "en"


def test_the_earliest_registration_is_kept() -> None:
    assert told(ANNA, replace(ANNA, registered_at=NOW)).record.registered_at == ANNA.registered_at
    assert told(replace(ANNA, registered_at=None), ANNA).record.registered_at == ANNA.registered_at


def test_an_address_without_a_street_fills_a_blank_and_overwrites_nothing() -> None:
    country = Customer("shop", "1", address=Address(country="AT", title="Prof."), changed_at=later(1))
    assert told(country).record.address == country.address
    assert told(ANNA, country).record.address == told(country, ANNA).record.address == ANNA.address
    whole, part = Telling(told(replace(ANNA, source_id=f"{GUEST}a@x.org"))), Telling(told(replace(country, source="other")))
    assert combined([whole, part]).address == ANNA.address


ADDRESSES = st.builds(
    Address,
    title=st.sampled_from(["", "Dr."]),
    first_name=st.sampled_from(["", "Anna", "Otto"]),
    street=st.sampled_from(["", "Weg 1", "Weg 2"]),
    town=st.sampled_from(["", "Wien"]),
)
RECORDS = st.builds(
    Customer,
    st.just("shop"), st.just("1"),
    number=st.sampled_from(["", "K1", "K2"]),
    email=st.sampled_from(["", " ", "a@x.org", "b@x.org"]),
    sex=st.sampled_from(Sex),
    address=ADDRESSES,
    language=st.sampled_from(["", "de", "en"]),
    registered_at=st.sampled_from([None, later(-9), later(-8)]),
    tags=st.sampled_from([(), ("a",), ("a", "b")]),
)  # fmt: skip


@st.composite
def versions(draw: st.DrawFn) -> tuple[list[Customer], list[Customer]]:
    """Versions of one record, each with a time of its own, in two orders."""
    ordered = [replace(record, changed_at=later(day)) for day, record in enumerate(draw(st.lists(RECORDS, min_size=1, max_size=6)))]
    return draw(st.permutations(ordered)), draw(st.permutations(ordered))


@given(versions())
def test_any_order_of_arrival_ends_the_same(two: tuple[list[Customer], list[Customer]]) -> None:
    one, other = two
    assert combined([Telling(told(*one))]) == combined([Telling(told(*other))])
    assert told(*one, *other) == told(*one)


@given(st.lists(RECORDS, min_size=1, max_size=5), st.lists(st.none() | st.integers(0, 5), min_size=5, max_size=5))
def test_what_was_told_comes_back_from_json_as_it_was(records: list[Customer], days: list[int | None]) -> None:
    found = told(*(replace(record, changed_at=None if day is None else later(day)) for record, day in zip(records, days, strict=False)))
    back = told_from_dict("shop", "1", found.record.changed_at, json.loads(json.dumps(told_as_dict(found))))
    assert combined([Telling(back)]) == combined([Telling(found)])
    assert tell(back, ANNA) == tell(told_from_dict("shop", "1", back.record.changed_at, told_as_dict(back)), ANNA)


# --- several sources ---------------------------------------------------------------------------------------------------


def person(*tellings: Telling) -> Customer:
    return combined(tellings)


def test_one_source_alone_is_the_person() -> None:
    assert person(Telling(told(ANNA))) == replace(ANNA, source="postillion", source_id="", changed_at=None)
    assert person() == Customer("postillion", "")


def test_of_two_sources_the_newer_counts_by_its_own_clock_or_by_ours() -> None:
    other = Customer("other", "9", language="en", changed_at=later(1))
    assert person(Telling(told(ANNA)), Telling(told(other))).language == "en"
    undated = replace(other, changed_at=None)
    assert person(Telling(told(ANNA)), Telling(told(undated), stored_at=later(-1))).language == "de"
    assert person(Telling(told(ANNA)), Telling(told(undated), stored_at=later(1))).language == "en"


def test_what_an_order_says_counts_only_where_no_account_says_anything() -> None:
    guest = Customer("shop", f"{GUEST}anna@example.org", "K7", "anna@example.org", address=Address(street="Ring 9"), language="fr", changed_at=later(99))
    found = person(Telling(told(guest)), Telling(told(replace(ANNA, language=""))))
    assert (found.address.street, found.number, found.language) == ("Weg 1", "K1", "fr")


def desk(record: Customer, *parts: Part) -> Telling:
    return Telling(told(replace(only(record, parts), source=DESK)), NOW, parts)


def test_what_the_desk_has_taken_over_counts_most_even_if_it_is_blank() -> None:
    newest = replace(ANNA, changed_at=later(99))
    found = person(Telling(told(newest)), desk(replace(ANNA, email="", tags=(), sex=Sex.MALE), Part.EMAIL, Part.TAGS, Part.SEX))
    assert (found.email, found.tags, found.sex, found.language) == ("", (), Sex.MALE, "de")


def test_a_part_that_the_desk_has_not_taken_over_is_the_shops() -> None:
    found = person(Telling(told(ANNA)), desk(replace(ANNA, language="en", email="x@example.org"), Part.LANGUAGE))
    assert (found.language, found.email) == ("en", "anna@example.org")


def test_tags_of_all_sources_add_up() -> None:
    assert person(Telling(told(ANNA)), Telling(told(Customer("other", "2", tags=("news", "vip"))))).tags == ("news", "vip")


@pytest.mark.parametrize(("first_name", "sex"), [("Peter", Sex.UNKNOWN), ("", Sex.FEMALE), ("Anna", Sex.FEMALE)])
def test_a_sex_holds_for_the_first_name_that_it_was_told_with(first_name: str, sex: Sex) -> None:
    renamed = Customer("shop", "1", address=Address(first_name=first_name, last_name="Müller"), changed_at=later(1))
    assert person(Telling(told(ANNA, renamed))).sex is sex
    assert person(Telling(told(ANNA)), Telling(told(replace(renamed, source="other")))).sex is sex


def test_a_sex_comes_back_with_its_first_name() -> None:
    names = [replace(ANNA, sex=Sex.UNKNOWN, address=replace(ANNA.address, first_name=name), changed_at=later(day)) for day, name in ((1, "Peter"), (2, "Anna"))]
    assert person(Telling(told(ANNA, *names))).sex is Sex.FEMALE


KEYS = st.tuples(st.sampled_from(["shop", "other", "third"]), st.sampled_from(["1", f"{GUEST}a@x.org"]))


@given(st.dictionaries(KEYS, st.tuples(RECORDS, st.integers(0, 3)), min_size=1), st.randoms(use_true_random=False))
def test_the_order_of_the_sources_does_not_matter(sources: dict[tuple[str, str], tuple[Customer, int]], random: Random) -> None:
    tellings = [Telling(told(replace(record, source=source, source_id=key, changed_at=later(day)))) for (source, key), (record, day) in sources.items()]
    mixed = random.sample(tellings, len(tellings))
    assert combined(mixed) == combined(tellings)
