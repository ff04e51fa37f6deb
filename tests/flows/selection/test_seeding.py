"""Letters to addresses of our own: one of each print run, real in print and in nobody's count; on both databases."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine, select

from campaigns.address import Address
from campaigns.campaign import Step
from campaigns.cart import CartItem
from campaigns.customer import Sex
from campaigns.kinds import AbandonedCart, CouponExpiry, Winback
from campaigns.letter import LetterState, code_url
from campaigns.offer import CodeSource
from campaigns.print_run import PrintRunState
from campaigns.sender import Sender
from campaigns.verdict import Reason
from flows.artifacts import approval_text
from flows.errors import UnprintableAddress
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.selection.seeding import add_seed
from flows.selection.selecting import seeds_left_out
from letters.read_back import pages_of
from printshop.cost import BUNDLED
from store import campaigns, letters, objections, print_files, seeds
from store.carts import upsert_carts
from store.engine import reading, writing
from store.print_runs import PrintRun
from store.schema import coupons, verdicts
from store.schema import letters as letters_table
from store.settings import Settings
from tests.flows.little_shop import add_people, import_codes, open_with, save
from tests.flows.way import handed_over, quiet, rendered, selected
from tests.store.shop import DRESDEN, NOW, OFFER, cart, rows

HAMBURG = Address("", "", "Kontroll", "Möwe", "", "Am Kai 7", "20253", "Hamburg", "DE")
WITH_COUPON = (Step("winback", offer="ten"),)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def plant(engine: Engine, settings: Settings, address: Address = HAMBURG) -> int:
    with writing(engine) as connection:
        return add_seed(connection, address, Sex.MALE, "", settings.sender)


def seedless(engine: Engine, settings: Settings, run: PrintRun) -> str:
    with reading(engine) as connection:
        return seeds_left_out(connection, settings, run)


def seed_letters(engine: Engine, print_run_id: int) -> list[letters.Letter]:
    with reading(engine) as connection:
        mine = select(letters_table.c.id).where(letters_table.c.is_seed, letters_table.c.print_run_id == print_run_id)
        return [letter for one in connection.execute(mine).scalars() if (letter := letters.by_id(connection, one))]


def test_a_seed_address_gets_a_real_letter_that_tells_of_nobody(engine: Engine, settings: Settings) -> None:
    open_with(engine, 3)
    save(engine, steps=WITH_COUPON)
    number = plant(engine, settings)
    run = handed_over(engine, settings)
    (letter,) = seed_letters(engine, run.id)
    assert seedless(engine, settings, run) == ""
    assert (letter.customer_id, letter.state, letter.step) == (number, LetterState.HANDED_OVER, 1)
    with reading(engine) as connection:
        ((_, content),) = letters.contents(connection, [letter.id])
        others = letters.contents(connection, [row["id"] for row in rows(connection, letters_table) if not row["is_seed"]])
        code = letters.coupon_of(connection, letter.id)
        (file,) = print_files.of_run(connection, run.id)
    assert content.address == ("Kontroll Möwe", "Am Kai 7", "20253 Hamburg")
    assert content.values["salutation"] == "Lieber Herr Möwe,"
    assert code
    assert content.values["coupon_code"] == code[0] not in {other.values["coupon_code"] for _, other in others}
    assert letter.landing_url.startswith(f"https://shop.example/{code[0]}")
    for name in ("customer_number", "last_order_number", "last_order_date", "first_name", "last_name"):
        assert content.values[name], "it can be printed"
        assert content.values[name] not in {other.values[name] for _, other in others}
    with pages_of(settings.handover_dir / run.name / file.name) as pages:
        printed = [code for page in range(1, len(pages) + 1) for code in pages.codes(page)]
        assert len(pages) == 4
    assert code_url(settings.public_url, "S", letter.token) in printed


def test_a_seed_letter_about_a_cart_lists_nobodys_articles(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    with writing(engine) as connection:
        filled = NOW - timedelta(days=3)
        upsert_carts(connection, [cart(1, created_at=filled, updated_at=filled, items=(CartItem("S", "A secret", 7, 450),))], settings.secret)
    save(engine, steps=(Step("cart", 1),), audience=AbandonedCart())
    plant(engine, settings)
    run = rendered(engine, settings)
    (letter,) = seed_letters(engine, run.id)
    with reading(engine) as connection:
        ((_, content),) = letters.contents(connection, [letter.id])
    assert content.items
    assert "A secret" not in {item.title for item in content.items}
    assert content.values["cart_total"] != "31,50 €"


def test_it_is_in_print_and_in_no_count(engine: Engine, settings: Settings) -> None:
    open_with(engine, 3)
    save(engine, minimum_letters=3, max_letters=3, max_letters_per_run=3)
    plant(engine, settings)
    plant(engine, settings, DRESDEN)
    run = handed_over(engine, settings)
    folder = settings.handover_dir / run.name
    assert run.funnel.counts == {"selected": 3}
    assert json.loads((folder / "manifest.json").read_text())["letters"] == 5
    towns = [line["postcode"] for line in csv.DictReader((folder / "letters.csv").read_text().splitlines(), delimiter=";")]
    assert towns == sorted(towns), "where its postcode belongs"
    assert "20253" in towns
    with reading(engine) as connection:
        assert letters.spent(connection, campaign_id=run.campaign_id)[0] == 3
        assert letters.count(connection, run.id, seeds=False) == 3
        assert letters.paper(connection, run.id).seeds == 2
        assert {row["customer_id"] for row in rows(connection, verdicts)}.isdisjoint(seed.id for seed in seeds.listed(connection))


def test_the_minimum_counts_real_letters_only(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    save(engine, minimum_letters=3)
    plant(engine, settings)
    run = selected(engine, settings)
    assert run.state is PrintRunState.EMPTY
    assert seed_letters(engine, run.id) == []


def test_a_run_that_writes_to_nobody_writes_to_no_seed_address(engine: Engine, settings: Settings) -> None:
    save(engine)
    plant(engine, settings)
    run = selected(engine, settings)
    assert run.state is PrintRunState.EMPTY
    assert seed_letters(engine, run.id) == []


def test_every_run_of_a_step_writes_to_it_again(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    save(engine, max_letters_per_run=1)
    plant(engine, settings)
    first, second = handed_over(engine, settings), handed_over(engine, settings)
    assert [len(seed_letters(engine, run.id)) for run in (first, second)] == [1, 1]
    assert {letter.state for run in (first, second) for letter in seed_letters(engine, run.id)} == {LetterState.HANDED_OVER}


def test_whoever_objects_with_a_seed_letter_gets_none_until_the_address_is_added_anew(engine: Engine, settings: Settings) -> None:
    open_with(engine, 3)
    save(engine, max_letters_per_run=1)
    number = plant(engine, settings)
    first = handed_over(engine, settings)
    with writing(engine) as connection:
        objections.add_by_letter(connection, seed_letters(engine, first.id)[0].id, NOW)
        assert [seed.objected for seed in seeds.listed(connection)] == [True]
    assert seed_letters(engine, handed_over(engine, settings).id) == []
    with writing(engine) as connection:
        seeds.remove(connection, number, settings.secret, NOW)
    plant(engine, settings)
    assert [letter.state for letter in seed_letters(engine, handed_over(engine, settings).id)] == [LetterState.HANDED_OVER]


def test_seed_letters_alone_are_not_handed_over(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine)
    plant(engine, settings)
    run = rendered(engine, settings)
    decide_on_run(engine, settings, run.id, approved=True, by="Martha", comment="")
    with writing(engine) as connection:
        (letter,) = [row["id"] for row in rows(connection, letters_table) if not row["is_seed"]]
        objections.add_by_letter(connection, letter, NOW)
    assert hand_over_run(engine, settings, run.id, quiet).state is PrintRunState.EMPTY
    assert not list(settings.handover_dir.glob("*/*.pdf"))


def test_it_takes_an_imported_code_if_one_is_left(engine: Engine, settings: Settings) -> None:
    imported = replace(OFFER, codes=CodeSource.IMPORTED)
    open_with(engine, 1)
    save(engine, steps=WITH_COUPON, offer=imported)
    import_codes(engine, ["TEA-1", "TEA-2"])
    plant(engine, settings)
    run = handed_over(engine, settings)
    (letter,) = seed_letters(engine, run.id)
    with reading(engine) as connection:
        taken = letters.coupon_of(connection, letter.id)
    assert taken == ("TEA-2", taken[1] if taken else None, False)
    import_codes(engine, ["TEA-3"])
    with writing(engine) as connection:
        add_people(connection, range(2, 3))
    second = handed_over(engine, settings)
    assert second.funnel.selected == 1
    assert seed_letters(engine, second.id) == [], "the customer's letter goes before"


def test_seed_addresses_without_a_letter_are_told_with_the_reason(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine, steps=WITH_COUPON, offer=replace(OFFER, codes=CodeSource.IMPORTED))
    import_codes(engine, ["TEA-1", "TEA-2"])
    written, codeless = plant(engine, settings), plant(engine, settings, DRESDEN)
    run = rendered(engine, settings)
    told = seedless(engine, settings, run)
    assert written < codeless
    assert told == f"1 seed address gets no letter: number {codeless}, no imported code of the offer 'ten' is left."
    import_codes(engine, ["TEA-3"])
    assert "came after the selection" in seedless(engine, settings, run)
    with reading(engine) as connection:
        files, paper, campaign = print_files.of_run(connection, run.id), letters.paper(connection, run.id), campaigns.version(connection, run.version_id)
    assert f"**{told}**" in approval_text(run, files, "https://proof.example", campaign, paper, "EUR", told)


def test_a_seed_letter_that_reminds_carries_a_code_of_its_own(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine, steps=WITH_COUPON)
    handed_over(engine, settings)
    plant(engine, settings)
    with time_machine.travel(NOW + timedelta(days=60)):
        save(engine, "reminder", steps=(Step("reminder"),), audience=CouponExpiry())
        run = rendered(engine, settings, "reminder")
        (letter,) = seed_letters(engine, run.id)
        with reading(engine) as connection:
            own = letters.coupon_of(connection, letter.id)
            codes = [row["code"] for row in rows(connection, coupons)]
            ((_, content),) = letters.contents(connection, [letter.id])
    assert len(codes) == 2, "the customer's and the seed's"
    assert own
    assert content.values["coupon_code"] == own[0]
    assert own[1] == date(2027, 2, 5), "as long as the one it stands for"


def test_the_approval_text_names_seed_letters_and_calls_none_lost(engine: Engine, settings: Settings) -> None:
    open_with(engine, 3)
    saved = save(engine)
    plant(engine, settings)
    run = rendered(engine, settings)
    with reading(engine) as connection:
        files, paper = print_files.of_run(connection, run.id), letters.paper(connection, run.id)
    text = approval_text(run, files, "https://proof.example", saved.definition, paper, "EUR")
    assert "**4 letters**, 1 of them to seed addresses of yours" in text
    assert "could not be set" not in text and "at the least" not in text
    greedy = replace(saved.definition, limits=replace(saved.definition.limits, minimum_letters=4))
    told = approval_text(run, files, "https://proof.example", greedy, paper, "EUR")
    assert "**Only 3 letter(s) are left, and the campaign prints 4 at the least.**" in told, "seed letters do not count"
    assert f"€{paper.cost_cents / 100:.2f}" in text


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"street": ""}, "no street"), ({"postcode": "2025"}, "bad postcode"), ({"last_name": "王"}, "font has no"), ({"country": "XX"}, "unknown country")],
)
def test_an_address_that_cannot_be_printed_is_refused(engine: Engine, settings: Settings, changes: dict[str, str], why: str) -> None:
    with writing(engine) as connection, pytest.raises(UnprintableAddress, match=why):
        add_seed(connection, replace(HAMBURG, **changes), Sex.UNKNOWN, "", Sender("Teehaus", "Musterweg 1", "10115", "Berlin"))
    with reading(engine) as connection:
        assert seeds.listed(connection) == []


def test_a_seed_address_that_a_layout_cannot_greet_keeps_no_customer_from_a_letter(engine: Engine, settings: Settings) -> None:
    open_with(engine, 1)
    save(engine)
    with writing(engine) as connection:
        seeds.add(connection, replace(HAMBURG, street="王"), Sex.UNKNOWN, "", NOW)
    run = rendered(engine, settings)
    assert run.funnel.counts == {"selected": 1}
    assert Reason.UNPRINTABLE_TEXT not in run.funnel.counts
    assert seed_letters(engine, run.id) == []
    assert "cannot print it" in seedless(engine, settings, run)


def test_a_seed_address_that_the_tariff_knows_no_postage_to_keeps_no_customer_from_a_letter(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "tariff.toml").write_text(BUNDLED.read_text("utf-8").replace('country = "*"', 'country = "CH"'), "utf-8")
    open_with(engine, 1)
    save(engine)
    plant(engine, settings, replace(HAMBURG, postcode="1010", town="Wien", country="AT"))
    narrow = settings.model_copy(update={"tariff_file": tmp_path / "tariff.toml"})
    run = selected(engine, narrow)
    assert run.state is PrintRunState.RENDERING
    assert seed_letters(engine, run.id) == []
    assert "the tariff has no postage to AT" in seedless(engine, narrow, run)
    lost = settings.model_copy(update={"tariff_file": tmp_path / "gone.toml"})
    assert "the reason can no longer be told" in seedless(engine, lost, run), "approving does not fail for it"


def test_a_seed_address_that_is_removed_gets_no_more_letters(engine: Engine, settings: Settings) -> None:
    open_with(engine, 2)
    save(engine, max_letters_per_run=1, audience=Winback())
    number = plant(engine, settings)
    handed_over(engine, settings)
    with writing(engine) as connection:
        assert seeds.remove(connection, number, settings.secret, NOW)
    assert seed_letters(engine, handed_over(engine, settings).id) == []
