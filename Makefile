# The same few lines for a person and for CI. Everything runs in .venv, which the first target makes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check -c requirements.lock
STAMP := $(VENV)/.installed
ROWS ?= 1M

.DEFAULT_GOAL := help
.PHONY: help demo test lint format texts bench text-report docs semantics trust clinical-sources external lock clean

help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## fill a sample hospital in an embedded PostgreSQL (ROWS=1M)
	$(BIN)/seeder demo --rows $(ROWS)

test: $(STAMP) ## all tests, with coverage
	$(BIN)/python -m pytest --cov --cov-report=term

lint: $(STAMP) ## style, types and the rules about who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

texts: $(STAMP) ## compile the English grammar: after a change of its files, or of what they rest on
	$(BIN)/python -m seeder.text.compile

bench: $(STAMP) ## every benchmark; figures go to build/bench.json
	$(BIN)/python -m tests.benchmarks

text-report: $(STAMP) $(VENV)/.report ## texts beside real notes, and read again beside their rows; build/text.json
	$(BIN)/python -m tests.text_report

docs: $(STAMP) $(VENV)/.docs ## build the documentation into site/
	$(BIN)/mkdocs build --strict

semantics: $(STAMP) ## how well the catalogue of meanings reads the labelled schemas
	$(BIN)/python -m tests.semantics.score

trust: $(STAMP) ## fit how far a reading is trusted to what was read of schemas at first sight
	$(BIN)/python -m tests.semantics.calibrate --write

clinical-sources: $(STAMP) ## how much of the clinical knowledge has a source, and how much is estimated
	$(BIN)/python -m seeder.clinical.sources

external: $(STAMP) ## public figures beside ours: ages, visits, stays, diagnoses of the hospital and of OMOP
	$(BIN)/python -m tests.external

lock: $(STAMP) ## write the versions of .venv, with all extras, to requirements.lock
	$(INSTALL) -e '.[dev,docs,report,text]'
	{ sed -n '/^#/p' requirements.lock; $(BIN)/python -m pip freeze --exclude-editable | LC_ALL=C sort -f; } > requirements.lock.new
	mv requirements.lock.new requirements.lock

clean: ## remove the environment and what was built
	rm -rf $(VENV) build dist site .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache

# Installs again when the dependencies change; otherwise a stat of two files.
$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "seeder needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo missing)."; \
	  echo "Name another one: make PYTHON=python3.13 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(INSTALL) -e '.[dev]'
	@touch $@

$(VENV)/.report: $(STAMP)
	$(INSTALL) -e '.[report,text]'
	@touch $@

$(VENV)/.docs: $(STAMP)
	$(INSTALL) -e '.[docs]'
	@touch $@
