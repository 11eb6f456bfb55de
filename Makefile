# One folder, .venv, holds all that is installed; everything else here runs in it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := demo
DB     := $(DEMO)/papergraph.db
PG     := $(BIN)/papergraph --db $(DB)
AXE    := tests/axe
QUIET  := --no-audit --no-fund --ignore-scripts --fetch-retries=0

.PHONY: demo test lint bench clean lock neo4j

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"papergraph needs Python 3.11 or newer, this is {v.major}.{v.minor}; say which to use: make PYTHON=python3.12 ...")'
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(VENV)/ready
	@sh data/demo.sh "$(BIN)/papergraph" $(DEMO)

# axe-core, which looks for barriers in the page, is from npm; where that or a network is missing its tests say so and are skipped
test: $(VENV)/ready
	@if command -v npm >/dev/null && [ ! -f $(AXE)/node_modules/axe-core/axe.min.js ]; then npm ci --prefix $(AXE) $(QUIET) >/dev/null 2>&1 || true; fi
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/ready
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

# a Neo4j server on this machine without Docker, until Ctrl-C: needs Java 17 and Maven
neo4j:
	@$(PYTHON) server/run.py

bench: $(VENV)/ready
	$(BIN)/python bench/bench.py
	$(BIN)/python bench/scale.py

# the pinned versions with their hashes, without addresses
lock: $(VENV)/ready
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --extra dev --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate --no-header -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) $(DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache src/*.egg-info $(AXE)/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
