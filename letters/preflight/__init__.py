"""Is a print file fit to be printed?  Every check of product.md 4.5, by libraries that had no part in making the file.

``structure`` and ``ink`` look at how the file is built (pikepdf), ``reading`` at what its pages say (pdfium, zxing-cpp).
"""

from collections.abc import Sequence
from pathlib import Path

import pikepdf

from layouts.production import Production
from letters.preflight.expected import ExpectedLetter, Sampling, expected
from letters.preflight.findings import BROKEN, Code, Finding, Findings, Report, Severity, report_from_dict
from letters.preflight.ink import Glance
from letters.preflight.reading import LetterReader
from letters.preflight.structure import inspect, look_at_parts
from letters.read_back import UnreadablePdf, pages_of

__all__ = ["Code", "ExpectedLetter", "Finding", "Report", "Sampling", "Severity", "check", "expected", "report_from_dict"]


def check(path: Path, letters: Sequence[ExpectedLetter] | None, production: Production, sampling: Sampling | None = None) -> Report:
    """Look at a whole PDF and say what is wrong with it; never raises for what is in the file.

    ``letters`` is what it should say, in the order of its pages; without it (somebody else's PDF) only the structure is looked
    at. Takes less than 1 ms of processor time a letter, and memory that does not grow with the letters but for the file itself.
    """
    findings = Findings()
    if production.most_bytes and path.stat().st_size > production.most_bytes:
        size, most = (count / 1e6 for count in (path.stat().st_size, production.most_bytes))
        findings.add(Code.TOO_MANY_BYTES, f"The file has {size:.1f} MB, and the print shop takes {most:g}: set POSTILLION_LETTERS_PER_FILE lower.")
    seen = _structure(path, letters, production, findings)
    if seen == []:
        findings.add(Code.UNREADABLE, "The file has no page that can be read: export it anew.")
    if not seen or letters is None:
        return _report(findings, production, len(seen or ()))
    if not _counts_are_right(seen, letters, production, findings):
        return _report(findings, production, len(seen))
    if findings.counts[Code.UNREADABLE]:  # pdfium would rather end the program than say what it cannot draw
        return _report(findings, production, len(seen))
    addresses, codes = _read(path, seen, letters, production, sampling or Sampling(), findings)
    return _report(findings, production, len(seen), addresses, codes)


def _read(
    path: Path, seen: Sequence[Glance], letters: Sequence[ExpectedLetter], production: Production, sampling: Sampling, findings: Findings
) -> tuple[int, int]:
    """How many addresses and codes were read."""
    try:
        with pages_of(path) as pages:
            reader = LetterReader(pages, seen, production, findings)
            reader.read(letters, sampling)
            return reader.addresses, reader.codes
    except UnreadablePdf as error:
        findings.add(Code.UNREADABLE, f"The pages cannot be read ({error}): export the file anew.")
        return 0, 0


def _structure(path: Path, letters: Sequence[ExpectedLetter] | None, production: Production, findings: Findings) -> list[Glance] | None:
    try:
        with pikepdf.open(path) as pdf:
            if pdf.is_encrypted:
                findings.add(Code.ENCRYPTED, "The file is protected: save it without a password and without restrictions.")
                return None
            seen = inspect(pdf, production, findings)
            if letters and production.document_parts and "/DPartRoot" in pdf.Root:
                look_at_parts(pdf, [(letter.first_page, letter.pages) for letter in letters], findings)
            return seen
    except pikepdf.PasswordError:
        findings.add(Code.ENCRYPTED, "The file is protected by a password: save it without.")
    except (pikepdf.PdfError, *BROKEN) as error:
        findings.add(Code.UNREADABLE, f"This is no PDF that can be read ({str(error)[:80]}): export it anew.")
    return None


def _counts_are_right(seen: Sequence[Glance], letters: Sequence[ExpectedLetter], production: Production, findings: Findings) -> bool:
    """Look at the numbers of pages and sheets; False where no page can be told to be whose."""
    wanted = sum(letter.pages for letter in letters)
    if len(seen) != wanted:
        findings.add(Code.WRONG_PAGE_COUNT, f"The file has {len(seen)} pages instead of {wanted}: do not print it, and tell us.")
        return False
    next_page = 1
    for letter in letters:
        if letter.first_page != next_page:
            message = f"The letter should begin on page {next_page}: do not print the file, and tell us."
            findings.add(Code.WRONG_PAGE_COUNT, message, letter.first_page, letter.number)
            return False
        next_page += letter.pages
        if production.most_pages and letter.pages > production.most_pages:
            message = f"The letter has {letter.pages} pages, and the print shop takes {production.most_pages}: shorten it."
            findings.add(Code.TOO_MANY_PAGES, message, letter.first_page, letter.number)
        if production.duplex and letter.pages % 2:
            message = f"The letter has {letter.pages} pages: printed on both sides, the next one begins on its back."
            findings.add(Code.ODD_PAGES, message, letter.first_page, letter.number)
    return True


def _report(findings: Findings, production: Production, pages: int, addresses: int = 0, codes: int = 0) -> Report:
    return Report(findings.kept, dict(findings.counts), pages, production.sheets(pages), addresses, codes)
