# `make run` and `make test` do everything on a fresh machine; `make help` lists the rest.

PYTHON   ?= python3
VENV     ?= .venv
HOST     ?= 127.0.0.1
PORT     ?= 8000
QUESTION ?= loss is NaN after epoch 3

BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check
PYTEST  := $(BIN)/python -m pytest
SOURCES := kb engine api
# Touched when an installation has succeeded, so that nothing is installed again without need.
READY   := $(VENV)/ready

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test slow bench lint format types contracts content wheel constraints clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r target what; do \
		printf '%-20s %s\n' "$$target" "$$what"; done

run: $(READY) ## build the graph, answer a question, serve REST on HOST:PORT
	$(BIN)/whyloss kb build
	$(BIN)/whyloss ask "$(QUESTION)"
	$(BIN)/whyloss serve --host "$(HOST)" --port "$(PORT)"

test: $(READY) ## the fast suite
	$(PYTEST) -m "not slow and not bench"

slow: $(READY) ## tests that take seconds or need the network
	$(PYTEST) -m slow

bench: $(READY) ## speed and memory
	$(PYTEST) -m bench

lint: $(READY) ## style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY) ## mend what lint can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY) ## static types
	$(BIN)/mypy --strict $(SOURCES)

contracts: $(READY) ## who may import whom
	$(BIN)/lint-imports --no-logo

content: $(READY) ## citations, ids and schema of the shipped notes
	$(BIN)/whyloss kb lint

wheel: $(READY) ## dist/whyloss-*.whl
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

constraints: $(VENV)/python-is-fit ## resolve constraints.txt anew
	rm -rf $(VENV)/resolve
	$(PYTHON) -m venv $(VENV)/resolve
	$(VENV)/resolve/bin/python -m pip --disable-pip-version-check install --quiet --editable '.[test,dev]'
	{ sed '/^[^#]/,$$d' constraints.txt; \
		$(VENV)/resolve/bin/python -m pip freeze --exclude-editable | LC_ALL=C sort -f; } > $(VENV)/constraints.txt
	mv $(VENV)/constraints.txt constraints.txt
	rm -rf $(VENV)/resolve

clean: ## remove what make made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(SOURCES) tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/python-is-fit:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "whyloss needs Python 3.11 or newer, and '$(PYTHON)' is `$(PYTHON) --version 2>&1`." \
			"Name a newer one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments: its venv or ensurepip module is missing." \
			"Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
		echo "Making $(VENV) with $(PYTHON)"; $(PYTHON) -m venv --clear $(VENV); }
	@touch $@

$(READY): pyproject.toml constraints.txt $(VENV)/python-is-fit
	@echo "Installing into $(VENV)"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[test,dev]'
	@touch $@
