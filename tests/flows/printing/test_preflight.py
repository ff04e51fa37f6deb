"""Does nothing reach the print shop that has not been read back, and does everybody see what was read?"""

from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import Engine

from campaigns.print_run import PrintFileState, PrintRunState
from flows.artifacts import approval_text
from flows.errors import MisprintedFile
from flows.printing import rendering
from flows.printing.checking import check_again
from flows.printing.handing_over import decide_on_run, hand_over_run
from flows.printing.rendering import folder_of
from letters.preflight import Code, Report, Sampling, report_from_dict
from letters.print_file import RenderedFile
from store import letters, print_files
from store.campaigns import SavedCampaign
from store.engine import reading
from store.print_files import PrintFile
from store.settings import Settings
from tests.flows.terminal import postillion
from tests.flows.test_erased_on_the_way import erased
from tests.flows.way import again, handed_over, quiet, rendered, selected, set_files

PRESET = Path(__file__).parents[3] / "flows" / "presets" / "winback-de.toml"


def files_of(engine: Engine, print_run_id: int) -> list[PrintFile]:
    with reading(engine) as connection:
        return print_files.of_run(connection, print_run_id)


def codes_of(reports: list[tuple[PrintFile, Report]]) -> set[Code]:
    return {code for _, report in reports for code in report.counts}


def test_the_report_that_released_a_file_is_kept_and_shown_before_approval(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings, max_letters=60)
    [file] = files_of(shop, run.id)
    assert file.preflight
    report = report_from_dict(file.preflight)
    assert (report.passed, report.addresses_read) == (True, file.letters)
    assert report.codes_read >= 6  # the first, the 51st and the last letter, and who has another page
    with reading(shop) as connection:
        paper = letters.paper(connection, run.id)
    text = approval_text(run, [file], "", winback.definition, paper, "EUR")
    assert f"checked: {file.pages} pages on {file.pages} sheets, {file.letters} addresses, {report.codes_read} codes" in text


def test_reports_come_back_from_processes_of_their_own(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    some = settings.model_copy(update={"letters_per_file": 5, "render_processes": 2, "preflight_codes_every": 1})
    run = rendered(shop, some, max_letters=12)
    reports = [report_from_dict(file.preflight) for file in files_of(shop, run.id) if file.preflight]
    assert len(reports) > 1
    assert all(report.codes_read == 2 * report.addresses_read > 0 for report in reports)


def test_a_file_that_fails_gets_no_name_and_can_be_set_again(shop: Engine, settings: Settings, winback: SavedCampaign, monkeypatch: pytest.MonkeyPatch) -> None:
    run = selected(shop, settings, max_letters=5)
    really_set = rendering._set

    def with_a_script(job: rendering.Job) -> RenderedFile:
        result = really_set(job)
        with pikepdf.open(job.path, allow_overwriting_input=True) as pdf:
            pdf.pages[1].obj.Trans = pikepdf.Dictionary()
            pdf.save(job.path)
        return result

    with monkeypatch.context() as patched:
        patched.setattr(rendering, "_set", with_a_script)
        with pytest.raises(MisprintedFile, match=r"failed its preflight and was not released. transition \(page 2\): .*print-run reject"):
            set_files(shop, settings, run)
    assert list(folder_of(settings, run.id).iterdir()) == []
    assert [file.state for file in files_of(shop, run.id)] == [PrintFileState.SEALED]
    assert again(shop, run).state is PrintRunState.RENDERING
    assert rendered(shop, settings).state is PrintRunState.AWAITING_APPROVAL


def test_a_file_that_was_tampered_with_is_told_and_set_again(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = rendered(shop, settings, max_letters=5)
    [file] = files_of(shop, run.id)
    path = folder_of(settings, run.id) / file.name
    whole = path.read_bytes()
    assert codes_of(list(check_again(shop, settings, run.id, Sampling(1)))) == set()
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        del pdf.pages[0]
        pdf.save(path)
    assert codes_of(list(check_again(shop, settings, run.id, Sampling(1)))) >= {Code.CHANGED, Code.WRONG_PAGE_COUNT}
    path.unlink()
    assert codes_of(list(check_again(shop, settings, run.id, Sampling(1)))) == {Code.UNREADABLE}
    decide_on_run(shop, settings, run.id, approved=True, by="Martha", comment="")
    hand_over_run(shop, settings, run.id, quiet)
    assert path.read_bytes() == whole


def test_what_was_written_to_somebody_erased_is_counted_and_not_read(shop: Engine, settings: Settings, winback: SavedCampaign) -> None:
    run = handed_over(shop, settings.model_copy(update={"letters_per_file": 5000}))
    with reading(shop) as connection:
        gone = letters.by_id(connection, letters.for_manifest(connection, run.id)[3].letter_id)
    assert gone
    erased(shop, settings, gone.customer_id)
    [(file, report)] = check_again(shop, settings, run.id, Sampling())
    assert (report.passed, report.addresses_read, report.pages) == (True, file.letters - 1, file.pages)


@pytest.mark.usefixtures("own_installation")
def test_the_command_line_checks_a_run_and_any_file(tmp_path: Path) -> None:
    from flows.wiring import installation

    postillion("migrate")
    postillion("import", "csv", Path(__file__).parents[3] / "examples" / "sample_shop")
    postillion("campaign", "save", PRESET)
    with installation() as (engine, settings):
        run = rendered(engine, settings, max_letters=5)
        [file] = files_of(engine, run.id)
        path = folder_of(settings, run.id) / file.name
    assert f"{file.name}: passed; {file.pages} pages on {file.pages} sheets, {file.letters} addresses, 4 codes" in postillion("print-run", "preflight", 1)
    assert f"{2 * file.letters} codes" in postillion("print-run", "preflight", 1, "--all-codes")
    assert "passed" in postillion("preflight", path)
    assert "There is no print run 9" in postillion("print-run", "preflight", 9, code=1)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].contents_add(pdf.make_stream(b"q 1 0 0 rg 300 300 9 9 re f Q"))
        del pdf.Root.Metadata
        pdf.save(path)
    assert "not_pdf_x" not in postillion("preflight", path, "--stationery", code=1)
    told = postillion("preflight", path, code=1)
    assert "not_pdf_x" in told
    assert "rgb_colour" in told
    assert "FAILED" in told
    assert "changed" in postillion("print-run", "preflight", 1, code=1)
