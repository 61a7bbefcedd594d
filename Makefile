# Two commands matter: `make demo` and `make test`. Both set up what they need, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.ready-run
DEV_STAMP := $(VENV)/.ready-dev
NODE_STAMP := tests/stories/node_modules/.ready
BENCH_STAMP := tests/bench/node_modules/.ready
# Of 400 MB, which describe every edition of GitHub twice, one file of 13 MB is read.
OPENAPI := tests/stories/node_modules/@octokit/openapi/generated
# Works without ensurepip (Debian's python3-venv): the system's pip fills the environment.
PIP = $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check --no-input

.PHONY: demo semantic test torture bench eval eval-live check format golden lock setup setup-dev clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    replay this repository's history as pull requests, bot and stand-in GitHub on loopback"
	@echo "make test    run the tests"
	@echo "make torture people, deliveries and GitHub at their worst, 10,000 steps, then 20 kills (EMPTYCHAIR_TORTURE_SEED repeats a run)"
	@echo "make bench   measure the bot beside others, and the pages, 15 to 25 minutes; ARGS=\"--help\" tells of shorter ones"
	@echo "make eval    drafts under attack, offline; make eval-live asks the model of your settings"
	@echo "make check   format, lint, types, import contracts, tests, migrations, checklists (what CI runs)"
	@echo "make golden  rewrite the golden texts after a wording change; read the diff"
	@echo "make lock    refresh the lock files"

demo: $(RUN_STAMP)
	@$(BIN)/emptychair demo $(ARGS)

test: $(DEV_STAMP) $(NODE_STAMP)
	$(BIN)/python -m pytest $(ARGS)

torture: $(DEV_STAMP)
	EMPTYCHAIR_TORTURE=full $(BIN)/python -m pytest -q -s --show-capture=no tests/torture tests/hardship -k "ten_thousand or twenty_kills" $(ARGS)

bench: $(DEV_STAMP) $(BENCH_STAMP)
	@$(BIN)/python -m tests.bench $(ARGS)
	@$(BIN)/python -m tests.bench.slack
	@$(BIN)/python -m tests.bench.pages
	@$(BIN)/python -m tests.bench.voice

eval: $(DEV_STAMP)
	@$(BIN)/python -m tests.drafts.evaluate $(ARGS)

eval-live: $(DEV_STAMP)
	@$(BIN)/python -m tests.drafts.evaluate --live $(ARGS)

check: $(DEV_STAMP) $(NODE_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest $(ARGS)
	$(BIN)/emptychair validate

format: $(DEV_STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: $(DEV_STAMP)
	EMPTYCHAIR_GOLDEN=write $(BIN)/python -m pytest -q tests/views tests/cli

semantic: $(RUN_STAMP)
	@$(PIP) install -q --progress-bar on --require-hashes --only-binary :all: -r requirements-semantic.lock
	@echo "Customers' voice is found by what it means, too. Restart the bot."

setup: $(RUN_STAMP)
setup-dev: $(DEV_STAMP) $(NODE_STAMP)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Empty Chair needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@echo "[1/3] creating $(VENV)"
	@$(PYTHON) -m venv --without-pip $(VENV)

$(RUN_STAMP): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "[2/3] installing pinned packages (once; about half a minute)"
	@$(PIP) install -q --progress-bar on --require-hashes --only-binary :all: -r requirements.lock
	@echo "[3/3] installing emptychair"
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(RUN_STAMP)
	@echo "[dev] installing pinned test tools (once; about half a minute)"
	@$(PIP) install -q --progress-bar on --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

$(NODE_STAMP): tests/stories/package-lock.json | $(DEV_STAMP)
	@echo "[dev] installing a third-party GitHub emulator, and GitHub's examples and description (once)"
	@cd tests/stories && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund --ignore-scripts
	@find $(OPENAPI) -name '*.json' ! -name api.github.com.json -delete
	@touch $@

$(BENCH_STAMP): tests/bench/package-lock.json | $(DEV_STAMP)
	@echo "[dev] installing the peer that the bench measures beside us (once)"
	@cd tests/bench && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" pyproject.toml --group build -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" pyproject.toml --group build --group dev -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" pyproject.toml --extra semantic -o requirements-semantic.lock

clean:
	rm -rf $(VENV) tests/stories/node_modules tests/bench/node_modules var .pytest_cache .mypy_cache .ruff_cache
