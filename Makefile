# Lärportalen: run it, test it, check it. `make help` lists what can be done.

PYTHON ?= python3
PORT ?= 8000
DATA ?= var/dev
DEMO ?= term
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
REQUIREMENTS := requirements-dev.txt
# The first draws no windows that nobody sees, and saves the browser suite a third of its time.
BROWSERS := chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable
CHROMIUM := $(firstword $(foreach name,$(BROWSERS),$(shell command -v $(name) 2>/dev/null)))
PYTEST_OPTIONS ?=

# Every process of a run would compile all tests and the portal anew: kept, it is done once.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-long check demo lock

help: ## Say what can be done
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: $(READY) ## Run the portal with a demonstration term, for development (PORT=8000 DATA=var/dev DEMO=term|none)
	@exec $(BIN)/lararportal dev --leashed --port '$(PORT)' --data '$(DATA)' --demo '$(DEMO)'

test: $(READY) ## Run every test (the browser suite where a Chromium is found)
ifdef CHROMIUM
	@echo "Running every test, the browser suite with $(CHROMIUM)."
	@$(BIN)/pytest -n 2 --dist worksteal $(PYTEST_OPTIONS)
else
	@echo "Running every test but for the browser suite."
	@$(BIN)/pytest -n 2 --dist worksteal -m "not browser and not long" $(PYTEST_OPTIONS)
	@echo "The browser suite was left out because no Chromium was found (Debian: apt-get install chromium)."
endif

test-long: $(READY) ## Run what takes too long for every time: storms, and properties with a hundred times the examples
	@echo "Running what takes long, for about half an hour."
	@$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile long -m "long or hypothesis" $(PYTEST_OPTIONS)

check: $(READY) ## Check style, types and house rules
	@echo "Checking the style (ruff)."
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@echo "Checking the types (mypy)."
	@$(BIN)/mypy
	@echo "Checking the house rules."
	@$(BIN)/pytest -q tests/test_house_rules.py

demo: $(READY) ## Run a demonstration term without a browser and show what happened
	@exec $(BIN)/lararportal demo

lock: $(READY) ## Lock the newest dependencies with hashes
	@command -v uv >/dev/null || test -x $(BIN)/uv || { echo "Installing uv, which locks."; $(BIN)/pip install --quiet uv; }
	@echo "Locking requirements-dev.txt and requirements.txt."
	@PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --quiet --upgrade --generate-hashes --no-header --universal \
		--python-version 3.11 --extra dev --extra kernel pyproject.toml --output-file requirements-dev.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --quiet --upgrade --generate-hashes --no-header --universal \
		--python-version 3.11 --constraint requirements-dev.txt pyproject.toml --output-file requirements.txt

# Done once for each change of what it depends on.
$(READY): $(REQUIREMENTS) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed, and $(PYTHON) is not: apt-get install python3, or name one with PYTHON=..."; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make virtual environments: as root, apt-get install python3-venv, then try again."; \
		exit 1; }
	@echo "Making the virtual environment in $(VENV)."
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies (once; it may take some minutes)."
	@$(BIN)/python -m pip install --progress-bar off --disable-pip-version-check --require-hashes -r $(REQUIREMENTS)
	@echo "Installing the portal itself."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
