"""Are our symbols those of the library ``qrcode``, and do they come out whole?"""

from datetime import UTC, datetime

import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from campaigns.token import ALPHABET
from letters.drawn_code import DrawnCode
from letters.errors import UnprintableCode, UnprintableLetter
from letters.page import Drawing
from letters.print_canvas import PrintCanvas
from letters.qr_code import MASK, CodeFamily, packed
from letters.qr_path import DOT, path, printed

FAMILIES: dict[tuple[str, int], CodeFamily] = {}


def family(prefix: str, length: int) -> CodeFamily:
    """Kept between examples: drawing one symbol per bit takes 60 ms."""
    return FAMILIES.setdefault((prefix, length), CodeFamily(prefix, length))


def by_the_library(url: str, version: int) -> list[list[bool]]:
    code = qrcode.QRCode(version=version, error_correction=qrcode.constants.ERROR_CORRECT_M, mask_pattern=MASK, border=0)
    scheme, rest = url.split(":", 1)
    code.add_data(QRData(scheme.encode(), mode=MODE_8BIT_BYTE))
    code.add_data(QRData(f":{rest}".encode(), mode=MODE_ALPHA_NUM))
    code.make(fit=False)
    return [[bool(module) for module in row] for row in code.get_matrix()]


@settings(deadline=None, max_examples=60)
@given(
    host=st.sampled_from(["A.DE", "AB.DE", "SHOP.EXAMPLE", "SHOPS.EXAMPLE", "WWW.LONGER-SHOP.EXAMPLE"]),
    length=st.sampled_from([1, 2, 7, 12, 13]),
    data=st.data(),
)
def test_every_symbol_equals_the_librarys_for_odd_and_even_prefixes_and_tokens(host: str, length: int, data: st.DataObject) -> None:
    token = data.draw(st.text(ALPHABET, min_size=length, max_size=length))
    prefix = f"https://{host}/S/"
    ours = family(prefix, length)
    assert ours.symbol(token) == packed(by_the_library(prefix + token, ours.version))


@settings(deadline=None, max_examples=60)
@given(st.text(ALPHABET, min_size=12, max_size=12))
def test_the_path_covers_exactly_the_dark_modules(token: str) -> None:
    ours = family("https://SHOP.EXAMPLE/S/", 12)
    drawn = set()
    for line in path(ours.modules, ours.symbol(token)).splitlines():
        x, y, width, height, operator = line.split()
        assert (width, operator) == ("1", "re")
        drawn |= {(ours.modules - 1 - int(y) - step, int(x)) for step in range(int(height))}
    rows = by_the_library("https://SHOP.EXAMPLE/S/" + token, ours.version)
    assert drawn == {(row, column) for row, modules in enumerate(rows) for column, dark in enumerate(modules) if dark}


def test_a_module_is_a_whole_number_of_printer_dots_and_never_above_the_wanted_size() -> None:
    code = printed(family("https://SHOP.EXAMPLE/S/", 12), 20)
    assert round(code.module / DOT, 6).is_integer()
    assert 19 < code.size <= 20
    assert code.quiet == 4 * code.module


def test_a_code_with_too_small_modules_is_refused() -> None:
    with pytest.raises(UnprintableCode, match="larger code"):
        printed(family("https://SHOP.EXAMPLE/S/", 12), 9)


def test_a_token_outside_the_alphanumeric_mode_is_refused() -> None:
    with pytest.raises(UnprintableLetter, match="'a'"):
        family("https://SHOP.EXAMPLE/S/", 12).symbol("aBCDEFGHJKLM")
    with pytest.raises(ValueError, match="11 characters"):
        family("https://SHOP.EXAMPLE/S/", 12).symbol("BCDEFGHJKLM")


def test_an_address_that_is_too_long_for_a_code_is_refused() -> None:
    with pytest.raises(UnprintableCode, match="too long"):
        CodeFamily("https://" + "A" * 400 + ".EXAMPLE/S/", 12)


def modules(symbol: int, size: int) -> set[tuple[int, int]]:
    """Row and column of the dark modules of a packed symbol."""
    step = size + 1
    bits = f"{symbol:0{step * size}b}"
    return {(place % step, place // step) for place, bit in enumerate(bits) if bit == "1"}


@settings(deadline=None, max_examples=60)
@given(st.text(ALPHABET, min_size=12, max_size=12))
def test_what_all_codes_share_and_what_is_a_letters_own_make_the_symbol(token: str) -> None:
    ours = family("https://SHOP.EXAMPLE/S/", 12)
    fixed, own = modules(ours.fixed, ours.modules), modules(ours.own(token), ours.modules)
    assert fixed | own == modules(ours.symbol(token), ours.modules)
    assert not fixed & own


def test_finders_are_shared_and_most_of_a_symbol_is() -> None:
    ours = family("https://SHOP.EXAMPLE/S/", 12)
    fixed = modules(ours.fixed, ours.modules)
    last = ours.modules - 1
    assert {(0, 0), (0, last), (last, 0), (3, 3), (6, 8)} <= fixed
    assert len(fixed) > len(modules(ours.own("K7MWPQ4XH2RD"), ours.modules))


def test_a_page_draws_its_code_as_one_path_in_black_over_the_shared_form() -> None:
    canvas = PrintCanvas("Test", datetime(2026, 11, 22, tzinfo=UTC))
    code = DrawnCode(printed(family("https://SHOP.EXAMPLE/S/", 12), 20), canvas.share_units)
    pages = []
    for token in ("K7MWPQ4XH2RD", "K7MWPQ4XH2RE"):
        drawing = Drawing()
        code.draw(drawing, 0, 0, token)
        pages.append(drawing.operators)
    for operators in pages:
        assert operators.split().count("f") == 1
        assert operators.split().count("Do") == 1
        assert not {"k", "rg", "g", "S", "BI"} & set(operators.split())  # black as the page begins
    first, second = (operators.split("Do")[0] for operators in pages)
    assert first == second
