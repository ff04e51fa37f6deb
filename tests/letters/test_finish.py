"""Does a print file say of itself what a print shop's preflight wants to hear?  Read by pypdf, which had no part in finishing it."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from layouts.production import FOGRA39, Production
from letters.read_back import pages_of
from tests.letters.conftest import ADDRESS, Compose, Print

ROOT = Path(__file__).parents[2]
MM = 72 / 25.4
XMP = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "x": "http://www.npes.org/pdfx/ns/id/",
    "vt": "http://www.npes.org/pdfvt/ns/id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


def root_of(reader: PdfReader) -> Any:
    return reader.root_object


def information_of(reader: PdfReader) -> Any:
    return reader.trailer["/Info"].get_object()


def metadata_of(reader: PdfReader) -> ElementTree.Element:
    stream = root_of(reader)["/Metadata"].get_object()
    assert isinstance(stream, StreamObject)
    assert "/Filter" not in stream
    return ElementTree.fromstring(stream.get_data())


def said(metadata: ElementTree.Element, name: str) -> str | None:
    return metadata.findtext(f".//{name}", namespaces=XMP)


def objects_of(reader: PdfReader) -> list[Any]:
    size: Any = reader.trailer["/Size"]
    return [reader.get_object(number) for number in range(1, size)]


def test_the_output_intent_holds_the_profile_of_the_press(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content())
    [intent] = root_of(PdfReader(path))["/OutputIntents"]
    intent = intent.get_object()
    assert (intent["/S"], intent["/OutputConditionIdentifier"], intent["/RegistryName"]) == ("/GTS_PDFX", "FOGRA39", "http://www.color.org")
    profile = intent["/DestOutputProfile"].get_object()
    assert profile["/N"] == 4
    assert profile.get_data() == FOGRA39.read()


def test_metadata_can_be_read_without_decompressing_and_agree_with_the_information(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), title="Angebote <Herbst> & Winter")
    reader = PdfReader(path)
    information, metadata = information_of(reader), metadata_of(reader)
    assert said(metadata, "x:GTS_PDFXVersion") == information["/GTS_PDFXVersion"] == "PDF/X-4"
    assert said(metadata, "dc:title/rdf:Alt/rdf:li") == information["/Title"] == "Angebote <Herbst> & Winter"
    assert said(metadata, "pdf:Producer") == information["/Producer"]
    assert (information["/Trapped"], said(metadata, "pdf:Trapped")) == ("/False", "False")
    assert information["/CreationDate"] == information["/ModDate"] == "D:20261122000000Z"
    assert {said(metadata, f"xmp:{name}Date") for name in ("Create", "Modify", "Metadata")} == {"2026-11-22T00:00:00Z"}
    assert said(metadata, "vt:GTS_PDFVTVersion") is None


def test_nothing_that_pdf_x_forbids_is_in_the_file(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), content("plain", "en"))
    reader = PdfReader(path)
    assert path.read_bytes().startswith(b"%PDF-1.6")
    assert isinstance(reader.trailer["/ID"], ArrayObject)
    assert len(reader.trailer["/ID"]) == 2
    keys = {key for one in objects_of(reader) if isinstance(one, DictionaryObject) for key in one}
    assert not keys & {"/Trans", "/Annots", "/AA", "/JS", "/OpenAction", "/AcroForm", "/EmbeddedFiles", "/OPI", "/SMask", "/Encrypt"}
    assert "Helvetica" not in " ".join(str(one.get("/BaseFont", "")) for one in objects_of(reader) if isinstance(one, DictionaryObject))


def test_a_shop_without_output_intent_gets_no_pdf_x(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), production=replace(Production(), output=None, document_parts=True))
    reader = PdfReader(path)
    information = information_of(reader)
    assert "/OutputIntents" not in root_of(reader)
    assert not {"/GTS_PDFXVersion", "/GTS_PDFVTVersion"} & set(information)
    assert said(metadata_of(reader), "x:GTS_PDFXVersion") is None


def test_boxes_lie_within_each_other_and_bleed_moves_the_page(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content())
    page = PdfReader(path).pages[0]
    assert page.mediabox == page.trimbox == page.bleedbox
    _, path = print_letters(content(), production=replace(Production(), bleed=3))
    page = PdfReader(path).pages[0]
    assert [float(side) for side in page.trimbox] == pytest.approx([3 * MM, 3 * MM, 213 * MM, 300 * MM], abs=0.01)
    assert [float(side) for side in page.mediabox] == [float(side) for side in page.bleedbox] == pytest.approx([0, 0, 216 * MM, 303 * MM], abs=0.01)
    assert "/ArtBox" not in page
    with pages_of(path) as pages, pages.page(1) as printed:
        [first] = [box for box in printed.text_boxes() if abs(box.x - 25) < 1 and 62 < box.y < 67]
        assert printed.text(first).strip() == ADDRESS[0]


def parts_of(reader: PdfReader) -> list[Any]:
    root = root_of(reader)["/DPartRoot"]
    assert (root["/RecordLevel"], root["/NodeNameList"]) == (1, ["/Job", "/Recipient"])
    job = root["/DPartRootNode"]
    [leaves] = job["/DParts"]
    assert isinstance(leaves, ArrayObject)
    assert all(leaf.get_object().raw_get("/Parent") == root.raw_get("/DPartRootNode") for leaf in leaves)
    return [leaf.get_object() for leaf in leaves]


def test_every_letter_is_a_record_and_every_page_knows_its_own(content: Compose, print_letters: Print) -> None:
    long = content("plain", salutation="Guten Tag " + "und noch ein Wort " * 150)
    production = replace(Production(), document_parts=True)
    result, path = print_letters(content(), content(salutation="Liebe 王,"), long, content(), production=production, ids=[71, 72, 73, 74])
    assert [index for index, _ in result.failures] == [1]
    reader = PdfReader(path)
    leaves = parts_of(reader)
    pages = [page.indirect_reference for page in reader.pages]
    ranges = [(pages.index(leaf.raw_get("/Start")), pages.index(leaf.raw_get("/End"))) for leaf in leaves]
    assert ranges == [(placed.first_page - 1, placed.first_page + placed.pages - 2) for placed in result.placed if placed]
    for leaf, (start, end) in zip(leaves, ranges, strict=True):
        assert all(reader.pages[number]["/DPart"] == leaf for number in range(start, end + 1))
    metadata: list[Any] = [leaf["/DPM"] for leaf in leaves]
    assert [one["/CIP4_Root"]["/CIP4_Recipient"]["/CIP4_ExternalID"] for one in metadata] == ["/71", "/73", "/74"]
    assert [one["/Postillion_Sequence"] for one in metadata] == [1, 2, 3]
    assert {one["/Postillion_Region"] for one in metadata} == {"20"}
    assert said(metadata_of(reader), "vt:GTS_PDFVTVersion") == "PDF/VT-1"
    assert said(metadata_of(reader), "vt:GTS_PDFVTModDate") == said(metadata_of(reader), "xmp:ModifyDate")


def test_records_name_nobody(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), production=replace(Production(), document_parts=True), ids=[71])
    words = str(parts_of(PdfReader(path))) + str(root_of(PdfReader(path))["/DPartRoot"])
    assert "Weber" not in words
    assert "20253" not in words


def test_a_file_without_letters_has_no_records(print_letters: Print) -> None:
    result, path = print_letters(production=replace(Production(), document_parts=True))
    assert result.pages == 0
    assert "/DPartRoot" not in root_of(PdfReader(path))


def test_another_title_or_another_letter_is_another_document(content: Compose, print_letters: Print) -> None:
    def identity() -> str | None:
        return said(metadata_of(PdfReader(path)), "{http://ns.adobe.com/xap/1.0/mm/}DocumentID")

    _, path = print_letters(content())
    one = identity()
    assert one and one.startswith("uuid:")
    print_letters(content(coupon_code="TEE-OTHER"))
    assert identity() != one


_PRINT = """
import sys, time_machine, hashlib
from pathlib import Path
from dataclasses import replace
from layouts.production import InserterMark, MarkKind, Production, SheetNumber
with time_machine.travel(sys.argv[2], tick=False):
    from benchmarks.benchmark_letter import CREATED_AT, PUBLIC_URL, SENDER, contents
    from layouts.layout import load
    from letters.print_file import render
    made = [replace(one, layout="winback") for one in contents(5)]
    path = Path(sys.argv[1])
    mark = InserterMark(MarkKind.DATA_MATRIX, 6, 100)
    production = Production(document_parts=True, bleed=3, duplex=True, sheet_number=SheetNumber(), inserter=mark)
    result = render(made, {"winback": load("winback")}, SENDER, PUBLIC_URL, path, "Same", CREATED_AT, production=production)
    assert result.pages == 10, result
print(hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_two_processes_two_days_apart_write_the_same_bytes(tmp_path: Path) -> None:
    """With everything switched on that finishing can do."""
    seen = set()
    for number, moment in enumerate(("2026-11-22T10:00:00Z", "2026-11-24T23:59:59Z")):
        path = tmp_path / f"{number}.pdf"
        environment = os.environ | {"PYTHONHASHSEED": str(number), "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": str(10**9 + number)}
        command = [sys.executable, "-c", _PRINT, str(path), moment]
        done = subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        seen.add(done.stdout.strip())
        assert hashlib.sha256(path.read_bytes()).hexdigest() in seen
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("last", "region"),
    [(("20253 Hamburg",), "20"), (("1010 Wien",), "10"), (("12 Rue", "LONDON", "SW1A 2AA", "GROSSBRITANNIEN"), ""), (("75001 PARIS", "FRANKREICH"), "")],
)
def test_the_region_is_that_of_an_inland_postcode_and_never_a_house_number(content: Compose, print_letters: Print, last: tuple[str, ...], region: str) -> None:
    _, path = print_letters(content(address=("Johanna Weber", "10 Downing Street", *last)), production=replace(Production(), document_parts=True))
    metadata: list[Any] = [leaf["/DPM"] for leaf in parts_of(PdfReader(path))]
    assert [one["/Postillion_Region"] for one in metadata] == [region]
