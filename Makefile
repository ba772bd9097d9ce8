# One command each, from a bare clone: everything that is missing is set up first, once.
# A machine needs python3 (3.11 or newer) and make; `make test` and `make demo` install
# servers where they may.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH_READY := .cache/bench-venv/.ready
# Tests wait for servers a third of their time: three processes fill two cores.
PYTEST := $(BIN)/python -m pytest -q -n 3 --dist worksteal

# Hundreds of processes start here. Each would compile everything anew where the shell forbids
# Python to keep what it has compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup servers demo test check fix golden bench crash chaos simulate-faults clean

help: ## say what each command does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make the environment; done by the others when needed

$(READY): requirements.lock pyproject.toml .ci/environment
	@.ci/environment $(PYTHON) $(VENV) requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@

$(BENCH_READY): requirements-bench.lock .ci/environment
	@.ci/environment $(PYTHON) .cache/bench-venv requirements-bench.lock
	@touch $@

servers: $(READY) ## install the servers that tests talk to (Debian packages)
	@$(BIN)/python tests/servers/packages.py

# What follows `demo` goes on to the command, as in `make demo -- --provider google`: to make they
# are goals, for which there is nothing to do.
DEMO_WORDS := $(if $(filter demo,$(firstword $(MAKECMDGOALS))),$(wordlist 2,99,$(MAKECMDGOALS)))

demo: $(READY) ## a year with people who do not exist, on this machine (or: make demo -- --provider google)
	@$(if $(filter --provider%,$(DEMO_WORDS)),,$(BIN)/python tests/servers/packages.py dovecot-imapd || true)
	@$(BIN)/tsunagu demo $(DEMO_WORDS)

ifneq ($(DEMO_WORDS),)
.PHONY: $(DEMO_WORDS)
$(DEMO_WORDS):
	@:
endif

test: servers ## the whole suite, with the servers it needs; the engine's also on PostgreSQL
	@$(PYTEST)
	@$(PYTEST) --store postgresql tests/engine

check: $(READY) ## format, lint, types, floors, the tests without servers, the shipped playbooks
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(PYTEST) -m "not services"
	@$(BIN)/tsunagu check playbooks/

fix: $(READY) ## format, and mend what can be mended safely
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

golden: $(READY) ## write the golden files anew, and show what changed
	@$(BIN)/python -m pytest -q --golden -m "not services" tests
	@git --no-pager diff --stat -- tests
	@git --no-pager diff -- tests

bench: servers $(BENCH_READY) ## the figures, each beside its yardstick, in one run
	@$(BIN)/python -m tests.bench

crash: servers ## the long form of the kill -9 test: hundreds of kills; and of meetings, every fault
	@$(BIN)/python -m tests.crash
	@$(BIN)/python -m tests.faults

chaos: servers ## 10,000 mails, 1,000 invitations, and everything falls down (SEED=… to see it again)
	@$(BIN)/python -m tests.chaos $(SEED)

simulate-faults: $(READY) ## years of many people, while everything goes wrong (PEOPLE=… for so many years)
	@$(BIN)/python -m tests.simulator $(if $(PEOPLE),--people $(PEOPLE))
	@$(BIN)/python -m tests.simulator.mutants

clean: ## remove what the commands above made
	@rm -rf $(VENV) .cache build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
