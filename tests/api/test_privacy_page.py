"""Can whoever scans or objects read who is answerable for their data?"""

from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from api.app import create_app
from store.settings import Settings
from tests.api.conftest import Shop, served


def test_the_page_names_the_controller_in_the_visitors_language(browser: httpx.Client) -> None:
    german, english = browser.get("/privacy"), browser.get("/privacy?lang=en")
    assert (german.status_code, english.status_code) == (200, 200)
    assert "Verantwortlich" in german.text and "Teehaus Postillion" in german.text and "180 Tagen" in german.text
    assert "Controller" in english.text and "Teehaus Postillion" in english.text
    assert "Set-Cookie" not in german.headers and "<script" not in german.text


def test_every_public_page_leads_to_it(browser: httpx.Client) -> None:
    for path in ("/S/ZZZZZZZZZZZZ", "/O/ZZZZZZZZZZZZ", "/nowhere"):
        assert 'href="/privacy?lang=de"' in browser.get(path).text


def test_the_controllers_own_text_takes_its_place_and_is_no_markup(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "privacy.de.md").write_text("## Unsere Worte\n\nNur **hier**. <script>alert(1)</script>", "utf-8")
    app = create_app(shop.settings.model_copy(update={"privacy_dir": tmp_path}))
    with served(app) as url, httpx.Client(timeout=60, base_url=url) as found:
        page = found.get("/privacy?lang=de").text
        assert "<h2>Unsere Worte</h2>" in page and "<strong>hier</strong>" in page
        assert "<script" not in page and "Verantwortlich" not in page
        assert "Controller" in found.get("/privacy?lang=en").text, "no text of their own in English: ours"


def test_a_folder_without_a_text_is_told_at_the_start_and_not_by_a_customer(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"neither privacy\.de\.md nor privacy\.en\.md"):
        Settings(_env_file=None, privacy_dir=tmp_path)
    (tmp_path / "privacy.de.md").write_bytes("Fürsorge".encode("latin-1"))
    with pytest.raises(ValidationError, match="not written in UTF-8"):
        Settings(_env_file=None, privacy_dir=tmp_path)
    (tmp_path / "privacy.de.md").write_text("Fürsorge", "utf-8")
    assert Settings(_env_file=None, privacy_dir=tmp_path).privacy_dir == tmp_path
