"""How many letters does a second of processor time print, beside reportlab's own paragraphs, Typst, WeasyPrint and fpdf2?

    .venv/bin/python -m benchmarks.letters

All print the same letter in the same run: one page, address, five paragraphs with values in them, coupon, logo, two QR codes of its own.
Each runs in processes of its own, so that its memory is its own; CPU seconds are those of all threads, after a warm-up of two letters, as in
a pool that prints one file after the other. Ours are finished print files (PDF/X-4 with the ICC profile); the others are written as one would
who knows them, and make plain PDFs.
"""

import multiprocessing
import resource
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.benchmark_letter import PUBLIC_URL, SENDER, contents, layout, ours, printed
from benchmarks.letter_peers import fpdf2, paragraphs, typst, weasyprint
from campaigns.letter import LetterContent
from layouts.production import FOGRA39, Production
from letters import preflight
from letters.preview import cut

Way = Callable[[Sequence[LetterContent], Path], Path]


def _measure(way: Way, letters: int) -> tuple[float, int, float]:
    """CPU seconds, bytes and the peak of memory in MB."""
    made = contents(letters)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "warm").mkdir()
        way(made[:2], Path(folder) / "warm")  # imports and fonts
        (Path(folder) / "run").mkdir()
        started = time.process_time()
        path = way(made, Path(folder) / "run")
        return time.process_time() - started, path.stat().st_size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(way: Way, letters: int, runs: int = 3) -> tuple[float, int, float]:
    """Letters per CPU second, bytes a letter and peak MB of the best of some runs, each in a fresh process."""
    seconds, size, peak = min(_alone(_measure, way, letters) for _ in range(runs))
    return letters / seconds, size // letters, peak


def _alone(function: Callable[..., Any], *arguments: Any) -> Any:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def _measure_files(files: int, letters: int) -> float:
    """CPU seconds a letter of so many print files, one after the other, as a process of the pool prints them."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        printed(contents(500, seed=-1), place, place / "warm.pdf")  # the tables of QR codes fill once in a process, not once a file
        spent = 0.0
        for number in range(files):
            made = contents(letters, seed=number)
            started = time.process_time()
            printed(made, place, place / "file.pdf")
            spent += time.process_time() - started
    return spent / (files * letters)


def slope() -> float:
    """What a letter costs among 100,000 (50 files) in parts of what it costs among 1,000 (one file)."""
    before = [_alone(_measure_files, 1, 1000) for _ in range(3)]
    many = _alone(_measure_files, 50, 2000)
    few = median([*before, *(_alone(_measure_files, 1, 1000) for _ in range(3))])
    return float(many / few)


def _measure_checks(letters: int) -> tuple[float, float]:
    """Milliseconds of preflight a letter with the usual sampling, and the median of cutting a preview out of a file."""
    made = contents(letters)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        path = place / "file.pdf"
        result = printed(made, place, path)
        placed = {index: (place.first_page, place.pages) for index, place in enumerate(result.placed) if place}
        wanted = preflight.expected(enumerate(made), placed, {"benchmark": layout(place)}, SENDER, PUBLIC_URL, Production())
        started = time.process_time()
        report = preflight.check(path, wanted, Production())
        checking = time.process_time() - started
        assert not [finding for finding in report.findings if finding.severity is preflight.Severity.ERROR], report.findings[:3]
        cuts = []
        for number in range(20):
            started = time.perf_counter()
            cut(path, letters // 2 + number, 1)
            cuts.append(time.perf_counter() - started)
    return 1000 * checking / letters, 1000 * median(cuts)


def main() -> None:
    """Print a name and a value on each line."""
    our_speed, our_bytes, our_peak = measured(ours, 2000)
    _, _, large_peak = measured(ours, 5000, runs=1)
    paragraph_speed, _, _ = measured(paragraphs, 500)
    typst_speed, typst_bytes, typst_peak = measured(typst, 2000)
    weasyprint_speed, weasyprint_bytes, weasyprint_peak = measured(weasyprint, 200, runs=2)
    fpdf2_speed, fpdf2_bytes, _ = measured(fpdf2, 300, runs=2)
    preflight_ms, preview_ms = _alone(_measure_checks, 2000)
    for name, value in {
        "per_cpu_second": our_speed,
        "paragraphs_per_cpu_second": paragraph_speed,
        "typst_per_cpu_second": typst_speed,
        "weasyprint_per_cpu_second": weasyprint_speed,
        "fpdf2_per_cpu_second": fpdf2_speed,
        "ratio_to_paragraphs": our_speed / paragraph_speed,
        "ratio_to_typst": our_speed / typst_speed,
        "ratio_to_weasyprint": our_speed / weasyprint_speed,
        "ratio_to_fpdf2": our_speed / fpdf2_speed,
        "slope_1000_to_100000": slope(),
        "bytes_each": our_bytes,
        "bytes_each_without_profile": our_bytes - _packed_profile_bytes() / 2000,
        "typst_bytes_each": typst_bytes,
        "weasyprint_bytes_each": weasyprint_bytes,
        "fpdf2_bytes_each": fpdf2_bytes,
        "peak_mb": our_peak,
        "peak_mb_of_5000": large_peak,
        "typst_peak_mb": typst_peak,
        "weasyprint_peak_mb": weasyprint_peak,
        "preflight_ms": preflight_ms,
        "preview_ms": preview_ms,
    }.items():
        print(f"letters.{name} {value:.2f}", flush=True)


def _packed_profile_bytes() -> int:
    return len(zlib.compress(FOGRA39.read(), 5))


if __name__ == "__main__":
    main()
