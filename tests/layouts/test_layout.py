"""Are layouts read as they are written, and are mistakes in them found with their place?"""

import pickle
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import layouts
from campaigns.address import Address
from campaigns.cart import CartItem
from campaigns.customer import Customer
from campaigns.kinds import CampaignKind
from campaigns.letter import CartContents, CouponGrant, Occasion, Recipient, compose
from campaigns.offer import Offer, OfferKind
from campaigns.sender import Sender
from layouts.din5008 import FORMS
from layouts.errors import InvalidLayout, InvalidText, MissingLanguage, UnknownLayout
from layouts.placeholders import CATALOGUE, out_of_reach, samples
from layouts.text import MORE, Alignment, BulletList, Cart, Condition, Heading, NumberedList, PageBreak, Paragraph, Placeholder, Table, Words

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


@pytest.mark.parametrize("file", ["de.md", "layout.toml", "en.md"])
def test_the_version_changes_with_any_file_that_is_printed(tmp_path: Path, file: str) -> None:
    before = layouts.load("own", write(tmp_path)).version
    assert layouts.load("own", tmp_path).version == before
    path, text = tmp_path / "own" / file, tmp_path / "own" / "de.md"
    path.write_text(path.read_text() + "\n" if path.exists() else text.read_text())
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


def test_numbered_lists_tables_conditions_and_page_breaks_become_blocks(tmp_path: Path) -> None:
    table = "| a | b |\n|:-:|--:|\n| **c** | {company} |\n| d |\n"
    text = f"3. eins\n4. zwei\n\n{table}\n::: if not company\n- e\n:::\n\n::: page-break\n\nf\n\n::: page-break\n:::\n\ng\n"
    found = layouts.load("own", write(tmp_path, text + OBJECTION)).text("de")
    assert found.body == (
        NumberedList((Paragraph(((Words("eins"),),)), Paragraph(((Words("zwei"),),))), 3),
        Table(
            (Alignment.CENTRE, Alignment.RIGHT),
            ((Words("a"),), (Words("b"),)),
            (((Words("c", bold=True),), (Placeholder("company"),)), ((Words("d"),), ())),
        ),
        Condition("company", (BulletList((Paragraph(((Words("e"),),)),)),), negated=True),
        PageBreak(),
        Paragraph(((Words("f"),),)),
        PageBreak(),
        Paragraph(((Words("g"),),)),
    )


def test_a_coupon_in_a_condition_is_printed_where_there_is_one_and_needed_by_nobody(tmp_path: Path) -> None:
    text = "::: if coupon_code\nIhr Code: {coupon_code}, im Warenkorb {cart_total}\n:::\n\n::: if not coupon_code\nIhr {orders_count}. Besuch\n:::\n"
    layout = layouts.load("own", write(tmp_path, text + OBJECTION))
    assert (layout.uses_coupon("de"), layout.prints_coupon("de"), layout.uses_cart("de")) == (False, True, False)
    assert out_of_reach(layout.text("de"), CampaignKind.WINBACK) == {"cart_total"}, "somebody with a coupon would need it"
    assert out_of_reach(layout.text("de"), CampaignKind.NO_PURCHASE) == {"cart_total", "orders_count"}
    assert out_of_reach(layout.text("de"), CampaignKind.ABANDONED_CART) == set()
    always = layouts.load("own", write(tmp_path, "::: if not coupon_code\n{cart_total}\n:::" + OBJECTION))
    assert out_of_reach(always.text("de"), CampaignKind.COUPON_EXPIRY) == set(), "everybody has a coupon there"


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
        ("a\n\n```\ncode\n```", 3, None, "code"),
        ("a\n\n    code", 3, None, "code"),
        ("a `code`", 1, None, "backticks"),
        ("> zitat", 1, None, "quotations"),
        ("a\n\n***", 3, None, "rulers"),
        ("1. eins\n   - zwei", 2, None, "lists in lists"),
        ("a\n\n| a | b |\n|---|---|\n| 1 | 2 | 3 |", 5, None, "the row has 3 cells, but the head of the table has 2"),
        ("| a | b |\n|---|---|", 1, None, "at least one row"),
        ("| a | b | c | d | e | f | g |\n|-|-|-|-|-|-|-|\n| 1 | 2 | 3 | 4 | 5 | 6 | 7 |", 1, None, "6 columns at the most"),
        ("a\n\n::: if\nb\n:::", 3, None, "a condition names one placeholder"),
        ("a\n\n::: if company first_name\nb\n:::", 3, None, "a condition names one placeholder"),
        ("a\n\n::: if not cmpany\nb\n:::", 3, 12, "did you mean company?"),
        ("::: if cart_more_count\nb\n:::", 1, 8, "there is no placeholder 'cart_more_count' to ask for"),
        ("::: if company\n:::", 1, None, "at least one"),
        ("a\n\n::: if company\nb", 6, None, "does that of line 3 have a ::: below it?"),
        ("::: signature\nb", 4, None, "does that of line 1 have a ::: below it?"),
        ("::: page-break\n\na", 1, None, "nothing before or after it"),
        ("a\n\n::: page-break", 3, None, "nothing before or after it"),
        ("a\n\n::: page-break\n\n::: page-break\n\nb", 5, None, "nothing before or after it"),
        ("::: footer\n1. a\n:::", 1, None, "paragraphs only"),
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


def test_a_block_without_an_end_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidText, match=r"de\.md:3: ::: objection has no end"):
        layouts.load("own", write(tmp_path, "Hallo\n" + OBJECTION.removesuffix(":::\n")))


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
        ('title = "x"\nvalue_pt = 90', "from 28 to 72"),
    ],
)
def test_a_mistake_in_the_style_is_told_with_key_and_allowed_values(tmp_path: Path, toml: str, words: str) -> None:
    with pytest.raises(InvalidLayout) as caught:
        layouts.load("own", write(tmp_path, toml=toml))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("toml", "line", "column", "words"),
    [
        ('title = "x"\n\n# value_pt = 40\nvalue_pt = 90', 4, None, "from 28 to 72"),
        ('title = "x"\n[colours]\nred = 1', 2, None, "there is no key 'colours'"),
        ('title = "x"\nbody_pt = = 3', 2, 11, "this is no TOML"),
        ('title = "x"\nbody_pt = 11\nbody_pt = 12', 3, None, "this is no TOML"),
        ('"title" = "x"\nlogo = "nowhere.png"', 2, None, "there is no such file"),
        ('title = "x"\nlogo = "../../secret.png"', 2, None, "the layout's own folder"),
        ('title = "x"\nlogo = "/etc/passwd"', 2, None, "the layout's own folder"),
        ('title = "x"\nlogo = "de.md"', 2, None, "ends with .png or .jpg or .jpeg or .pdf"),
        ('title = "x"\nsignature = "logo.jpg"', 2, None, "ends with .png"),
        ('title = "x"\nstationery = 3', 2, None, "the name of a file"),
        ('title = "x"\nfont = "comic"', 2, None, "'sans', 'serif'"),
        ('title = "x"\nletterhead = true', 2, None, "'band', 'rule'"),
        ('title = "x"\nleft = 5', 2, None, "from 20 to 40"),
        ('title = "x"\nright = nan', 2, None, "from 10 to 40"),
        ('title = "x"\naccent = [1, 2, 3]', 2, None, "four percentages"),
    ],
)
def test_a_mistake_in_the_style_is_told_with_its_line(tmp_path: Path, toml: str, line: int, column: int | None, words: str) -> None:
    with pytest.raises(InvalidLayout) as caught:
        layouts.load("own", write(tmp_path, toml=toml))
    assert words in str(caught.value)
    assert caught.value.line == line
    assert column is None or caught.value.column == column
    assert f"layout.toml:{line}:" in str(caught.value)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path, toml='title = "x"\nlogo = "logo.png"')
    with (folder / "own" / "logo.png").open("wb") as file:
        file.truncate(30_000_000)
    with pytest.raises(InvalidLayout, match=r"layout\.toml:2: 'logo\.png' has 30 MB.*20 MB at most"):
        layouts.load("own", folder)


def test_a_link_out_of_the_folder_is_no_file_of_the_layout(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    folder = write(tmp_path, toml='title = "x"\nlogo = "logo.png"')
    (folder / "own" / "logo.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(InvalidLayout, match="the layout's own folder"):
        layouts.load("own", folder)


def test_a_layout_holds_its_files_and_is_another_one_when_they_change(tmp_path: Path) -> None:
    folder = write(tmp_path, toml='title = "x"\nlogo = "logo.png"')
    (folder / "own" / "logo.png").write_bytes(b"one")
    first = layouts.load("own", folder)
    (folder / "own" / "logo.png").write_bytes(b"two")
    second = layouts.load("own", folder)
    assert (first.files, second.files) == ({"logo.png": b"one"}, {"logo.png": b"two"})
    assert first.version != second.version


def test_margins_move_the_text_and_nothing_else(tmp_path: Path) -> None:
    layout = layouts.load("own", write(tmp_path, toml='title = "x"\nleft = 30\nright = 15'))
    assert (layout.form.body.x, layout.form.body.right) == (30, 195)
    assert layout.form.address_zone == FORMS["B"].address_zone
    assert layout.style.form == FORMS["B"]


def test_all_mistakes_are_found_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path, "Hallo {nobody}\n\n" + OBJECTION, toml='title = "x"\nvalue_pt = 90\nbody_ptt = 3\nleft = 1')
    found = layouts.mistakes("own", folder)
    assert [getattr(one, "line", None) for one in found] == [2, 3, 4, 1]
    assert layouts.mistakes("winback") == []


def test_what_is_not_printed_does_not_change_the_version(tmp_path: Path) -> None:
    before = layouts.load("own", write(tmp_path)).version
    (tmp_path / "own" / ".DS_Store").write_bytes(b"1")
    (tmp_path / "own" / "notes.txt").write_text("to do")
    (tmp_path / "own" / "linked").symlink_to(tmp_path)
    assert layouts.load("own", tmp_path).version == before


@pytest.mark.parametrize("name", ["mit leer", "a(b)", "Grüße", "Spring"])
def test_a_folder_with_a_name_that_no_pdf_can_hold_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    (tmp_path / "own").rename(tmp_path / name)
    assert name not in layouts.names(tmp_path)
    for look in (layouts.load, layouts.mistakes):
        with pytest.raises(InvalidLayout, match=r"rename the folder: a layout's name consists of small letters, digits and hyphens"):
            look(name, tmp_path)


def test_an_unknown_layout_names_the_nearest_and_all() -> None:
    with pytest.raises(UnknownLayout, match=r"did you mean winback\? There are: cart, .*, winback"):
        layouts.load("winbak")
    with pytest.raises(UnknownLayout):
        layouts.load("../layouts/bundled/plain")


def test_a_language_without_text_is_named() -> None:
    with pytest.raises(MissingLanguage, match="only in de, en"):
        layouts.load("winback").text("fr")


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("Hallo\n::coupon", 2, 1, "blocks begin with three colons"),
        (": Hallo", 1, 1, "blocks begin with three colons"),
        ("ein **fettes Wort", 1, 5, "has no partner"),
        ("Hallo\nein **fettes** und **noch eins", 2, 20, "has no partner"),
        ("ein __Wort", 1, 5, "has no partner"),
        ("das ~~hier~~ nicht", 1, 5, "cannot be struck through"),
        ("wie geht`s", 1, 9, "the apostrophe is ’"),
        ("Wort[^1]", 1, 5, "footnotes are not supported"),
        ("Wort[^1]\n\n[^1]: Fußnote", 3, None, "footnotes are not supported"),
        ("[shop]: https://tee.example", 1, None, "links cannot be clicked"),
        ("[zum Shop](tee.example und mehr)", 1, 10, "links cannot be clicked"),
        ("| a | b |\n|:--|\n| 1 | 2 |", 1, 1, "this is no table"),
        ("| a | b |\n| 1 | 2 |", 1, 1, "this is no table"),
        ("a | b\n--|\n1 | 2", 2, 1, "this is no table"),
        ("| a | b |\n|:--|:--|\n| 1 | x **y |", 3, 9, "has no partner"),
        ("- eins\n- zwei **drei", 2, 8, "has no partner"),
        ("#Betreff", 1, 1, "this is no heading"),
        ("#### Kleines", 1, None, "headings have 3 levels"),
        ("# Betreff\n\nText\n\n# Noch einer", 5, None, "a letter has one subject"),
        ("# Betreff\n\n::: if company\n# Noch einer\n:::", 4, None, "a letter has one subject"),
        ("Betreff\\\nund mehr\n===", 1, None, "a heading is one line"),
        ("7. sieben\n9. neun", 2, None, "9. would be printed as 8."),
    ],
)
def test_what_looks_like_markup_and_is_none_is_refused_with_its_place(tmp_path: Path, text: str, line: int, column: int | None, words: str) -> None:
    with pytest.raises(InvalidText, match=words) as refused:
        layouts.load("own", write(tmp_path, text + "\n" + OBJECTION))
    assert (refused.value.line, refused.value.column) == (line, column)


def test_what_has_a_backslash_in_front_is_printed_as_it_stands(tmp_path: Path) -> None:
    body = layouts.load("own", write(tmp_path, "\\::coupon \\*\\*{first_name}\\~~ 5 * 3, 10 %* \\`\n" + OBJECTION)).text("de").body
    assert body == (Paragraph(((Words("::coupon **"), Placeholder("first_name"), Words("~~ 5 * 3, 10 %* `")),)),)


def test_a_cell_may_begin_with_any_sign(tmp_path: Path) -> None:
    (found,) = layouts.load("own", write(tmp_path, "| a | b |\n|:--|:--|\n| #1 | : |\n" + OBJECTION)).text("de").body
    assert isinstance(found, Table) and found.rows == (((Words("#1"),), (Words(":"),)),)


def test_each_condition_may_have_a_subject_of_its_own(tmp_path: Path) -> None:
    text = "::: if company\n# Für Firmen\n:::\n\n::: if not company\n# Für alle\n:::\n"
    assert len(layouts.load("own", write(tmp_path, text + OBJECTION)).text("de").conditions) == 2


@pytest.mark.parametrize(("text", "first"), [("7. a\n8. b", 7), ("1. a\n1. b", 1)])
def test_a_list_counts_on_from_its_first_number(tmp_path: Path, text: str, first: int) -> None:
    (found,) = layouts.load("own", write(tmp_path, text + "\n" + OBJECTION)).text("de").body
    assert isinstance(found, NumberedList)
    assert (found.start, len(found.items)) == (first, 2)
