# `make` alone lists what there is. Everything lives in .venv and var/; nothing is installed outside.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
AREA ?= all
KILLS ?= 300
LOAD ?= all

.DEFAULT_GOAL := help
.PHONY: help setup demo up test chaos year golden check format bench load bench-setup lock clean

help:  ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.installed  ## Everything that the other commands need (they call it)

$(VENV)/.installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it, or name another with PYTHON=python3.12" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

demo: setup  ## The main job on a sample shop: import, campaign, approval, print files, a scanned code
	$(BIN)/postillion demo

up: setup  ## Prefect server and UI, worker, API and desk; Ctrl-C stops them in the right order
	$(BIN)/postillion up

test: setup  ## All tests, on SQLite and on a PostgreSQL that they start themselves
	$(BIN)/python -m pytest

chaos: setup  ## Kill a campaign's processes at random, 300 times (make chaos KILLS=1000): nobody lost, nobody twice
	$(BIN)/python -m tests.flows.chaos $(KILLS)

year: setup  ## A year of all bundled campaigns on a shop with a real order history (where ../shared is), checked day by day; ends with its funnel
	YEAR_PEOPLE=100000 $(BIN)/python -m pytest tests/flows/test_a_year.py -n0 -q -k real

golden: setup  ## Draw the golden pages of the bundled layouts and their contact sheet anew; look at what changed before you commit it
	$(BIN)/python -m tests.letters.golden_pages

check: setup  ## Lint, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup  ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup  ## Benchmarks beside peers, `name value` lines; one area: make bench AREA=letters|import|select|end_to_end|scans|redeem|codes|results
	$(BIN)/python -m benchmarks $(AREA)

load: setup  ## Kills, a slow disk, an import, a full disk while phones scan, `name value` lines; one of them: make load LOAD=faults
	$(BIN)/python -m benchmarks.load $(LOAD)

bench-setup: setup  ## An environment of its own for peers that bring much along (dlt)
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --group bench

lock: setup  ## Resolve requirements.lock anew
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock

clean:  ## Remove what the demo and the tools left (not your data in var/)
	rm -rf var/demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
