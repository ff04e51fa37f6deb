"""Who brings whom, under which code, and who sees what of it?"""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, select

from campaigns.checkout import Channel, RefusalReason, Shopper
from campaigns.coupon import check_character
from campaigns.customer import Customer
from campaigns.objection import ObjectionChannel
from campaigns.offer import Offer, OfferKind
from campaigns.order import OrderState
from campaigns.partner import CodeRefusal, CodeRefused, ContactField, Partner, PartnerProblem
from store import coupon_events, objections, offers, partners, redemptions, users
from store.coupon_events import Action
from store.engine import reading, writing
from store.errors import PartnerRefused, WrongName
from store.partners import codes
from store.schema import coupons, customers, first_lines, prospect_views, sign_up_codes
from store.schema import users as users_table
from store.users import Role
from tests.store.redeeming import ANNA, ASKING, by, granted, issue, reason, somebody
from tests.store.shop import DRESDEN, NOW, count, customer_id, days_ago, order, person, rows, store
from tests.store.test_giving_way import until, waiting

TODAY = NOW.date()
STANDING = Offer("friends", "Friends", OfferKind.PERCENTAGE, 1000, uses=None, new_customers_only=True, for_partners=True)


@pytest.fixture
def meier(connection: Connection) -> Partner:
    offers.save(connection, STANDING, NOW)
    return partners.add(connection, "anna-meier", "Anna Meier", "anna@meier.example", "", NOW)


def bring(connection: Connection, partner: Partner, number: int) -> int:
    store(connection, person(number))
    who = customer_id(connection, f"anna{number}@example.org")
    partners.assign_first_line(connection, who, partner.id, None, NOW + timedelta(minutes=number))
    return who


def test_a_partner_derives_a_code_under_a_standing_offer(connection: Connection, meier: Partner) -> None:
    code = partners.derive(connection, meier, "friends", " vonMeier ", NOW, TODAY)
    assert (code.code, code.offer, code.valid_until, code.is_on, code.redeemed, code.brought) == ("vonMeier", STANDING, None, True, 0, 0)
    row = connection.execute(select(coupons)).one()
    assert (row.code_key, row.partner_id, row.most_uses, row.uses, row.letter_id, row.customer_id) == ("VONMEIER", meier.id, None, 0, None, None)
    assert partners.public_code(connection, "von meier") == "vonMeier"


def test_nobody_takes_all_words(connection: Connection, meier: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "MOST_CODES", 2)
    for word in ("vonmeier", "tee-meier"):
        partners.derive(connection, meier, "friends", word, NOW, TODAY)
    with pytest.raises(CodeRefused) as refused:
        partners.derive(connection, meier, "friends", "nocheiner", NOW, TODAY)
    assert refused.value.reason is CodeRefusal.ENOUGH


def test_discounts_are_added_up_by_currency(connection: Connection, meier: Partner) -> None:
    offers.save(connection, replace(STANDING, new_customers_only=False, minimum_order_cents=0), NOW)
    partners.derive(connection, meier, "friends", "vonmeier", NOW, TODAY)
    for number, currency in enumerate(("CHF", "EUR", "CHF")):
        cart = replace(by(somebody(number)), currency=currency)
        granted(redemptions.redeem(connection, "vonmeier", cart, f"order {number}", ASKING))
    [code] = partners.codes_of(connection, meier)
    assert (code.redeemed, code.discounts) == (3, (("CHF", 300), ("EUR", 150)))


def test_the_last_day_and_the_number_of_uses_are_those_of_the_offer(connection: Connection, meier: Partner) -> None:
    offers.save(connection, replace(STANDING, valid_until=date(2027, 3, 31), uses=50), NOW)
    assert partners.derive(connection, meier, "friends", "vonmeier", NOW, TODAY).valid_until == date(2027, 3, 31)
    assert connection.execute(select(coupons.c.most_uses)).scalar_one() == 50


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("abc", CodeRefusal.TOO_SHORT),
        ("x" * 21, CodeRefusal.TOO_LONG),
        ("von meier!", CodeRefusal.CHARACTERS),
        ("tee\x00haus", CodeRefusal.CHARACTERS),
        ("<b>meier</b>", CodeRefusal.CHARACTERS),
        ("arschloch", CodeRefusal.RUDE),
        ("4rschl0ch", CodeRefusal.RUDE),
        ("VONMEIER", CodeRefusal.TAKEN),
        ("von-meier", CodeRefusal.TAKEN),
        ("V0NME1ER", CodeRefusal.TAKEN),
        ("W1NTER2O", CodeRefusal.TAKEN),
        ("DEALVVIRT", CodeRefusal.TAKEN),
        ("admin1", CodeRefusal.RESERVED),
        ("gutschein-2026", CodeRefusal.RESERVED),
        ("TEE-ABCDE-FGHJK-M", CodeRefusal.LOOKS_GENERATED),
        ("teeabcdefghjk" + check_character("ABCDEFGHJK"), CodeRefusal.LOOKS_GENERATED),
    ],
)
def test_a_code_is_refused_with_its_reason(code: str, reason: CodeRefusal, connection: Connection, meier: Partner) -> None:
    other = partners.add(connection, "other", "Somebody Else", "", "", NOW)
    partners.derive(connection, other, "friends", "vonmeier", NOW, TODAY)
    issue(connection, "WINTER20")
    issue(connection, "dea-lwirt")
    with pytest.raises(CodeRefused) as refused:
        partners.derive(connection, meier, "friends", code, NOW, TODAY)
    assert refused.value.reason is reason
    assert partners.codes_of(connection, meier) == []


@pytest.mark.parametrize(
    "offer",
    [
        replace(STANDING, for_partners=False),
        replace(STANDING, partner="somebody-else"),
        replace(STANDING, valid_until=TODAY - timedelta(days=1)),
        replace(STANDING, slug="another"),
    ],
)
def test_an_offer_that_is_not_open_to_the_partner_gives_no_code(offer: Offer, connection: Connection) -> None:
    offers.save(connection, offer, NOW)
    partner = partners.add(connection, "anna-meier", "Anna Meier", "", "", NOW)
    with pytest.raises(CodeRefused) as refused:
        partners.derive(connection, partner, "friends", "vonmeier", NOW, TODAY)
    assert refused.value.reason is CodeRefusal.OFFER


def test_two_partners_who_take_the_same_code_at_once_one_has_it(engine: Engine) -> None:
    with writing(engine) as connection:
        offers.save(connection, STANDING, NOW)
        both = [partners.add(connection, f"partner-{number}", f"Partner {number}", "", "", NOW) for number in range(8)]
    start = threading.Barrier(len(both))
    refused: list[CodeRefusal] = []

    def take(partner: Partner) -> None:
        start.wait()
        try:
            with writing(engine) as connection:
                partners.derive(connection, partner, "friends", "vonmeier" if partner.id % 2 else "V0NMEIER", NOW, TODAY)
        except CodeRefused as error:
            refused.append(error.reason)

    threads = [threading.Thread(target=take, args=(partner,)) for partner in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert sum(len(partners.codes_of(connection, partner)) for partner in both) == 1
    assert refused == [CodeRefusal.TAKEN] * (len(both) - 1)


def test_a_code_that_is_switched_off_leads_nowhere_and_only_its_partner_switches_it(connection: Connection, meier: Partner) -> None:
    code = partners.derive(connection, meier, "friends", "vonmeier", NOW, TODAY)
    other = partners.add(connection, "other", "Somebody Else", "", "", NOW)
    assert not partners.switch_code(connection, other, code.id, False, NOW)
    assert partners.public_code(connection, "vonmeier") == "vonmeier"
    assert partners.switch_code(connection, meier, code.id, False, NOW)
    assert partners.public_code(connection, "vonmeier") is None
    assert partners.switch_code(connection, meier, code.id, True, NOW)
    partners.change(connection, "anna-meier", is_active=False)
    assert partners.public_code(connection, "vonmeier") is None


@pytest.mark.parametrize("switched_off_before", [False, True])
def test_a_code_that_the_desk_has_blocked_stays_blocked(switched_off_before: bool, connection: Connection, meier: Partner) -> None:
    code = partners.derive(connection, meier, "friends", "vonmeier", NOW, TODAY)
    if switched_off_before:
        partners.switch_code(connection, meier, code.id, False, NOW)
    assert redemptions.void(connection, code.id, replace(ASKING, channel=Channel.DESK, actor="martha"), "fraud")
    assert not redemptions.void(connection, code.id, ASKING, "again")
    for is_on in (False, True):
        assert partners.switch_code(connection, meier, code.id, is_on, NOW)
    assert partners.public_code(connection, "vonmeier") is None
    assert reason(redemptions.redeem(connection, "vonmeier", by(somebody(1)), "A-1", ASKING)) is RefusalReason.VOID
    [now] = partners.codes_of(connection, meier)
    assert (now.is_on, now.is_blocked) == (False, True)


def test_what_a_partner_does_to_a_code_is_in_its_log(connection: Connection, meier: Partner) -> None:
    code = partners.derive(connection, meier, "friends", "vonmeier", NOW, TODAY)
    for is_on in (True, False, False, True):
        partners.switch_code(connection, meier, code.id, is_on, NOW)
    log = [(one.action, one.outcome, one.actor, one.channel) for one in reversed(coupon_events.of_coupon(connection, code.id))]
    assert log == [
        (Action.DERIVE, "granted", "anna-meier", Channel.PARTNER),
        (Action.SWITCH, "switched_off", "anna-meier", Channel.PARTNER),
        (Action.SWITCH, "switched_on", "anna-meier", Channel.PARTNER),
    ]


def test_the_first_assignment_stands(connection: Connection, meier: Partner) -> None:
    other = partners.add(connection, "other", "Somebody Else", "", "", NOW)
    store(connection, person(1))
    who = customer_id(connection)
    assert partners.assign_first_line(connection, who, meier.id, None, NOW)
    assert not partners.assign_first_line(connection, who, other.id, None, NOW)
    assert not partners.assign_first_line(connection, who, meier.id, None, NOW)
    assert (partners.first_lines_count(connection, meier), partners.first_lines_count(connection, other)) == (1, 0)


@pytest.mark.parametrize("email", ["anna1@example.org", "ANNA1+tee@Example.org "])
def test_nobody_refers_themselves_in_any_spelling(email: str, connection: Connection) -> None:
    partner = partners.add(connection, "self", "Anna", email, "", NOW)
    store(connection, person(1))
    assert not partners.assign_first_line(connection, customer_id(connection), partner.id, None, NOW)
    assert count(connection, first_lines) == 0


def test_a_partner_who_was_a_customer_first_is_known_by_that_record(connection: Connection) -> None:
    store(connection, person(1))
    partner = partners.add(connection, "self", "Anna", "anna1@example.org", "", NOW)
    assert partner.own_customer_id == customer_id(connection)
    assert partners.is_self(connection, partner, partners.somebody(connection, [customer_id(connection)]))
    assert not partners.is_self(connection, partner, partners.somebody(connection, []))
    assert not partners.is_self(connection, replace(partner, own_customer_id=None, email=""), partners.somebody(connection, []))


@pytest.mark.parametrize(
    "shopper",
    [
        Shopper("stranger@example.org", "", replace(DRESDEN, first_name="Bert", last_name="MUELLER", street="Weg 1")),
        Shopper("ANNA1+tee@example.org"),
        Shopper("second@example.org"),
        Shopper("", "K1"),
    ],
)
@pytest.mark.parametrize("registered", ["the partner's main mailbox", "the partner's second mailbox", "partner first, customer later"])
def test_nobody_refers_themselves_by_another_mailbox_or_the_own_home(registered: str, shopper: Shopper, connection: Connection) -> None:
    offers.save(connection, replace(STANDING, new_customers_only=False), NOW)
    records = person(1), person(1, source="other", email="second@example.org")
    if registered != "partner first, customer later":
        store(connection, records[0])
        store(connection, records[1])
    partner = partners.add(connection, "self", "Anna", "second@example.org" if "second" in registered else "anna1@example.org", "", NOW)
    if registered == "partner first, customer later":
        store(connection, records[0])
        store(connection, records[1])
    assert len([row for row in rows(connection, customers) if row["merged_into"] is None]) == 1, "one person with two mailboxes"
    partners.derive(connection, partner, "friends", "vonmeier", NOW, TODAY)
    assert reason(redemptions.redeem(connection, "vonmeier", by(shopper), "A-9", ASKING)) is RefusalReason.OWN_CODE
    neighbour = Shopper("stranger@example.org", "", replace(DRESDEN, last_name="Müller", street="Weg 2"))
    assert granted(redemptions.redeem(connection, "vonmeier", by(neighbour), "A-10", ASKING))


def test_an_imported_order_to_the_partners_home_is_noticed_and_assigned_to_nobody(connection: Connection) -> None:
    offers.save(connection, replace(STANDING, new_customers_only=False), NOW)
    store(connection, person(1))
    partner = partners.add(connection, "self", "Anna", "anna1@example.org", "", NOW)
    partners.derive(connection, partner, "friends", "vonmeier", NOW, TODAY)
    home = replace(DRESDEN, first_name="Bert", street="Weg 1")
    store(connection, order(2, customer_number="", email="bert@example.org", address=home, discount_codes=("vonmeier",)))
    assert [one.event.outcome for one in coupon_events.noticed(connection, days_ago(9))] == [RefusalReason.OWN_CODE]
    assert count(connection, first_lines) == 0


SECOND_ACCOUNTS = [
    person(2, email="Anna1+neu@example.org"),
    person(2, address=replace(DRESDEN, first_name="Bert", last_name="Mueller", street="Weg Nr. 1")),
    person(2, address=replace(DRESDEN, first_name="", last_name="Anna Müller", street="Weg 1 c/o Meier")),
]


@pytest.mark.parametrize("account", SECOND_ACCOUNTS)
@pytest.mark.parametrize(("days", "brought"), [(100, 0), (300, 1)])
def test_an_old_customer_under_a_second_account_is_no_new_one(account: Customer, days: int, brought: int, connection: Connection, meier: Partner) -> None:
    offers.save(connection, replace(STANDING, new_customers_only=False), NOW)
    partners.derive(connection, meier, "friends", "vonmeier", days_ago(400), TODAY)
    store(connection, person(1), order(1))
    store(connection, account)
    store(connection, order(2, customer_number="K2", ordered_at=days_ago(days), discount_codes=("vonmeier",)))
    assert partners.first_lines_count(connection, meier) == brought, "who bought before person 1 was new then"


def test_the_first_line_shows_the_address_type_and_no_name(connection: Connection, meier: Partner) -> None:
    bring(connection, meier, 1)
    bring(connection, meier, 2)
    store(connection, order(1, customer_number="K2"))
    assert [(one.place, one.is_customer, one.code) for one in partners.first_line(connection, meier, 10)] == [(2, True, ""), (1, False, "")]
    assert not {"Anna1", "Müller", "anna1@example.org"} & {str(value) for one in partners.first_line(connection, meier, 10) for value in (one.place, one.code)}


def test_the_operator_sees_the_tree_and_what_each_has_brought(connection: Connection, meier: Partner) -> None:
    for slug, sponsor in (("berta", "anna-meier"), ("carl", "anna-meier"), ("dora", "carl"), ("zoe", "")):
        partners.add(connection, slug, slug.title(), "", sponsor, NOW)
    carl = partners.by_slug(connection, "carl")
    assert carl
    bring(connection, carl, 1)
    assert [(one.partner.slug, one.depth, one.brought) for one in partners.downline(connection)] == [
        ("anna-meier", 0, 0),
        ("berta", 1, 0),
        ("carl", 1, 1),
        ("dora", 2, 0),
        ("zoe", 0, 0),
    ]
    assert [(one.partner.slug, one.depth) for one in partners.downline(connection, carl)] == [("carl", 0), ("dora", 1)]


@pytest.mark.parametrize(
    ("slug", "name", "sponsor"),
    [("Anna", "Anna", ""), ("a--b", "Anna", ""), ("", "Anna", ""), ("anna", " ", ""), ("anna", "An\nna", ""), ("anna", "Anna", "nobody")],
)
def test_a_partner_who_cannot_be_is_refused(slug: str, name: str, sponsor: str, connection: Connection) -> None:
    with pytest.raises(WrongName):
        partners.add(connection, slug, name, "", sponsor, NOW)


def gave_the_code(connection: Connection, partner: Partner, number: int, registered_at: datetime | None = NOW - timedelta(minutes=1)) -> int:
    """Person ``number`` gave the partner's code at sign-up."""
    store(connection, person(number, registered_at=registered_at))
    who = customer_id(connection, f"anna{number}@example.org")
    code = partners.codes_of(connection, partner) or [partners.derive(connection, partner, "friends", f"code{partner.slug}", NOW, TODAY)]
    connection.execute(insert(sign_up_codes).values(coupon_id=code[0].id, customer_id=who, source="shop", given_at=NOW))
    return who


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PARTNER])
def test_a_sign_in_that_somebody_else_gets_at_this_moment_stays_theirs(role: Role, engine: Engine) -> None:
    with writing(engine) as connection:
        for slug in ("anna", "bert"):
            partners.add(connection, slug, slug.title(), "", "", NOW)
    refused: list[PartnerProblem] = []

    def open_it() -> None:
        with pytest.raises(PartnerRefused) as error, writing(engine) as other:
            partners.open_login(other, "anna", "bert", "hash of Anna's", NOW)
        refused.append(error.value.problem)

    thread = threading.Thread(target=open_it)
    with writing(engine) as connection:
        if role is Role.PARTNER:
            partners.open_login(connection, "bert", "bert", "hash of Bert's", NOW)
        else:
            users.save(connection, "bert", "hash of Bert's", role, NOW)
        thread.start()
        if engine.dialect.name == "postgresql":
            until(lambda: waiting(engine))
    thread.join()
    assert refused == [PartnerProblem.LOGIN_TAKEN]
    with reading(engine) as connection:
        assert [(row["name"], row["password_hash"], row["role"]) for row in rows(connection, users_table)] == [("bert", "hash of Bert's", role)]
        assert partners.login_of(connection, "anna") is None


def test_a_partner_sees_only_released_fields_of_direct_prospects(connection: Connection, meier: Partner) -> None:
    who = gave_the_code(connection, meier, 1)
    assert [(one.id, one.contact) for one in partners.prospects(connection, meier, 10)] == [(who, {})]
    released = partners.change(connection, "anna-meier", released=[ContactField.TOWN, ContactField.FIRST_NAME])
    assert released.released == (ContactField.FIRST_NAME, ContactField.TOWN)
    assert [one.contact for one in partners.prospects(connection, released, 10)] == [{ContactField.FIRST_NAME: "Anna1", ContactField.TOWN: "Dresden"}]


def test_a_prospect_who_bought_objected_or_came_through_another_is_not_shown(connection: Connection, meier: Partner) -> None:
    other = partners.add(connection, "other", "Somebody Else", "", "anna-meier", NOW)
    bought, objected = gave_the_code(connection, meier, 1), gave_the_code(connection, meier, 2)
    gave_the_code(connection, other, 3)
    store(connection, order(1, customer_number="K1"))
    objections.add(connection, objected, ObjectionChannel.DESK, NOW)
    assert bought != objected
    assert partners.prospects(connection, meier, 10) == []


@pytest.mark.parametrize("registered_at", [None, days_ago(2), days_ago(900)])
def test_whose_account_was_there_before_the_code_is_no_prospect(registered_at: datetime | None, connection: Connection, meier: Partner) -> None:
    """Else a partner would learn about anybody by typing an e-mail address."""
    gave_the_code(connection, meier, 1, registered_at)
    assert partners.prospects(connection, meier, 10) == []


def test_a_code_typed_beside_a_strangers_address_shows_nobody_until_the_order_comes_in(connection: Connection, meier: Partner) -> None:
    store(connection, person(1))
    partners.derive(connection, meier, "friends", "vonmeier", NOW, TODAY)
    granted(redemptions.reserve(connection, "vonmeier", by(ANNA), "o1", 30, ASKING))
    assert partners.prospects(connection, meier, 10) == []
    granted(redemptions.redeem(connection, "vonmeier", by(ANNA), "o1", ASKING))
    assert partners.prospects(connection, meier, 10) == []
    store(connection, order(1, ordered_at=NOW, state=OrderState.OPEN, discount_codes=("vonmeier",)))
    assert [one.id for one in partners.prospects(connection, meier, 10)] == [customer_id(connection)]


@pytest.mark.parametrize(("registered_at", "known_since", "shown"), [(days_ago(900), NOW, 0), (None, days_ago(900), 0), (NOW, NOW, 1), (None, NOW, 1)])
def test_an_order_that_anybody_can_place_in_a_strangers_name_shows_nobody_who_was_known_before(
    registered_at: datetime | None, known_since: datetime, shown: int, connection: Connection, meier: Partner
) -> None:
    store(connection, person(1, registered_at=registered_at), now=known_since)
    partners.derive(connection, meier, "friends", "vonmeier", NOW, TODAY)
    store(connection, order(1, customer_number="", email="anna1@example.org", ordered_at=NOW, state=OrderState.OPEN, discount_codes=("vonmeier",)))
    assert len(partners.prospects(connection, meier, 10)) == shown


def test_every_look_at_released_fields_is_written_down(connection: Connection, meier: Partner) -> None:
    who = gave_the_code(connection, meier, 1)
    partners.note_views(connection, meier, partners.prospects(connection, meier, 10), NOW)
    assert count(connection, prospect_views) == 0
    released = partners.change(connection, "anna-meier", released=[ContactField.EMAIL])
    partners.note_views(connection, released, partners.prospects(connection, released, 10), NOW)
    [view] = partners.views(connection, 10)
    assert (view.partner, view.customer_id, view.fields, view.seen_at) == ("anna-meier", who, (ContactField.EMAIL,), NOW)
