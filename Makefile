# The front door. `make` alone lists the targets; everything is installed into .venv from the hashed lock.
#
#   make test PYTHON=python3.13      another interpreter (3.11 to 3.13); .venv is made anew for it
#   make test T='-k receipt -x'      hand arguments to pytest
#   make bench B='--size 1000x1000'   measure only this; see --help
#   make bench B='--size growth'      every operation among a million stock items
#   make demo HOST=0.0.0.0 PORT=80   serve somewhere else

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
OUTWORK_DATA ?= $(CURDIR)/data
T ?=
B ?=
WORKERS ?= logical

VENV := .venv
BIN := $(VENV)/bin
# One stamp per interpreter and lock, so that a changed PYTHON or lock makes the environment anew.
PYTHON_ID := $(shell $(PYTHON) -c 'import sys; print("%s-%d.%d.%d" % ((sys.base_prefix.replace("/", "_"),) + sys.version_info[:3]))' 2>/dev/null)
MADE := $(VENV)/.made-with$(PYTHON_ID)
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest -n $(WORKERS)
# What needs no database is run once only.
WITHOUT_DATABASE := tests/house tests/rules
ON_SQLITE := env -u DATABASE_URL
ON_POSTGRESQL := $(BIN)/python tests/postgres.py

.DEFAULT_GOAL := help
.PHONY: help demo test test-sqlite test-postgresql soak check format bench lock clean venv chromium

help: ## Print what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

demo: $(RUNTIME) ## Fill the demo company if there is none yet and serve it at http://127.0.0.1:8000
	@exec env HOST='$(HOST)' PORT='$(PORT)' OUTWORK_DATA='$(OUTWORK_DATA)' $(BIN)/outwork demo

test: test-sqlite test-postgresql ## Run all tests on SQLite, then on PostgreSQL

test-sqlite: $(DEV) chromium ## Run the tests on SQLite only
	$(ON_SQLITE) $(PYTEST) $(T)

test-postgresql: $(DEV) chromium ## Run the tests on PostgreSQL only (DATABASE_URL, or a private server)
	$(ON_POSTGRESQL) $(PYTEST) $(WITHOUT_DATABASE:%=--ignore=%) $(T)

soak: $(DEV) ## Run the long tests (marked soak) on both databases
	$(ON_SQLITE) $(PYTEST) -m soak $(T)
	$(ON_POSTGRESQL) $(PYTEST) -m soak $(T)

check: export OUTWORK_DATA = $(abspath $(VENV))/check-data
check: $(DEV) ## Check format, lint, types, layers and migrations (seconds)
	$(BIN)/ruff format --check --output-format concise
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(ON_SQLITE) $(BIN)/python -m django makemigrations --check --dry-run --settings outwork.config.settings

format: $(DEV) ## Put the code into the house format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(DEV) ## Measure the operations at 20, 200 and 1000 lines on both databases
	$(BIN)/python -m benchmarks.run $(B)

lock: ## Resolve the dependencies again and write requirements/*.txt
	PYTHON='$(PYTHON)' sh scripts/lock.sh

clean: ## Remove .venv and everything else that make has made (never the data folder)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv: $(DEV) ## Make .venv with everything a developer needs

chromium: $(DEV)
	@sh scripts/chromium.sh

$(MADE):
	@test -n '$(PYTHON_ID)' || { echo "make: PYTHON=$(PYTHON) does not run" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	    { echo "make: Outwork needs Python 3.11 to 3.13; PYTHON=$(PYTHON) is another" >&2; exit 1; }
	rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { echo "make: on Debian, first: apt-get install -y python3-venv" >&2; exit 1; }
	@touch $@

# The project itself goes in editable and without dependencies: those are the lock's business.
$(RUNTIME): requirements/runtime.txt pyproject.toml $(MADE)
	$(PIP) install --require-hashes -r requirements/runtime.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(RUNTIME)
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
