# One command each. Everything runs in $(VENV), which is built on first need from requirements/dev.txt
# and rebuilt when that file, pyproject.toml or the Python version changes.
#
#   make test PYTHON=python3.12              another Python (3.11 or newer)
#   make test ARGS="-k ledger -x"            arguments for pytest
#   make soak ARGS="--kinds registry --seeds 7"     one kind of life, another seed
#   make check VENV=../trialog-venv          another folder for the environment

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 3
ARGS ?=

PYTHON_VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
STAMP := $(VENV)/.installed-$(PYTHON_VERSION)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input

# The tool that writes requirements/: used by `make lock` alone, so it is no part of the environment.
LOCK_VENV := .venv-lock
LOCK := $(LOCK_VENV)/bin/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-config --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test check laws soak month chaos chaos-delivery idle fuzz bench screenshots docs docs-check format format-check \
	lint types lock clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' Makefile

install: $(STAMP) ## build the environment

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "trialog needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --require-hashes --requirement requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## follow a made registry through months, without account or network
	@$(BIN)/trialog demo --keep "$$(mktemp -d)"

# The tests start hundreds of interpreters: none of them is to compile trialog anew.
test: export PYTHONDONTWRITEBYTECODE =
test: $(STAMP) ## run the tests
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: format-check lint types docs-check test ## everything that CI checks

# Ten times as many examples of each law as `make test` tries; TRIALOG_TEST_TIMES says how many times.
laws: export TRIALOG_TEST_TIMES ?= 10
laws: $(STAMP) ## try every law for longer (half an hour)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal tests/properties \
		tests/contract/store/test_outbox_model.py tests/contract/delivery/test_delivery_law.py $(ARGS)

soak: $(STAMP) ## follow large simulated registries for months (an hour or so)
	$(BIN)/python -m tests.soak $(ARGS)

month: $(STAMP) ## follow a registry for a month with three daemons (some minutes)
	$(BIN)/python -m tests.month $(ARGS)

chaos: $(STAMP) ## let 200 misfortunes befall three daemons (half an hour)
	$(BIN)/python -m tests.chaos_daemons $(ARGS)

chaos-delivery: $(STAMP) ## kill processes that deliver at 300 points (some minutes)
	$(BIN)/python -m tests.chaos_delivery $(ARGS)

idle: $(STAMP) ## watch the memory of an idle daemon over 10,000 rounds, its pages looked at (half an hour)
	$(BIN)/python -m tests.idle $(ARGS)

fuzz: $(STAMP) ## ask the API whatever its OpenAPI allows, and more (some minutes)
	$(BIN)/python -m tests.schema_fuzzing $(ARGS)

bench: $(STAMP) ## measure, and print every ratio
	$(BIN)/python -m benchmarks

screenshots: $(STAMP) ## take a picture of each page, by an installed Chromium, for docs/pages
	$(BIN)/python -m tests.screenshots

docs: $(STAMP) ## write the generated pages of docs/
	$(BIN)/python -m tracker.docs

docs-check: $(STAMP) ## are the generated pages of docs/ up to date?
	$(BIN)/python -m tracker.docs --check

format: $(STAMP) ## format the code, and mend what the linter can mend
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

format-check: $(STAMP)
	$(BIN)/ruff format --check .

lint: $(STAMP) ## run the linter
	$(BIN)/ruff check .

types: $(STAMP) ## check the types
	$(BIN)/mypy

lock: ## pin the newest releases in requirements/
	$(PYTHON) -m venv --clear $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip --quiet --disable-pip-version-check install uv
	$(LOCK) --extra dev --output-file requirements/dev.txt
	$(LOCK) --constraints requirements/dev.txt --output-file requirements/runtime.txt
	rm -rf $(LOCK_VENV)

clean: ## remove what the tools made
	rm -rf $(VENV) $(LOCK_VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
