# `make` alone lists what can be made. Python 3.11 or newer is all that is needed; `make lock` also wants uv.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

RUN := .venv-run
TEST := .venv-test

# The first Python that runs here and is new enough; `make PYTHON=/path/to/python demo` overrules it.
PYTHON = $(or $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; \
	done),$(error No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3.11 $@))

PYTEST := $(TEST)/bin/python -m pytest --numprocesses 2 --dist loadscope
PIP := -m pip --disable-pip-version-check --no-input -qq
BABEL := $(TEST)/bin/pybabel --quiet
LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml --group install

.PHONY: help demo test lint bench coverage catalogues lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-12s%s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(RUN)/installed ## run the whole thing here with made-up people, until Ctrl-C
	@exec $(RUN)/bin/screening demo

test: lint ## check and test everything, browser included
	@$(TEST)/bin/python tests/browser/chromium.py
	$(PYTEST)

lint: $(TEST)/installed ## check style, types and import directions
	$(TEST)/bin/ruff check --quiet --output-format concise
	$(TEST)/bin/mypy --no-error-summary
	$(TEST)/bin/lint-imports --no-logo

coverage: $(TEST)/installed ## show what the tests leave out; the core may leave out nothing
	@$(TEST)/bin/python tests/browser/chromium.py
	$(PYTEST) --quiet --cov --cov-report term
	$(TEST)/bin/coverage report --fail-under 100 --include 'screening/definition/*,screening/assessment/*,screening/proof/*'

# `make bench PEERS=/folder` takes the specification and responses to assess from there instead of making its own.
bench: $(TEST)/installed ## measure the figures of the README
	SCREENING_PEERS='$(abspath $(PEERS))' $(TEST)/bin/python -m benchmarks

catalogues: $(TEST)/installed ## take new words of the pages into the catalogues, and compile what is filled in
	@mkdir -p build
	$(BABEL) extract --mapping babel.cfg --keywords AnswerError --add-location file --no-wrap --output build/messages.pot .
	$(BABEL) update --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		--input-file build/messages.pot --output-dir screening/web/locale
	$(BABEL) compile --directory screening/web/locale

lock: ## pin the newest releases that fit pyproject.toml
	$(LOCK) --upgrade --output-file requirements/run.txt
	$(LOCK) --upgrade --extra test --extra readability --constraint requirements/run.txt --output-file requirements/test.txt

clean: ## remove the environments and whatever tools leave behind
	rm -rf $(RUN) $(TEST) build dist .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name .git -prune -o -name '.venv*' -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment is done when its `installed` file is newer than what it was made from; until then, making it again goes on.
$(RUN)/installed: requirements/run.txt pyproject.toml
$(TEST)/installed: requirements/test.txt pyproject.toml
%/installed:
	@echo "Installing $< into $(@D) (once; a minute or two)"
	@$(@D)/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python $(PIP) install --require-hashes --requirement $<
	@$(@D)/bin/python $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
