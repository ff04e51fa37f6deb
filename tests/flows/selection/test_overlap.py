"""Does the overlap report find gaps and overlaps in a real database, and none where there are none?"""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, select, update

from campaigns.campaign import Campaign, Limits, Step
from campaigns.cart import Cart, CartItem
from campaigns.kinds import AbandonedCart, Audience, NoPurchase, Reorder, Segment, Who, Winback
from campaigns.order import OrderState
from campaigns.roll import Group
from campaigns.verdict import Reason
from flows.selection import overlapping
from flows.selection.overlapping import Compared, compare, sentences, tables, write_csv
from store import audience, campaigns
from store.carts import upsert_carts
from store.engine import reading, writing
from store.schema import campaign_versions, customers, letters, metadata
from store.settings import Settings
from tests.conftest import SECRET
from tests.store.shop import NOW, add_letter, cart, customer_id, days_ago, order, person, start_run, store

DESK = "http://desk.example"
ACCOUNT = NoPurchase()
CART = AbandonedCart(only_with_earlier_order=False)


def save(engine: Engine, slug: str, audience: Audience, priority: int = 5, **changes: Any) -> None:
    limits = Limits(holdout_percent=0, priority=priority)
    with writing(engine) as connection:
        campaigns.save(connection, Campaign(slug, slug, "https://shop.example", (Step("plain", 1),), audience, limits, **changes), NOW)


def compared(engine: Engine, settings: Settings) -> Compared:
    return compare(engine, settings, NOW, lambda _share, _what: None)


def mail(number: int) -> str:
    return f"anna{number}@example.org"


def said(found: Compared) -> str:
    return "\n".join(sentences(found, DESK))


@pytest.fixture
def prospects(engine: Engine) -> Engine:
    """1 and 2 have an account; 3 a cart as well; 4 objected to nothing but bought; 5 is a guest with a cart; 6 is an address of our own."""
    with writing(engine) as connection:
        store(connection, *(person(number, registered_at=days_ago(30)) for number in (1, 2, 3, 4, 6)))
        store(connection, order(4, customer_number="K4"))
        upsert_carts(connection, [cart(3, email=mail(3)), cart(4, email=mail(4))], SECRET)
        connection.execute(update(customers).where(customers.c.email_key == mail(6)).values(is_seed=True))
    return engine


def test_the_split_of_prospects_holds(prospects: Engine, settings: Settings) -> None:
    save(prospects, "account", ACCOUNT)
    save(prospects, "cart", CART)
    found = compared(prospects, settings)
    assert "Split without gap and overlap: account and cart: 0 prospects in both, 0 prospects in none (2 + 1 of 3 prospects with an account)." in said(found)
    assert "Nobody would get two letters today." in said(found)
    assert "Campaigns of equal priority are taken in the order of their names" in said(found)
    assert found.overlap.groups == {Group.CUSTOMER: 1, Group.PROSPECT: 3}
    assert [(one.campaign.slug, one.reached, one.waiting) for one in found.overlap.standings] == [("account", 2, 1), ("cart", 2, 0)]


def test_an_overlap_is_counted_and_named(prospects: Engine, settings: Settings) -> None:
    save(prospects, "account", replace(ACCOUNT, only_with_empty_cart=False))
    save(prospects, "cart", CART, priority=1)
    found = compared(prospects, settings)
    with reading(prospects) as connection:
        both = customer_id(connection, mail(3))
    assert "only_with_empty_cart is off: people with a full cart are in both): account and cart: 1 prospects in both, 0 prospects in none" in said(found)
    assert f"In both: {DESK}/desk/customers/{both}" in said(found)
    assert found.overlap.wins == {("cart", "account"): 1}
    assert "equal priority" not in said(found)
    assert found.overlap.pairs["account", "cart"] == 1
    assert "Nobody would get two letters today." in said(found)


def test_a_gap_is_counted_and_named(prospects: Engine, settings: Settings) -> None:
    save(prospects, "account", ACCOUNT)
    save(prospects, "cart", AbandonedCart())
    found = compared(prospects, settings)
    with reading(prospects) as connection:
        none = customer_id(connection, mail(3))
    assert "account and cart: 0 prospects in both, 1 prospects in none" in said(found)
    assert f"In none: {DESK}/desk/customers/{none}" in said(found)
    assert found.overlap.unreached[Reason.OPEN_CART] == {Group.PROSPECT: 1}


def test_rules_that_lose_somebody_are_told_as_wrong(prospects: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the query for carts had forgotten somebody."""
    save(prospects, "account", ACCOUNT)
    save(prospects, "cart", CART)
    whole = audience.page

    def forgetful(*arguments: Any) -> Any:
        page = whole(*arguments)
        return page if arguments[2].slug == "account" else page[1:]

    monkeypatch.setattr(audience, "page", forgetful)
    assert "WRONG: not split cleanly: account and cart: 0 prospects in both, 1 prospects in none" in said(compared(prospects, settings))


def test_nothing_is_written(prospects: Engine, settings: Settings) -> None:
    def rows() -> list[Any]:
        with reading(prospects) as connection:
            return [connection.execute(select(table)).all() for table in metadata.sorted_tables]

    save(prospects, "account", ACCOUNT)
    save(prospects, "cart", CART)
    before = rows()
    compared(prospects, settings)
    assert rows() == before


def test_campaigns_that_rest_or_cannot_run_are_named_and_left_out(prospects: Engine, settings: Settings) -> None:
    save(prospects, "account", ACCOUNT)
    save(prospects, "asleep", Winback(), active=False)
    save(prospects, "broken", Winback())
    with writing(prospects) as connection:
        table = campaign_versions
        definition = connection.execute(select(table.c.definition).where(table.c.slug == "broken")).scalar_one()
        connection.execute(update(table).where(table.c.slug == "broken").values(definition=definition | {"steps": []}))
    found = compared(prospects, settings)
    assert [campaign.slug for campaign in found.roll.campaigns] == ["account"]
    assert "do not run on this day: asleep." in said(found)
    assert "saved by an older version and cannot run: broken." in said(found)


def test_without_a_campaign_or_a_person_it_says_so(engine: Engine, settings: Settings) -> None:
    assert "0 people" in said(compared(engine, settings))
    save(engine, "account", ACCOUNT)
    found = compared(engine, settings)
    assert "0 people" in said(found) and "Nobody would get two letters today." in said(found)
    assert tables(found.overlap)[0].title.startswith("Each campaign")


def test_pages_make_no_difference(shop: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for slug, whom in (("account", ACCOUNT), ("cart", CART), ("winback", Winback()), ("thanks", Reorder()), ("all", Segment(who=Who.ALL))):
        save(shop, slug, whom)
    whole = compared(shop, settings)
    monkeypatch.setattr(overlapping, "PAGE", 7)
    shares: list[float] = []
    found = compare(shop, settings, NOW, lambda share, _what: shares.append(share))
    assert tables(found.overlap) == tables(whole.overlap)
    assert sentences(found, DESK) == sentences(whole, DESK)
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert found.overlap.groups.total() == 400
    assert [split.holds for split in found.overlap.splits] == [True]
    assert found.overlap.reached_twice == 0
    assert found.overlap.wins, "campaigns that want the same people compete"


def test_everybody_has_a_row_in_the_csv(prospects: Engine, settings: Settings, tmp_path: Path) -> None:
    save(prospects, "account", ACCOUNT, priority=2)
    save(prospects, "cart", CART, priority=1)
    assert write_csv(compared(prospects, settings), tmp_path / "overlap.csv") == 4
    with (tmp_path / "overlap.csv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    told = [(row["group"], row["writes today"], row["cart"], row["account"]) for row in rows]
    assert told == [
        ("prospect", "account", "", "selected"),
        ("prospect", "account", "", "selected"),
        ("prospect", "cart", "selected", "open_cart"),
        ("customer", "cart", "selected", ""),
    ]
    assert [path.name for path in tmp_path.glob("overlap*")] == ["overlap.csv"]


def test_two_letters_of_one_day_are_found_in_the_database(prospects: Engine, settings: Settings) -> None:
    assert "The letters of the last 90 days: 0 people have two of one day." in said(compared(prospects, settings))
    with writing(prospects) as connection:
        run, (one, two, three, four) = start_run(connection), [customer_id(connection, mail(number)) for number in (1, 2, 3, 4)]
        seed = customer_id(connection, mail(6))
        for place, (whom, at) in enumerate(
            [
                (one, days_ago(90)),
                (one, days_ago(90.2)),
                (two, days_ago(3)),
                (two, days_ago(3.52)),  # 23:31 of the day before by UTC: half past midnight of the same day in Berlin
                (three, days_ago(5)),
                (three, days_ago(6)),
                (four, days_ago(91)),
                (four, days_ago(91)),
                (seed, days_ago(1)),
                (seed, days_ago(1)),
            ]
        ):
            add_letter(connection, run, whom, f"order-{place}", now=at)
        connection.execute(update(letters).where(letters.c.customer_id == seed).values(is_seed=True))
    found = compared(prospects, settings)
    assert found.written_twice == (one, two)
    assert f"90 days, 2 people have two of one day: {DESK}/desk/customers/{one}, {DESK}/desk/customers/{two}" in said(found)
    with writing(prospects) as connection:
        cancelled = select(func.max(letters.c.id)).where(letters.c.customer_id == one).scalar_subquery()
        connection.execute(update(letters).where(letters.c.id == cancelled).values(state="cancelled"))
    assert compared(prospects, settings).written_twice == (two,), "what is not printed does not count"


def test_of_many_who_have_two_letters_the_first_are_named(prospects: Engine, settings: Settings) -> None:
    found = replace(compared(prospects, settings), written_twice=tuple(range(1, 31)))
    [line] = [line for line in sentences(found, DESK) if line.startswith("WRONG")]
    assert "30 people have two of one day" in line
    assert line.endswith("/desk/customers/20 …")


# --- whatever a shop looks like ------------------------------------------------------------------------------------------

MOMENTS = st.sampled_from([days_ago(0.01), days_ago(1), days_ago(30), days_ago(89), days_ago(91), days_ago(1200)])
CARTS = st.fixed_dictionaries({"at": MOMENTS, "items": st.sampled_from([(), (CartItem("T1", "Tea", 1, 450),)]), "done": st.booleans()})
ORDERS = st.fixed_dictionaries({"at": MOMENTS, "state": st.sampled_from(OrderState), "platform": st.sampled_from(["", "ebay"])})
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "registered": st.none() | MOMENTS,
            "country": st.sampled_from(["DE", "US"]),
            "has_account": st.booleans(),
            "carts": st.lists(CARTS, max_size=2),
            "orders": st.lists(ORDERS, max_size=2),
            "state": st.sampled_from(["ok", "moved"]),
        }
    ),
    max_size=6,
)


def fill(connection: Connection, people: list[dict[str, Any]]) -> None:
    for number, one in enumerate(people, 1):
        known = person(number, registered_at=one["registered"])
        source_id = str(number) if one["has_account"] else f"guest:{mail(number)}"
        store(connection, replace(known, source_id=source_id, address=replace(known.address, country=one["country"])))
        for place, bought in enumerate(one["orders"]):
            store(connection, order(number * 10 + place, customer_number=f"K{number}", email=mail(number), ordered_at=bought["at"], state=bought["state"],
                                    platform=bought["platform"]))  # fmt: skip
        filled = [
            Cart("shop", f"c{number}-{place}", left["at"], left["at"], mail(number), items=left["items"], completed_at=NOW if left["done"] else None)
            for place, left in enumerate(one["carts"])
        ]
        upsert_carts(connection, filled, SECRET)
        connection.execute(update(customers).where(customers.c.email_key == mail(number)).values(address_state=one["state"]))


@given(people=PEOPLE, early=st.sampled_from(["account", "cart"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shop_is_split_without_gap_and_overlap(engine: Engine, settings: Settings, people: list[dict[str, Any]], early: str) -> None:
    empty(engine)
    with writing(engine) as connection:
        fill(connection, people)
    save(engine, "account", ACCOUNT, 1 if early == "account" else 2)
    save(engine, "cart", CART, 1 if early == "cart" else 2)
    save(engine, "all", Segment(who=Who.ALL), 3)
    found = compared(engine, settings).overlap
    [split] = found.splits
    assert split.holds, split
    assert split.prospects == found.groups[Group.PROSPECT] == split.first + split.second
    assert found.reached_twice == 0
    assert found.groups.total() == len(people)


def empty(engine: Engine) -> None:
    """Hypothesis asks again in the same database."""
    with writing(engine) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
