"""Run the benchmarks: ``python -m benchmarks [all|letters|import|select|end_to_end|scans|redeem|codes|results]``; every line of output is ``name value``."""

import importlib
import sys

AREAS = {
    "letters": "benchmarks.letters",
    "import": "benchmarks.imports",
    "select": "benchmarks.selection",
    "end_to_end": "benchmarks.end_to_end",
    "scans": "benchmarks.scans",
    "redeem": "benchmarks.redeem",
    "codes": "benchmarks.codes",
    "results": "benchmarks.results",
}


def main(area: str) -> int:
    """Run one area or all of them."""
    if area != "all" and area not in AREAS:
        print(f"There is no area {area!r}: choose one of {', '.join(AREAS)}, or all.", file=sys.stderr)
        return 2
    for name, module in AREAS.items():
        if area in ("all", name):
            importlib.import_module(module).main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
