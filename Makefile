# `make` alone lists what can be made. Every target does its own set-up in .venv.
PYTHON ?= python3
BIN := .venv/bin
ANKI := 26.9.3
# Source packages would need a compiler, and minutes.
PIP := $(BIN)/python -m pip --disable-pip-version-check -q install --prefer-binary

# A .venv whose Python is gone, or is not the one that was asked for (make deck PYTHON=python3.13).
ifneq ($(wildcard .venv),)
HAS := $(shell $(BIN)/python -V 2>&1)
WANTS := $(if $(filter file,$(origin PYTHON)),$(HAS),$(shell $(PYTHON) -V 2>&1))
STALE := $(if $(filter-out Python,$(firstword $(HAS) none)),stale,$(if $(filter-out $(HAS),$(WANTS)),stale))
endif

.DEFAULT_GOAL := help
.PHONY: help demo stale bench histories deck push test test-slow test-all check coverage mutate format preview screenshots docs dist check-release clean fuzz audit reliability test-lowest

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deck: .venv/deck ## build the Anki deck of notes/ into build/
	$(BIN)/ankify build

demo: .venv/deck ## build a small deck in English, about learning itself, and show its cards
	$(BIN)/ankify init -q --no-workflow build/demo
	cd build/demo && ../../$(BIN)/ankify build notes -o learning.apkg
	cd build/demo && ../../$(BIN)/ankify preview notes -o cards
	@echo "In Anki: open build/demo/learning.apkg. In a browser: open build/demo/cards/index.html"

push: .venv/deck ## bring notes/ into the Anki that runs (needs its add-on AnkiConnect)
	$(BIN)/ankify push

# Tests start Python some hundred times: it should not compile ankify each time.
test test-slow test-lowest: export PYTHONDONTWRITEBYTECODE :=
# The tests of a file are kept together: what they share, such as a browser, is made once.
PYTEST := pytest -q -n auto --dist worksteal

test: .venv/test ## run the quick tests (a minute or two)
	$(BIN)/$(PYTEST) -m "not slow"

test-slow: .venv/test ## run the slow tests alone
	$(BIN)/$(PYTEST) -m slow

test-all: test test-slow ## run all tests, as CI does

# The tests of what is built on other packages.
LOWEST ?= $(patsubst %,tests/%,anki/test_anki.py commands/test_cli.py media reading rendering) \
  $(patsubst %,tests/test_%.py,damaged hostile systems)
test-lowest: .venv-lowest/test ## run the tests with the lowest versions of all dependencies
	.venv-lowest/bin/$(PYTEST) -m "not slow" $(LOWEST)

reliability: .venv/test ## run all of docs/reliability.md (half an hour)
	GROWTH=all FUZZ=1500 KILLS=50 $(BIN)/pytest -q --timed tests/fuzz \
	  $(patsubst %,tests/test_%.py,crash damaged growth hostile load systems)

FUZZ ?= 20000
fuzz: .venv/fuzz ## fuzz all readers: FUZZ=20000 inputs each, and by atheris where it runs
	FUZZ=$(FUZZ) $(BIN)/pytest -q -n auto tests/fuzz
	for target in lock config package database source formula page words build; do \
	  $(BIN)/python tests/fuzz/atheris_readers.py $$target -runs=$(FUZZ) -max_len=2000 || exit 1; done

audit: .venv/audit ## look up known holes in the dependencies (asks the package index)
	$(BIN)/pip-audit --skip-editable

check: .venv/dev ## format, lint and type checks, and the notes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/ankify check notes --strict

coverage: .venv/dev ## which lines and branches the quick tests reach, at least 95 % of them
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -m "not slow and not interrupts"
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

mutate: .venv/mutate ## how many faults put into questions, formulas and identity go unseen (half an hour)
	$(BIN)/mutmut run
	$(BIN)/mutmut results

format: .venv/dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

preview: .venv/deck ## show the cards of notes/ in a browser
	$(BIN)/ankify preview --serve

screenshots: .venv/test ## photograph cards and preview for the README
	$(BIN)/python tests/screenshots.py

docs: .venv/docs ## build the documentation as a site into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict -q

dist: .venv/dist ## build wheel and sdist into dist/, and check their metadata
	rm -rf dist
	$(BIN)/python -m build -q
	$(BIN)/twine check --strict dist/*

check-release: check dist docs ## say whether this tree can be released
	git diff --quiet HEAD || { echo "there are changes that are not committed"; exit 1; }
	grep "^## $$($(BIN)/ankify --version | cut -d' ' -f2) " CHANGELOG.md | grep -v "not released" || \
	  { echo "CHANGELOG.md does not say when this version was released"; exit 1; }

histories: .venv/test ## what becomes of reviews when notes are edited: ankify and others
	$(BIN)/python tests/bench/histories.py

bench: .venv/test ## measure ankify and other tools on made-up notes (half an hour)
	$(BIN)/python tests/bench/run.py $(BENCH)

clean: ## remove what was built, and the virtual environment
	rm -rf .venv .venv-lowest build dist site mutants .coverage* *.egg-info

.venv/pip: $(STALE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "ankify needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1)." \
	    "With a newer one: make $(or $(MAKECMDGOALS),deck) PYTHON=python3.13"; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) -V), once"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/deck: .venv/pip setup.cfg
	@echo "Installing ankify and what it needs into .venv, once: half a minute"
	@$(PIP) --only-binary :all: -e .
	@touch $@

# aqt is only needed for its web pages; its own requirements are a whole desktop.
.venv/test: .venv/pip setup.cfg
	@echo "Installing ankify and what its tests need into .venv, once: a minute or two"
	@$(PIP) -e '.[test]'
	@$(PIP) --no-deps aqt==$(ANKI)
	touch $@ .venv/deck

.venv/fuzz: .venv/test
	@$(PIP) atheris || echo "atheris does not run here"
	touch $@

.venv/audit: .venv/test
	@$(PIP) pip-audit
	touch $@

.venv-lowest/test: setup.cfg tests/lowest.txt
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/pip install -q -c tests/lowest.txt -e '.[test]'
	.venv-lowest/bin/pip install -q --no-deps aqt==$(ANKI)
	touch $@

.venv/dev: .venv/test
	@$(PIP) -e '.[test,dev]'
	touch $@

.venv/mutate: .venv/test
	@$(PIP) mutmut
	touch $@

.venv/docs: .venv/pip
	@$(PIP) mkdocs-material
	touch $@

.venv/dist: .venv/pip
	@$(PIP) build twine
	touch $@
