"""Does a preflight see every fault that is planted into a good print file, and none in a good one?"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from layouts.din5008 import Box
from layouts.production import FreeZone, Pages, Production
from letters.preflight import Code, Sampling, Severity
from letters.preflight.findings import WARNINGS
from letters.read_back import PrintedPage, PrintedPages, UnreadablePdf
from tests.letters.conftest import Compose
from tests.letters.preflight.conftest import Printed, PrintFile

Plant = Callable[[Pdf], None]


def draw(pdf: Pdf, page: int, operators: str) -> None:
    """Draw over a page, in points from its lower left corner."""
    pdf.pages[page - 1].contents_add(Stream(pdf, operators.encode()))


def with_resource(kind: str, make: Callable[[Pdf], pikepdf.Object], operators: str) -> Plant:
    """Give page 2 a resource of its own and use it."""

    def plant(pdf: Pdf) -> None:
        page = pdf.pages[1]
        page.obj.Resources = Dictionary(dict(page.resources.items()))
        page.add_resource(make(pdf), Name(kind), Name("/Planted"))
        draw(pdf, 2, operators)

    return plant


def on_page(operators: str) -> Plant:
    return lambda pdf: draw(pdf, 2, operators)


def picture(space: object, width: int = 500, channels: int = 4, **more: object) -> Callable[[Pdf], Stream]:
    def make(pdf: Pdf) -> Stream:
        found = {key: pdf.make_indirect(value(pdf)) if callable(value) else value for key, value in more.items()}
        return Stream(
            pdf,
            bytes(width * width * channels),
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=width,
            Height=width,
            BitsPerComponent=8,
            ColorSpace=space,
            **found,
        )

    return make


def form(operators: str, **more: object) -> Callable[[Pdf], Stream]:
    return lambda pdf: Stream(pdf, operators.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 600, 850], **more)


def root(**values: object) -> Plant:
    def plant(pdf: Pdf) -> None:
        for key, value in values.items():
            pdf.Root[f"/{key}"] = value

    return plant


def page(**values: object) -> Plant:
    def plant(pdf: Pdf) -> None:
        for key, value in values.items():
            pdf.pages[1].obj[f"/{key}"] = value

    return plant


def without(key: str) -> Plant:
    def plant(pdf: Pdf) -> None:
        del pdf.Root[key]

    return plant


def fonts(pdf: Pdf) -> list[pikepdf.Object]:
    return [one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/Type") == "/Font" and "/FontDescriptor" in one]


def forget_fonts(pdf: Pdf) -> None:
    for font in fonts(pdf):
        del font.FontDescriptor.FontFile2


def name_fonts(pdf: Pdf) -> None:
    for font in fonts(pdf):
        font.BaseFont = Name("/WholeSans")


def break_stream(pdf: Pdf) -> None:
    pdf.pages[1].obj.Contents = Stream(pdf, b"no zlib at all", Filter=Name.FlateDecode)


def purple_page(pdf: Pdf) -> None:
    content = pdf.pages[1].obj.Contents
    assert b"0 0 0 1 k" in content.read_bytes()
    pdf.pages[1].obj.Contents = Stream(pdf, content.read_bytes().replace(b"0 0 0 1 k", b"0.3 1 0 0 k"))


def swap_pages(pdf: Pdf) -> None:
    first = pdf.pages[0].obj.Contents
    pdf.pages[0].obj.Contents = pdf.pages[1].obj.Contents
    pdf.pages[1].obj.Contents = first


def draw_in_form(pdf: Pdf) -> None:
    """Draw in the form that all letters share, whose origin is the page's top-left corner: 70 mm to the right, 68 mm down."""
    forms = [one for _, one in pdf.pages[0].resources.XObject.items()]
    first = min(forms, key=lambda one: float(one.BBox[1]))
    first.write(first.read_bytes() + b"\nq 0 0 0 1 k 200 -192 20 20 re f Q")


def rewrite(page: int, change: Callable[[bytes], bytes]) -> Plant:
    """Change the operators of a page."""

    def plant(pdf: Pdf) -> None:
        found = pdf.pages[page - 1].obj.Contents
        assert isinstance(found, Stream)
        changed = change(found.read_bytes())
        assert changed != found.read_bytes()
        pdf.pages[page - 1].obj.Contents = Stream(pdf, changed)

    return plant


def other_letter_below_the_address(pdf: Pdf) -> None:
    """All of letter 3 under the address of letter 2: its first differing text object is kept."""
    mine, theirs = (pdf.pages[index].obj.Contents.read_bytes() for index in (1, 2))
    texts = [re.findall(rb"BT.*?ET", content, re.DOTALL) for content in (mine, theirs)]
    [(my_address, their_address), *_] = [(one, other) for one, other in zip(*texts, strict=True) if one != other]
    pdf.pages[1].obj.Contents = Stream(pdf, theirs.replace(their_address, my_address, 1))


def hide_in_layer(pdf: Pdf) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="x"))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def drawn_letter(pdf: Pdf) -> Dictionary:
    """A font whose one letter is a red square."""
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=[0, 0, 1000, 1000],
        FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
        CharProcs=Dictionary(a=pdf.make_indirect(Stream(pdf, b"1000 0 d0 1 0 0 rg 0 0 700 700 re f"))),
        Encoding=Dictionary(Type=Name.Encoding, Differences=[97, Name.a]),
        FirstChar=97,
        LastChar=97,
        Widths=[1000],
        Resources=Dictionary(Font=Dictionary(H=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))),
    )


def pattern(pdf: Pdf) -> Stream:
    entries = {"PatternType": 1, "PaintType": 1, "TilingType": 1, "BBox": [0, 0, 9, 9], "XStep": 9, "YStep": 9, "Resources": Dictionary()}
    return Stream(pdf, b"1 0 0 rg 0 0 5 5 re f", Type=Name.Pattern, **entries)


def self_drawing(pdf: Pdf) -> Stream:
    found = pdf.make_indirect(form("/Me Do /Me Do")(pdf))
    found.Resources = Dictionary(XObject=Dictionary(Me=found))
    return found


def multiplied(pdf: Pdf) -> Stream:
    """Ten forms in each of ten forms, and so on: 10 million."""
    found = form("0 0 1 1 re f")(pdf)
    for _ in range(7):
        found = form("/N Do " * 10, Resources=Dictionary(XObject=Dictionary(N=pdf.make_indirect(found))))(pdf)
    return found


def spoil_fonts(pdf: Pdf) -> None:
    for font in fonts(pdf):
        font.FontDescriptor.FontFile2 = Stream(pdf, b"garbage")


def spoil_profile(pdf: Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile = Stream(pdf, b"x", N=3)


HUGE = Array([-7000, -7000, 7000, 7000])
SCRIPT = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
IMAGE = "q 60 0 0 60 300 300 cm /Planted Do Q"
GREEN_IN_FORM = form("0 1 0 rg 0 0 50 50 re f")

PLANTS: list[tuple[str, Code, Plant]] = [
    ("a page's drawing is damaged", Code.UNREADABLE, break_stream),
    ("a page's drawing ends in the middle", Code.UNREADABLE, lambda pdf: draw(pdf, 2, "BT (never closed")),
    ("a page is missing", Code.WRONG_PAGE_COUNT, lambda pdf: pdf.pages.__delitem__(2)),
    ("a page is there twice", Code.WRONG_PAGE_COUNT, lambda pdf: pdf.pages.append(pdf.pages[0])),
    ("a page is US Letter", Code.WRONG_PAGE_SIZE, page(MediaBox=Array([0, 0, 612, 792]), TrimBox=Array([0, 0, 612, 792]), BleedBox=Array([0, 0, 612, 792]))),
    ("a page is cut outside of the paper", Code.WRONG_BOXES, page(MediaBox=Array([0, 0, 500, 842]))),
    ("the metadata are gone", Code.NOT_PDF_X, without("/Metadata")),
    ("the output intent is gone", Code.NO_OUTPUT_INTENT, without("/OutputIntents")),
    ("fonts are not embedded", Code.FONT_NOT_EMBEDDED, forget_fonts),
    ("fonts are no subsets", Code.FONT_NOT_SUBSET, name_fonts),
    ("a rectangle is red in RGB", Code.RGB_COLOUR, on_page("q 1 0 0 rg 300 300 20 20 re f Q")),
    ("a line is red in RGB", Code.RGB_COLOUR, on_page("q 1 0 0 RG 300 300 m 310 310 l S Q")),
    ("a colour space is RGB", Code.RGB_COLOUR, on_page("q /DeviceRGB cs 1 0 0 sc 300 300 20 20 re f Q")),
    ("a form is green in RGB", Code.RGB_COLOUR, with_resource("/XObject", GREEN_IN_FORM, "/Planted Do")),
    ("a picture is in RGB", Code.RGB_COLOUR, with_resource("/XObject", picture(Name.DeviceRGB, channels=3), IMAGE)),
    (
        "a picture is in RGB with a profile",
        Code.RGB_COLOUR,
        with_resource("/XObject", lambda pdf: picture(Array([Name.ICCBased, pdf.make_indirect(Stream(pdf, b"", N=3))]), channels=3)(pdf), IMAGE),
    ),
    ("an inline picture is in RGB", Code.RGB_COLOUR, on_page("q 20 0 0 20 300 300 cm BI /W 1 /H 1 /BPC 8 /CS /RGB ID abc EI Q")),
    ("text is red in RGB after a string with brackets", Code.RGB_COLOUR, on_page("q BT (a (b) rg) Tj 1 0 0 rg /F1 9 Tf (c) Tj ET Q")),
    ("a colour is 400 % of ink", Code.TOO_MUCH_INK, on_page("q 1 1 1 1 k 300 300 20 20 re f Q")),
    ("text is in four colours", Code.MIXED_BLACK, on_page("q 0.6 0.5 0.5 1 k BT 300 300 Td ( ) Tj ET Q")),
    ("the codes are purple", Code.CODE_NOT_BLACK, purple_page),
    ("a picture has 12 pixels", Code.COARSE_PICTURE, with_resource("/XObject", picture(Name.DeviceCMYK, 12), IMAGE)),
    ("something is half transparent", Code.TRANSPARENCY, with_resource("/ExtGState", lambda _: Dictionary(ca=0.5), "/Planted gs")),
    ("something is multiplied", Code.TRANSPARENCY, with_resource("/ExtGState", lambda _: Dictionary(BM=Name.Multiply), "/Planted gs")),
    ("a picture has a soft mask", Code.TRANSPARENCY, with_resource("/XObject", picture(Name.DeviceCMYK, SMask=picture(Name.DeviceGray, channels=1)), IMAGE)),
    (
        "a form is a group that is mixed in RGB",
        Code.TRANSPARENCY,
        with_resource("/XObject", form("", Group=Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)), "/Planted Do"),
    ),
    ("a page has a transition", Code.TRANSITION, page(Trans=Dictionary())),
    ("a page has a link", Code.ANNOTATION, page(Annots=Array([Dictionary(Subtype=Name.Link, Rect=[0, 0, 9, 9])]))),
    ("the file runs a script", Code.ACTION, root(OpenAction=SCRIPT)),
    ("the file holds a script", Code.ACTION, root(Names=Dictionary(JavaScript=Dictionary(Names=Array(["a", SCRIPT]))))),
    ("a page runs a script", Code.ACTION, page(AA=Dictionary(O=SCRIPT))),
    ("the file has a field", Code.FORM_FIELDS, root(AcroForm=Dictionary(Fields=Array([Dictionary(T="name")])))),
    ("a file is attached", Code.ATTACHMENT, root(Names=Dictionary(EmbeddedFiles=Dictionary(Names=Array([]))))),
    ("a form lies in another file", Code.ATTACHMENT, with_resource("/XObject", form("", Ref=Dictionary(F="x.pdf")), "/Planted Do")),
    ("a page is turned", Code.WRONG_PAGE_SIZE, page(Rotate=180)),
    ("a page is scaled", Code.WRONG_PAGE_SIZE, page(UserUnit=2)),
    ("a page would take gigabytes as pixels", Code.UNREADABLE, page(MediaBox=HUGE)),
    ("a form draws itself", Code.UNREADABLE, with_resource("/XObject", self_drawing, "/Planted Do")),
    ("forms draw forms ten million times", Code.UNREADABLE, with_resource("/XObject", multiplied, "/Planted Do")),
    ("an operator lacks its operand", Code.UNREADABLE, on_page("cs")),
    ("a pattern is red in RGB", Code.RGB_COLOUR, with_resource("/Pattern", pattern, "q /Pattern cs /Planted scn 300 300 50 50 re f Q")),
    ("a drawn letter is red in RGB", Code.RGB_COLOUR, with_resource("/Font", drawn_letter, "BT /Planted 20 Tf 300 300 Td (a) Tj ET")),
    ("a drawn letter uses a font", Code.FONT_NOT_EMBEDDED, with_resource("/Font", drawn_letter, "BT /Planted 20 Tf 300 300 Td (a) Tj ET")),
    ("an embedded font is garbage", Code.FONT_NOT_EMBEDDED, spoil_fonts),
    ("the profile is garbage", Code.NOT_PDF_X, spoil_profile),
    ("a colour on two lines is 400 % of ink", Code.TOO_MUCH_INK, on_page("q 1 1 1 1\nk 300 300 20 20 re f Q")),
    ("there is a hidden layer", Code.HIDDEN, hide_in_layer),
    ("all text is invisible", Code.HIDDEN, rewrite(2, lambda content: content.replace(b"BT", b"BT 3 Tr"))),
    ("all text is white", Code.HIDDEN, rewrite(1, lambda content: content.replace(b"BT", b"BT 0 0 0 0 k"))),
    ("everything is clipped away", Code.HIDDEN, rewrite(2, lambda content: b"0 0 1 1 re W n " + content)),
    ("a form lies on the address", Code.HIDDEN, with_resource("/XObject", form("0 0 0 1 k 60 600 250 90 re f"), "/Planted Do")),
    ("another letter stands below the address", Code.WRONG_LETTER, other_letter_below_the_address),
    ("a code stands on grey", Code.CODE_UNREADABLE, rewrite(1, lambda content: b"q 0 0 0 0.4 k 60 40 300 200 re f Q " + content)),
    ("two letters are swapped", Code.WRONG_ADDRESS, swap_pages),
    ("a word stands in the window", Code.WINDOW_NOT_CLEAR, on_page("BT /F2+0 9 Tf 80 690 Td (\\101\\102) Tj ET")),
    ("a square stands in the window", Code.WINDOW_NOT_CLEAR, on_page("q 0 0 0 1 k 200 650 20 20 re f Q")),
    ("a form draws into the window", Code.WINDOW_NOT_CLEAR, draw_in_form),
    ("a square covers the codes", Code.CODE_UNREADABLE, lambda pdf: draw(pdf, 1, "q 0 0 0 1 k 70 40 60 200 re f Q")),
]


@pytest.mark.parametrize(("code", "plant"), [pytest.param(code, plant, id=words) for words, code, plant in PLANTS])
def test_a_planted_fault_is_seen(good: PrintFile, code: Code, plant: Plant) -> None:
    assert code not in good.codes()
    with good.spoiled() as pdf:
        plant(pdf)
    report = good.report()
    assert code in report.counts, report.findings
    [first, *_] = [one for one in report.findings if one.code is code]
    assert (first.severity is Severity.WARNING) == (code in WARNINGS)
    assert report.passed == (not set(report.counts) - WARNINGS)


def test_a_good_file_has_no_finding_and_says_what_was_read(good: PrintFile) -> None:
    report = good.report()
    assert report.findings == ()
    assert (report.passed, report.pages, report.addresses_read, report.codes_read) == (True, 3, 3, 4)
    assert good.report(sampling=Sampling(1)).codes_read == 6


def test_every_fault_can_be_planted(good: PrintFile) -> None:
    elsewhere = {  # the tests below, test_forged_files.py, tests/flows/printing/test_preflight.py
        Code.ENCRYPTED, Code.TOO_MANY_BYTES, Code.CHANGED, Code.TOO_MANY_PAGES, Code.ODD_PAGES, Code.BACK_NOT_BLANK, Code.NO_BLEED, Code.WRONG_VERSION,
        Code.NO_LETTER_MARKS, Code.ADDRESS_CUT_OFF, Code.ZONE_NOT_CLEAR, Code.WRONG_CODE, Code.ADDRESS_MOVED, Code.CODE_TOO_SMALL,
    }  # fmt: skip
    assert {code for _, code, _ in PLANTS} | elsewhere == set(Code)


@pytest.mark.parametrize("user", ["", "secret"])
def test_a_protected_file_is_turned_down(good: PrintFile, user: str) -> None:
    with pikepdf.open(good.path, allow_overwriting_input=True) as pdf:
        pdf.save(good.path, encryption=pikepdf.Encryption(owner="owner", user=user))
    assert good.codes() == {Code.ENCRYPTED}


@pytest.mark.parametrize("data", [b"", b"%PDF-1.6\n", b"no PDF"])
def test_what_is_no_pdf_is_said_so(good: PrintFile, data: bytes) -> None:
    good.path.write_bytes(data)
    assert good.codes() == {Code.UNREADABLE}


def test_pages_that_pdfium_cannot_read_are_told(good: PrintFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: PrintedPages, _number: int) -> PrintedPage:
        raise UnreadablePdf("Failed to load page.")

    monkeypatch.setattr(PrintedPages, "page", refuse)
    assert good.codes() == {Code.UNREADABLE}


def test_half_a_file_is_turned_down(good: PrintFile) -> None:
    good.path.write_bytes(good.path.read_bytes()[: good.path.stat().st_size // 2])
    assert not good.report().passed


def test_another_version_of_pdf_is_told(good: PrintFile) -> None:
    with good.spoiled(force_version="1.7"):
        pass
    assert good.codes() == {Code.WRONG_VERSION}


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        (Code.TOO_MANY_BYTES, {"most_bytes": 1000}),
        (Code.NO_BLEED, {"bleed": 3.0}),
        (Code.ODD_PAGES, {"duplex": True}),
        (Code.NO_LETTER_MARKS, {"document_parts": True}),
        (Code.ZONE_NOT_CLEAR, {"franking": Box(25, 60, 40, 20)}),
        (Code.ZONE_NOT_CLEAR, {"free_zones": (FreeZone(Box(8, 10, 190, 5), Pages.FIRST, "art of the letterhead"),)}),
        (Code.ZONE_NOT_CLEAR, {"free_zones": (FreeZone(Box(25, 230, 100, 60), Pages.EVERY, "codes"),)}),
    ],
)
def test_another_print_shop_wants_something_else(printed: Printed, content: Compose, code: Code, changed: dict[str, Any]) -> None:
    file = printed(content("offer"))
    assert file.codes() == set()
    assert code in file.codes(replace(file.production, **changed))


def test_a_zone_on_other_pages_does_not_concern_the_first(good: PrintFile) -> None:
    assert good.codes(replace(good.production, free_zones=(FreeZone(Box(25, 60, 40, 20), Pages.OTHER, "address"),))) == set()


def test_a_letter_longer_than_the_print_shop_takes(printed: Printed, content: Compose) -> None:
    file = printed(content("thanks", salutation="sehr " * 600), content())
    assert file.letters[0].pages > 1
    report = file.report(replace(file.production, most_pages=1))
    assert [(one.code, one.page, one.letter) for one in report.findings] == [(Code.TOO_MANY_PAGES, 1, 101)]


def test_blank_backs_stay_blank(printed: Printed) -> None:
    file = printed(production=replace(Production(), duplex=True))
    assert (file.report().findings, file.report().sheets, file.report().pages) == ((), 3, 6)
    with file.spoiled() as pdf:
        draw(pdf, 4, "0 0 0 1 k 300 300 20 20 re f")
    assert [(one.code, one.page, one.letter) for one in file.report().findings] == [(Code.BACK_NOT_BLANK, 4, 102)]


def test_a_back_that_holds_another_letter_is_told(printed: Printed) -> None:
    file = printed(production=replace(Production(), duplex=True))
    with file.spoiled() as pdf:
        pdf.pages[3].obj.Contents, pdf.pages[3].obj.Resources = pdf.pages[4].obj.Contents, pdf.pages[4].obj.Resources
    found = [(one.code, one.page, one.letter) for one in file.report().findings]
    assert (Code.BACK_NOT_BLANK, 4, 102) in found
    assert (Code.WRONG_LETTER, 3, 102) in found


@pytest.mark.parametrize("duplex", [False, True])
def test_a_page_of_a_letter_with_other_pages_is_told(printed: Printed, content: Compose, duplex: bool) -> None:
    """What a page says of itself: its number and how many there are."""
    texts = [content("thanks", token=token, salutation="sehr " * many) for token, many in (("K7MWPQ4XH2RD", 600), ("A2BC3DE4FGH5", 1900))]
    file = printed(*texts, production=replace(Production(), duplex=duplex))
    first, second = file.letters
    assert second.pages > first.pages > 1
    assert file.codes() == set()
    with file.spoiled() as pdf:
        theirs = pdf.pages[second.first_page].obj
        pdf.pages[1].obj.Contents, pdf.pages[1].obj.Resources = theirs.Contents, theirs.Resources
    assert [(one.page, one.letter) for one in file.report().findings if one.code in (Code.WRONG_LETTER, Code.BACK_NOT_BLANK)] == [(2, 101)]


def test_records_that_name_other_pages_are_told(printed: Printed) -> None:
    file = printed(production=replace(Production(), document_parts=True))
    assert file.codes() == set()
    with file.spoiled() as pdf:
        first, second, _ = pdf.Root.DPartRoot.DPartRootNode.DParts[0]
        first.Start, first.End, second.Start, second.End = second.Start, second.End, first.Start, first.End
    assert file.codes() == {Code.NO_LETTER_MARKS}


def test_a_letter_that_begins_on_a_wrong_page_is_told(good: PrintFile) -> None:
    first, second, third = good.letters
    report = good.report(letters=[replace(first, pages=2), second, replace(third, pages=0)])
    assert set(report.counts) == {Code.WRONG_PAGE_COUNT}


def test_an_address_that_a_window_may_cut_is_a_warning(printed: Printed, content: Compose) -> None:
    file = printed(content(address=("Donaudampfschifffahrtsgesellschaft Müller & Sohn KG", "Möwenweg 7", "20253 Hamburg")))
    assert file.report().passed
    assert file.codes() == {Code.ADDRESS_CUT_OFF}


@pytest.mark.parametrize("address", [("A -", "- B", "-"), ("A", "B"), ("•", "Weg I", "20253 Hamburg"), ("—", "IIII |||", "1"), ("WWWWWW", "MMMMMM", "@@@@@@")])
def test_short_and_dark_lines_of_an_address_are_seen(printed: Printed, content: Compose, address: tuple[str, ...]) -> None:
    assert printed(content(address=address)).codes() == set()


def test_a_code_that_leads_to_somebody_else_is_told(good: PrintFile) -> None:
    first, *others = good.letters
    report = good.report(letters=[replace(first, codes=others[0].codes), *others])
    assert {Code.WRONG_CODE, Code.CODE_UNREADABLE} == set(report.counts)
    assert {one.letter for one in report.findings} == {101}


def test_somebody_who_was_erased_is_counted_and_not_read(good: PrintFile) -> None:
    first, *others = good.letters
    report = good.report(letters=[replace(first, address=(), codes=frozenset()), *others])
    assert (report.findings, report.pages, report.addresses_read) == ((), 3, 2)


def test_a_return_line_that_is_not_wanted_is_told(good: PrintFile) -> None:
    assert set(good.report(letters=[replace(letter, return_line="") for letter in good.letters]).counts) == {Code.WINDOW_NOT_CLEAR}


def test_a_thousand_faults_of_one_kind_are_counted_and_twenty_told(printed: Printed, content: Compose) -> None:
    file = printed(*(content() for _ in range(30)))
    with file.spoiled() as pdf:
        for one in pdf.pages:
            one.obj.Trans = Dictionary()
    report = file.report()
    assert (len(report.findings), report.counts) == (20, {Code.TRANSITION: 30})


def test_a_finding_names_the_place_and_nobody(good: PrintFile) -> None:
    with good.spoiled() as pdf:
        swap_pages(pdf)
    report = good.report()
    assert [(one.page, one.letter) for one in report.findings if one.code is Code.WRONG_ADDRESS] == [(1, 101), (2, 102)]
    assert not any("Johanna" in str(one) or "Möwenweg" in str(one) for one in report.findings)


def test_art_of_one_layout_is_seen_among_letters_of_others(printed: Printed, content: Compose) -> None:
    """The second of four letters is the only one of its kind: no sample would hit it."""
    file = printed(content(), content("offer"), content(), content())
    with file.spoiled() as pdf:
        shared = [one.objgen for _, one in pdf.pages[0].resources.XObject.items()]
        own = [one for _, one in pdf.pages[1].resources.XObject.items() if one.objgen not in shared]
        first = min(own, key=lambda one: float(one.BBox[1]))
        first.write(first.read_bytes() + b"\nq 0 0 0 1 k 200 -192 20 20 re f Q")
    assert [(one.code, one.page) for one in file.report().findings] == [(Code.WINDOW_NOT_CLEAR, 2)]
