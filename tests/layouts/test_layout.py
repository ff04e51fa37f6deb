"""Are layouts read as they are written, and are mistakes in them found with their place?"""

import pickle
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import layouts
from campaigns.address import Address
from campaigns.cart import CartItem
from campaigns.customer import Customer
from campaigns.letter import CartContents, CouponGrant, Occasion, Recipient, compose
from campaigns.offer import Offer, OfferKind
from campaigns.sender import Sender
from layouts.din5008 import FORM_A, FORM_B, FORMS
from layouts.errors import InvalidLayout, InvalidText, MissingLanguage, UnknownLayout
from layouts.placeholders import CATALOGUE, samples
from layouts.text import MORE, BulletList, Cart, Heading, Paragraph, Placeholder, Words

OBJECTION = "\n::: objection\nWiderspruch: {objection_link}\n:::\n"


def write(folder: Path, text: str = "Hallo" + OBJECTION, toml: str = 'title = "Eigenes"', name: str = "own") -> Path:
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "layout.toml").write_text(toml, encoding="utf-8")
    (folder / name / "de.md").write_text(text, encoding="utf-8")
    return folder


def test_placeholders_are_those_that_a_letter_is_composed_of() -> None:
    cart = CartContents((CartItem("T1", "Tee", 2, 500),), "EUR", datetime(2026, 11, 18, tzinfo=UTC))
    recipient = Recipient(Customer("shop", "1", address=Address(last_name="Weber", country="DE")), "B-1", datetime(2026, 3, 14, tzinfo=UTC), 1, cart)
    occasion = Occasion(Sender("Laden", "Weg 1", "24103", "Kiel"), date(2026, 11, 22), "https://a.example")
    coupon = CouponGrant("TEE-1", Offer("o", "O", OfferKind.AMOUNT, 1000), date(2027, 1, 31))
    assert set(compose(recipient, "winback", "de", "A" * 12, occasion, coupon).values) | {MORE} == set(CATALOGUE)
    assert all({"de", "en"} == set(placeholder.label) == set(placeholder.sample) for placeholder in CATALOGUE.values())
    assert set(samples("fr")) == set(CATALOGUE)


def test_bundled_layouts_speak_german_and_english() -> None:
    for name in layouts.names():
        layout = layouts.load(name)
        assert layout.languages == ("de", "en")
        assert {"sender_register", "objection_link", "short_link", "salutation"} <= layout.placeholders("de")
        assert layout.placeholders("de") == layout.placeholders("en")
        assert layout.uses_coupon("de") is (name not in ("cart", "note", "plain"))
        assert layout.uses_cart("de") is layout.text("de").lists_cart is (name in ("cart", "cart-coupon"))


def test_a_layout_travels_to_another_process() -> None:
    layout = layouts.load("winback")
    assert pickle.loads(pickle.dumps(layout)) == layout


def test_the_operators_own_layout_comes_before_the_bundled_one(tmp_path: Path) -> None:
    folder = write(tmp_path, name="plain")
    assert layouts.load("plain", folder).title == "Eigenes"
    assert layouts.names(folder) == layouts.names()


def test_the_version_changes_with_any_file(tmp_path: Path) -> None:
    before = layouts.load("own", write(tmp_path)).version
    assert layouts.load("own", tmp_path).version == before
    (tmp_path / "own" / "logo.txt").write_text("x")
    assert layouts.load("own", tmp_path).version != before


def test_markdown_becomes_blocks(tmp_path: Path) -> None:
    text = "# Betreff\n\nLieber **fetter {first_name}** und *schräger*\nText\\\nneu\n\n- eins\n- zwei {last_name}\n" + OBJECTION
    body = layouts.load("own", write(tmp_path, text)).text("de").body
    assert body == (
        Heading(1, (Words("Betreff"),)),
        Paragraph(
            (
                (
                    Words("Lieber "),
                    Words("fetter ", bold=True),
                    Placeholder("first_name", bold=True),
                    Words(" und "),
                    Words("schräger", italic=True),
                    Words(" "),
                    Words("Text"),
                ),
                (Words("neu"),),
            )
        ),
        BulletList((Paragraph(((Words("eins"),),)), Paragraph(((Words("zwei "), Placeholder("last_name")),)))),
    )


def test_the_words_below_a_cart_are_the_rest_the_sum_and_small_print(tmp_path: Path) -> None:
    text = "::: cart\nund {cart_more_count} mehr\n\n**Summe {cart_total}**\n\nzzgl. Versand\n\nPreise von heute\n:::\n" + OBJECTION
    found = layouts.load("own", write(tmp_path, text)).text("de")
    rest = Paragraph(((Words("und "), Placeholder(MORE), Words(" mehr")),))
    total = Paragraph(((Words("Summe ", bold=True), Placeholder("cart_total", bold=True)),))
    assert found.body == (Cart(rest, total, (Paragraph(((Words("zzgl. Versand"),),)), Paragraph(((Words("Preise von heute"),),)))),)
    assert found.required == {"cart_total", "objection_link"}, "the block counts the rest itself"


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("Hallo\n\nLieber {frist_name},", 3, 8, "did you mean {first_name}?"),
        ("Hallo {", 1, 7, "a single {"),
        ("Hallo }", 1, 7, "a single }"),
        ("Hallo { first_name }", 1, 7, "there is no placeholder"),
        ("Hallo\n\n<b>du</b>", 3, None, "HTML"),
        ("a\n\n<div>\nx\n</div>", 3, None, "HTML"),
        ("a\n\n![bild](x.png)", 3, None, "images"),
        ("a\n\n[hier](https://a.example)", 3, None, "links"),
        ("a\n\n| a | b |\n|---|---|\n| 1 | 2 |", 3, None, "tables"),
        ("a\n\n```\ncode\n```", 3, None, "code"),
        ("a\n\n    code", 3, None, "code"),
        ("a `code`", 1, None, "backticks"),
        ("> zitat", 1, None, "quotations"),
        ("1. eins", 1, None, "numbered lists"),
        ("a\n\n***", 3, None, "rulers"),
        ("a\n\n::: cupon\n:::", 3, None, "did you mean coupon?"),
        ("::: footer\n- a\n:::", 1, None, "paragraphs only"),
        ("::: footer\na\n:::\n\n::: footer\nb\n:::", 5, None, "second ::: footer"),
        ("::: coupon\n{coupon_code}\n:::", 1, None, "starts with its value"),
        ("::: coupon\n# {coupon_value}\n\n## {coupon_code}\n:::", 1, None, "UWG"),
        ("a\n\nund {cart_more_count} mehr", 3, None, "inside ::: cart only"),
        ("::: footer\nund {cart_more_count} mehr\n:::", 2, None, "inside ::: cart only"),
        ("::: cart\n:::", 1, None, "starts with the words"),
        ("::: cart\nSumme {cart_total}\n:::", 1, None, "starts with the words"),
        ("::: cart\nSumme {cart_total}\n\nund {cart_more_count} mehr\n:::", 1, None, "starts with the words"),
        ("::: cart\n# Ihr Warenkorb\n:::", 1, None, "paragraphs only"),
        ("::: cart\n{cart_more_count}\n:::\n\n::: cart\n{cart_more_count}\n:::", 1, None, "second ::: cart"),
    ],
)
def test_a_mistake_in_a_text_is_told_with_its_place(tmp_path: Path, text: str, line: int, column: int | None, words: str) -> None:
    with pytest.raises(InvalidText) as caught:
        layouts.load("own", write(tmp_path, text + "\n" + OBJECTION))
    assert words in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert f"de.md:{line}" in str(caught.value)


@pytest.mark.parametrize("text", ["Hallo", "Hallo\n\n::: objection\nohne Adresse\n:::\n"])
def test_a_text_without_the_notice_of_the_right_to_object_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidText, match=r"Art\. 21\(4\) GDPR"):
        layouts.load("own", write(tmp_path, text))


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("", "'title' is missing"),
        ("title = 3", "'title' is missing"),
        ("title =", "no TOML"),
        ('title = "x"\nbody_ptt = 10', "did you mean body_pt?"),
        ('title = "x"\nbody_pt = 5', "from 10 to 14"),
        ('title = "x"\nform = "C"', "'A', 'B'"),
        ('title = "x"\nfold_marks = "yes"', "true, false"),
        ('title = "x"\naccent = [100, 100, 100, 100]', "300"),
        ('title = "x"\naccent = "red"', "four percentages"),
        ('title = "x"\ncart_rows = 4.5', "whole number"),
        ('title = "x"\ncart_rows = 2', "from 3 to 20"),
        ('title = "x"\nvalue_pt = 90', "from 28 to 64"),
    ],
)
def test_a_mistake_in_the_style_is_told_with_key_and_allowed_values(tmp_path: Path, toml: str, words: str) -> None:
    with pytest.raises(InvalidLayout) as caught:
        layouts.load("own", write(tmp_path, toml=toml))
    assert words in str(caught.value)


def test_an_unknown_layout_names_the_nearest_and_all() -> None:
    with pytest.raises(UnknownLayout, match=r"did you mean winback\? There are: cart, .*, winback"):
        layouts.load("winbak")
    with pytest.raises(UnknownLayout):
        layouts.load("../layouts/bundled/plain")


def test_a_language_without_text_is_named() -> None:
    with pytest.raises(MissingLanguage, match="only in de, en"):
        layouts.load("winback").text("fr")


def test_the_forms_of_din_5008_are_consistent() -> None:
    assert FORMS == {"A": FORM_A, "B": FORM_B}
    for form in FORMS.values():
        assert form.return_line.bottom == form.remark_zone.y
        assert form.remark_zone.bottom == pytest.approx(form.address_zone.y)
        assert form.address_zone.bottom == pytest.approx(form.address_field.bottom)
        assert not form.window_reserved.overlaps(form.information_block)
        assert form.window_reserved.bottom <= form.body.y + 0.6
    assert (FORM_B.address_zone.y, FORM_B.body.y, FORM_A.body.y) == pytest.approx((62.7, 98.46, 80.46))
    assert (FORM_B.window_visible.y, FORM_B.window_visible.bottom, FORM_B.window_reserved.bottom) == (54, 90, 99)
