"""Does a dry run say what a real run of the same moment does, and leave no trace but its proofs?"""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import time_machine
from sqlalchemy import Engine, event, select
from zxingcpp import read_barcodes

from campaigns.campaign import Campaign, Limits, Step
from campaigns.coupon import CouponRecord, is_well_formed
from campaigns.kinds import Winback
from campaigns.letter import LetterContent
from campaigns.objection import ObjectionChannel
from campaigns.offer import CodeSource, Offer, OfferKind
from campaigns.print_run import PrintRunState
from campaigns.token import ALPHABET, LENGTH
from campaigns.verdict import Reason
from flows.errors import UnknownCampaign
from flows.printing.handing_over import decide_on_run
from flows.selection import dry_running
from flows.selection.dry_running import DryRun, dry_run, folder_of, law, sentences
from flows.selection.proofs import CODE, PROOFS, TOKEN, Proofs
from store import campaigns, letters, objections, offers
from store.campaigns import SavedCampaign
from store.coupons import upsert_coupons
from store.engine import reading, writing
from store.letters import NewLetter
from store.print_runs import PrintRun
from store.schema import customers, metadata
from store.settings import Settings
from tests.flows import way
from tests.flows.terminal import postillion
from tests.store.shop import NOW, OFFER, days_ago, order, person, store

POOL = Offer("pool", "Codes of the till", OfferKind.AMOUNT, 500, codes=CodeSource.IMPORTED)


def tried(engine: Engine, settings: Settings, slug: str = "winback", **options: Any) -> DryRun:
    return dry_run(engine, settings, slug, NOW, lambda _share: None, **options)


def run_for_real(engine: Engine, settings: Settings, slug: str = "winback", max_letters: int | None = None) -> PrintRun:
    with time_machine.travel(NOW, tick=False):
        return way.selected(engine, settings, slug, max_letters)


def everything(engine: Engine) -> str:
    """Every row of every table."""
    with reading(engine) as connection:
        tables = {table.name: [list(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))] for table in metadata.sorted_tables}
    return json.dumps(tables, default=str)


def save(engine: Engine, campaign: Campaign, *new: Offer) -> SavedCampaign:
    with writing(engine) as connection:
        for offer in (OFFER, *new):
            offers.save(connection, offer, NOW)
        return campaigns.save(connection, campaign, NOW)


def campaign(slug: str = "winback", **limits: Any) -> Campaign:
    return Campaign(slug, slug, "https://shop.example", (Step("winback", 0, "ten"),), Winback(), Limits(**{"holdout_percent": 0} | limits))


@pytest.fixture
def small_shop(engine: Engine) -> Engine:
    """Forty people who bought 200 or 300 days ago: a household of two, one who objected, one whose name has no letters, one abroad."""
    changes: dict[int, dict[str, str]] = {
        2: {"last_name": "Weber", "street": "Am Markt 3"},
        3: {"last_name": "Weber", "street": "Am Markt 3"},
        5: {"last_name": "王"},
        6: {"country": "US", "town": "Springfield", "postcode": "62701"},
    }
    with writing(engine) as connection:
        for number in range(1, 41):
            known = person(number)
            store(connection, replace(known, address=replace(known.address, **changes.get(number, {}))))
            store(connection, order(number, customer_number=f"K{number}", ordered_at=days_ago(300 if number > 30 else 200)))
        ids = list(connection.execute(select(customers.c.id).order_by(customers.c.id)).scalars())
        objections.add(connection, ids[3], ObjectionChannel.DESK, NOW)
    return engine


Given = Callable[[Engine, Settings], object]


def codes_of_the_till(engine: Engine, _settings: Settings) -> None:
    save(engine, replace(campaign(), steps=(Step("winback", 0, "pool"),)), POOL)
    with writing(engine) as connection:
        codes = [CouponRecord("till", f"TILL-{number:04d}", "pool", valid_until=(NOW + timedelta(days=100)).date()) for number in range(3)]
        upsert_coupons(connection, codes, NOW)


def a_campaign_that_goes_first(engine: Engine, settings: Settings) -> None:
    """It has run today, and its letters were rejected: it will write to those people, and they are taken from nobody but us."""
    save(engine, replace(campaign("first", priority=1), audience=Winback(inactive_days=250)))
    decide_on_run(engine, settings, run_for_real(engine, settings, "first").id, approved=False, by="Martha", comment="")
    save(engine, campaign())


def a_campaign_that_wrote_today(engine: Engine, settings: Settings) -> None:
    save(engine, campaign("first", max_letters=2))
    assert run_for_real(engine, settings, "first").funnel.selected == 2
    save(engine, campaign())


def half_is_used_up(engine: Engine, settings: Settings) -> None:
    """The first step has gone to 36 people, and the campaign may write 40 letters in its life."""
    save(engine, replace(campaign(cooldown_days=0), steps=(Step("winback", 0, "ten"), Step("winback", 1, "ten"))))
    with time_machine.travel(days_ago(10), tick=False):
        assert way.handed_over(engine, settings).funnel.selected
    save(engine, replace(campaign(cooldown_days=0, max_letters=40), steps=(Step("winback", 0, "ten"), Step("winback", 1, "ten"))))


def saved(**limits: Any) -> Given:
    return lambda engine, _settings: save(engine, campaign(**limits))


SITUATIONS: dict[str, tuple[Given, set[Reason | str]]] = {
    "rules": (saved(holdout_percent=50), {Reason.OBJECTION, Reason.ABROAD, Reason.HOUSEHOLD_DUPLICATE, Reason.UNPRINTABLE_TEXT, "selected", "holdout"}),
    "money": (saved(budget_per_run_cents=300), {Reason.BUDGET, "selected"}),
    "letters": (saved(max_letters_per_run=4), {Reason.BUDGET, "selected"}),
    "too few": (saved(minimum_letters=100, holdout_percent=40), {Reason.BELOW_MINIMUM}),
    "imported codes": (codes_of_the_till, {Reason.NO_COUPON_LEFT, "selected"}),
    "a campaign that goes first": (a_campaign_that_goes_first, {Reason.IN_OTHER_CAMPAIGN, "selected"}),
    "a letter of today": (a_campaign_that_wrote_today, {Reason.IN_OTHER_CAMPAIGN, "selected"}),
    "letters so far": (half_is_used_up, {Reason.BUDGET, "selected"}),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_real_run_of_the_same_moment_has_the_same_funnel_and_cost(small_shop: Engine, settings: Settings, situation: str) -> None:
    given, expected = SITUATIONS[situation]
    given(small_shop, settings)
    found = tried(small_shop, settings)
    run = run_for_real(small_shop, settings)
    assert found.funnel == run.funnel
    assert expected <= set(found.funnel.counts)
    with reading(small_shop) as connection:
        printed = letters.spent(connection, print_run_id=run.id)
    assert printed == ((0, 0) if found.waits else (found.would_be, found.cost_cents))


def test_a_dry_run_of_so_many_letters_is_a_run_of_so_many(small_shop: Engine, settings: Settings) -> None:
    save(small_shop, campaign())
    assert tried(small_shop, settings, max_letters=2).funnel == run_for_real(small_shop, settings, max_letters=2).funnel


def test_pages_make_no_difference(small_shop: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    save(small_shop, campaign(max_letters_per_run=4))
    whole = tried(small_shop, settings)
    monkeypatch.setattr(dry_running, "PAGE", 2)
    shares: list[float] = []
    found = dry_run(small_shop, settings, "winback", NOW, shares.append)
    assert replace(found, proof=None) == replace(whole, proof=None)
    assert shares == sorted(shares) and len(shares) == 21 and shares[-1] == 1.0


def test_nothing_is_written_and_the_real_shops_rows_stay_as_they_are(winback: SavedCampaign, shop: Engine, settings: Settings) -> None:
    """All tables before and after; and, while it runs, the database is told nothing but questions."""
    before = everything(shop)
    told: list[str] = []
    event.listen(shop, "before_cursor_execute", lambda _c, _k, statement, *_rest: told.append(statement.split()[0].upper()))
    found = tried(shop, settings, winback.definition.slug)
    assert found.would_be > 100
    assert everything(shop) == before
    assert set(told) <= {"SELECT", "WITH", "BEGIN"}
    assert list(settings.data_dir.rglob("*.p*")) == [found.proof]
    assert not settings.handover_dir.exists()


def test_proofs_are_specimens_with_codes_that_lead_nowhere(small_shop: Engine, settings: Settings) -> None:
    codes_of_the_till(small_shop, settings)
    found = tried(small_shop, settings)
    assert found.proof
    assert found.proof.parent == folder_of(settings)
    assert found.proof.stat().st_mode & 0o777 == 0o600
    with pypdfium2.PdfDocument(found.proof) as document:
        assert len(document) == found.proofs == found.would_be == 3
        for page in document:
            said = page.get_textpage().get_text_bounded()
            assert CODE in said and f"tee.example/S/{TOKEN}" in said and "TILL" not in said
            read = {code.text for code in read_barcodes(page.render(scale=3).to_pil())}
            assert read == {f"https://TEE.EXAMPLE/{room}/{TOKEN}" for room in "SO"}
            assert "SPECIMEN" in said.replace("\n", "").replace("\r", "")
    assert len(TOKEN) == LENGTH and set(TOKEN) <= set(ALPHABET), "a specimen takes the room of a letter"
    assert not is_well_formed(CODE)
    with reading(small_shop) as connection:
        assert letters.by_token(connection, TOKEN) is None


def letter(step: int, layout: str, language: str, number: int) -> NewLetter:
    content = LetterContent(layout, language, f"T{number}", (), {})
    return NewLetter(number, "order-1", step, content, "", "", "", "", "", None, None)


def test_proofs_are_spread_over_steps_layouts_and_languages() -> None:
    proofs = Proofs()
    for number in range(1000):
        proofs.see(letter(1, "winback", "de", number))
    for number in range(3):
        proofs.see(letter(1, "winback", "en", 2000 + number))
    proofs.see(letter(2, "offer", "de", 3000))
    shown = [(content.layout, content.language, content.token) for content in proofs.chosen()]
    assert shown == [
        *(("winback", "de", f"T{number}") for number in range(6)),
        *(("winback", "en", f"T{2000 + number}") for number in range(3)),
        ("offer", "de", "T3000"),
    ]
    assert len(shown) == PROOFS
    assert proofs.counts == {(1, "winback", "de"): 1000, (1, "winback", "en"): 3, (2, "offer", "de"): 1}


def test_while_a_print_run_waits_for_approval_its_people_count_as_written_to(small_shop: Engine, settings: Settings) -> None:
    save(small_shop, campaign())
    before = tried(small_shop, settings)
    with time_machine.travel(NOW, tick=False):
        run = way.rendered(small_shop, settings)
    assert run.state is PrintRunState.AWAITING_APPROVAL
    after = tried(small_shop, settings)
    assert before.would_be == run.funnel.selected
    assert after.would_be == 1, "the other one of the household: one letter of a print run"
    assert after.funnel.counts[Reason.SEQUENCE_DONE] == run.funnel.selected
    said = " ".join(sentences(after))
    assert f"Print run {run.id} of this campaign is awaiting approval" in said
    assert "approve or reject that one first" in said and "It would print 1 letter for" in said


def test_a_campaign_that_rests_is_shown_as_if_it_ran_and_that_is_said(small_shop: Engine, settings: Settings) -> None:
    save(small_shop, campaign(earliest=(NOW + timedelta(days=3)).date()))
    found = tried(small_shop, settings)
    assert found.would_be == found.funnel.selected > 0
    assert any("a real run would select nobody today" in note for note in found.notes)


def test_the_words_say_cost_parts_and_law(small_shop: Engine, settings: Settings) -> None:
    save(small_shop, campaign())
    found = tried(small_shop, settings)
    said = " ".join(sentences(found))
    assert "nothing was stored, no coupon was issued, nothing was handed over" in said
    assert f"It would print {found.would_be} letters for €{found.cost_cents / 100:.2f} without VAT" in said
    assert f"{found.would_be} of step 1 (winback, de)" in said
    assert law(found)[0].startswith("1 people left out because they objected")
    assert "王" not in said, "these sentences go into Prefect's database, which nothing is ever erased from"
    [(_, why)] = found.unprintable
    assert "王" in why


def test_a_run_that_is_too_small_is_said_to_wait(small_shop: Engine, settings: Settings) -> None:
    save(small_shop, campaign(minimum_letters=100))
    found = tried(small_shop, settings)
    assert found.waits and found.proof and found.would_be == 36
    assert "It would wait: 36 letters for €" in " ".join(sentences(found))


def test_an_unknown_campaign_is_named_with_the_known_ones(small_shop: Engine, settings: Settings) -> None:
    save(small_shop, campaign())
    with pytest.raises(UnknownCampaign, match="There is no campaign 'winbak' \\(saved are: winback\\)"):
        tried(small_shop, settings, "winbak")


@pytest.mark.usefixtures("own_installation")
def test_on_the_command_line(tmp_path: Path) -> None:
    postillion("migrate")
    postillion("import", "csv", way_to("examples/sample_shop"))
    postillion("campaign", "save", way_to("flows/presets/winback-de.toml"))
    said = postillion("campaign", "dry-run", "winback", "--max-letters", 12)
    assert "│ selected │ 12 │" in said and "It would print 12 letters for €" in said
    [kept] = (tmp_path / "dry_runs").iterdir()
    assert f"10 proofs: {kept}" in said
    own = tmp_path / "mine.pdf"
    said = postillion("campaign", "dry-run", "winback", "--proof", own)
    assert f"10 proofs: {own}" in said and "Cannot be printed: customer " in said and "(U+738B)" in said
    assert own.read_bytes().startswith(b"%PDF") and list((tmp_path / "dry_runs").iterdir()) == [kept]
    assert "There is no campaign 'nobody'" in postillion("campaign", "dry-run", "nobody", code=1)
    assert "Nobody would get two letters today." in postillion("campaign", "overlap")


def way_to(place: str) -> Path:
    return Path(__file__).parents[3] / place


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (PrintRunState.SELECTING, "would go on with that one."),
        (PrintRunState.RENDERING, "would go on with that one and select nobody new"),
        (PrintRunState.AWAITING_APPROVAL, "would end and ask you to approve or reject that one first"),
    ],
)
def test_a_dry_run_beside_an_unfinished_run_says_what_a_real_one_would_do(state: PrintRunState, told: str) -> None:
    run = PrintRun(**dict.fromkeys((field.name for field in fields(PrintRun)), None) | {"id": 7, "state": state})  # type: ignore[arg-type]
    [said] = dry_running._meanwhile(run)
    assert told in said


def test_proofs_are_the_print_shops_pages(small_shop: Engine, settings: Settings, tmp_path: Path) -> None:
    profile = tmp_path / "house.toml"
    profile.write_text('title = "House"\nduplex = true\nbleed = 3\n', encoding="utf-8")
    save(small_shop, campaign())
    found = tried(small_shop, settings.model_copy(update={"print_shop": str(profile)}))
    assert found.proof and found.proofs
    with pypdfium2.PdfDocument(found.proof) as document:
        assert len(document) == 2 * found.proofs, "each letter with its blank back"
        assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [216, 303]
