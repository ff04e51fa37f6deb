"""Do the documents hang together?"""

import re
from collections.abc import Callable

from tests.docs.conftest import ROOT, Document

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FOREIGN_HOSTS = ("keepachangelog.com",)


def anchor(heading: str) -> str:
    """What a heading is called in an address."""
    return re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).replace(" ", "-")


def test_every_link_leads_somewhere(documents: list[Document]) -> None:
    for document in documents:
        for link in _LINK.findall(document.text):
            if "://" in link:
                continue
            name, _, place = link.partition("#")
            target = (document.path.parent / name).resolve() if name else document.path
            assert target.exists(), f"{document.path.name} links to {link}"
            if place:
                headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
                assert place in {anchor(heading) for heading in headings}, f"{document.path.name} links to {link}"


def test_hosts_are_examples_or_this_machine(documents: list[Document]) -> None:
    for document in documents:
        for host in re.findall(r"https?://([^/\s)>`\"|:]+)", document.text):
            assert host.endswith(".example") or host in ("127.0.0.1", "HOST", "SHOP", *_FOREIGN_HOSTS) or host.isupper(), f"{document.path.name} names {host}"


def test_no_document_names_a_folder_of_the_machine_it_was_written_on(documents: list[Document]) -> None:
    for document in documents:
        assert not re.search(r"(?<![\w.])/(?:work|tmp|root|home)/", document.text), document.path.name


def test_the_readme_is_short_and_quotes_the_benchmarks(document: Callable[[str], Document]) -> None:
    text = document("README.md").text
    assert len(text.splitlines()) <= 130
    assert all(f"`{name}`" in text for name in ("letters.ratio_to_typst", "import.rows_per_second", "end_to_end.seconds_10000_letters"))


def test_the_readme_names_every_folder_of_the_house(document: Callable[[str], Document]) -> None:
    text = document("README.md").text
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages >= {"api", "campaigns", "flows"}
    assert not {name for name in packages if not re.search(rf"^{name}/ ", text, re.MULTILINE)}


def test_every_decision_is_in_the_index_and_says_context_decision_and_consequence(document: Callable[[str], Document]) -> None:
    index = _LINK.findall(document("docs/decisions/README.md").text)
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert index == [path.name for path in records]
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text("utf-8")
        assert re.match(rf"# {path.name[:4]} \S", text)
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequence"]
