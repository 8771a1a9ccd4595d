# `make demo` and `make test` need Python 3.11 or newer and this file; all else they install.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: help demo test check bench format clean
.DEFAULT_GOAL := help

help:  ## Say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1|\2/' | column -t -s '|' 2>/dev/null || \
	 grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST)

demo: $(VENV)/installed  ## Replay the bundled episode of June 2025 into out/
	@$(BIN)/monitor demo --out out

test: $(VENV)/installed  ## Run all tests but the slow ones
	@$(BIN)/python -m pytest

check: $(VENV)/installed  ## Format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(VENV)/installed  ## Measure, and print the tables
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script; done

format: $(VENV)/installed  ## Bring the code into the house's form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:  ## Take away what was made and installed
	rm -rf $(VENV) out .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/installed: requirements/dev.txt pyproject.toml
	@echo "installing into $(VENV) (once, about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
