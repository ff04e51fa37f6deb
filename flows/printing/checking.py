"""Are the print files of a run still what they should be?"""

from collections.abc import Iterator
from dataclasses import replace

from campaigns.print_run import PrintFileState
from flows.printing.rendering import folder_of, load_layouts
from letters import preflight
from letters.preflight import Code, ExpectedLetter, Report, Sampling
from letters.preflight.findings import finding
from printshop.targets import file_sha256
from store import letters, print_files, print_runs
from store.engine import Engine, reading
from store.print_files import PrintFile
from store.print_runs import PrintRun
from store.settings import Settings


def check_again(engine: Engine, settings: Settings, print_run_id: int, sampling: Sampling) -> Iterator[tuple[PrintFile, Report]]:
    """Preflight every file of a run that lies with us once more, with all that its letters should say; changes nothing.

    Of people who were erased meanwhile nothing is read. Raises WrongState for an unknown run, LayoutChanged.
    """
    with reading(engine) as connection:
        run = print_runs.get(connection, print_run_id)
        files = [file for file in print_files.of_run(connection, run.id) if file.state in (PrintFileState.RENDERED, PrintFileState.HANDED_OVER)]
    for file in files:
        path = folder_of(settings, run.id) / file.name
        if not path.is_file():
            gone = finding(Code.UNREADABLE, "The file is gone from the data directory: handing the run over sets it again.")
            yield file, Report((gone,), {Code.UNREADABLE: 1})
            continue
        report = preflight.check(path, _expected(engine, settings, run, file), run.production, sampling)
        if file_sha256(path) != file.sha256:
            changed = finding(Code.CHANGED, "The file is not the one that was released: handing the run over sets it again.")
            report = replace(report, findings=(changed, *report.findings), counts={**report.counts, Code.CHANGED: 1})
        yield file, report


def _expected(engine: Engine, settings: Settings, run: PrintRun, file: PrintFile) -> list[ExpectedLetter]:
    with reading(engine) as connection:
        lines = [line for line in letters.for_manifest(connection, run.id) if line.file == file.name and line.first_page and line.pages]
        contents = dict(letters.contents(connection, [line.letter_id for line in lines]))
    placed = {line.letter_id: (line.first_page, line.pages) for line in lines if line.first_page and line.pages}
    layouts = load_layouts(run, settings.layouts_dir)
    known = preflight.expected(contents.items(), placed, layouts, run.sender, run.public_url, run.production)
    by_number = {letter.number: letter for letter in known}
    form = known[0].form if known else next(iter(layouts.values())).form
    erased = [ExpectedLetter(number, *placed[number], (), "", form, frozenset()) for number in placed.keys() - by_number.keys()]
    return sorted([*known, *erased], key=lambda letter: letter.first_page)
