# Needs make and Python 3.11 or newer. Everything else goes into $(VENV), nothing into the system.
#
#   make demo PYTHON=python3.12     another Python
#   make test ARGS='-k tls -x'      more words for pytest
#   make demo CASE=NAME             another bundled case
#   make demo VENV=DIR              another environment than .venv

PYTHON ?= python3
VENV := .venv
CASE := technote
ARGS :=
CASES := 1000
NOTEBOOKS := 20

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
LOCKED := $(VENV)/.locked-$(VERSION)
READY := $(VENV)/.ready-$(VERSION)

# $(call diagnose,PVO-KIT,CASE,OUT): a finding is no error. diagnose ends with 1 where a cause is
# shown and with 3 where something is unknown; but Python ends with 1 too where it breaks, and then
# there is no result.
diagnose = rm -f $(3); $(1) diagnose $(2) --out $(3); case $$? in 0|1|3) cat $(3) ;; *) exit 1 ;; esac

# Without bytecode every start takes a second more, and what else the caller's shell sets for
# Python and pip must not reach the environment.
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH PIP_NO_COMPILE PIP_PREFIX PIP_TARGET
export PIP_USER := 0

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench wheel lock clean

help: ## print the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

demo: $(READY) ## set up, diagnose a bundled escalation and print the findings
	@mkdir -p build
	@$(call diagnose,$(BIN)/pvo-kit,data/escalations/$(CASE),build/demo.txt)

test: $(READY) ## set up and run all tests
	$(BIN)/python -m pytest -n logical $(ARGS)

check: $(READY) ## format, lint, types, and no address in the lock
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@! grep -nE '/|index-url|find-links|file:| @ ' requirements.lock

format: $(READY) ## format, and fix what the linter can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## print how long a start takes
	$(BIN)/python tests/bench_startup.py

# Base dependencies alone, so that an import of anything else shows; the same bytes as in place.
wheel: demo ## build the wheel and diagnose with it in an empty environment, elsewhere
	rm -rf build/empty build/elsewhere dist && mkdir build/elsewhere
	$(PIP) wheel --no-deps --no-build-isolation -w dist .
	$(BIN)/uv venv -q --python $(BIN)/python build/empty
	$(BIN)/uv pip install -q --python build/empty/bin/python --compile-bytecode \
	  --constraint requirements.lock dist/*.whl
	@cd build/elsewhere && PATH=../empty/bin:$$PATH && \
	  case=$$(python -c 'import pvo_kit; print(pvo_kit.example("$(CASE)"))') && \
	  { $(call diagnose,pvo-kit,"$$case",../wheel.txt); } >/dev/null
	cmp build/demo.txt build/wheel.txt

.PHONY: case-studies
case-studies: $(READY) ## build docs/case-studies anew from data/
	$(BIN)/python docs/case-studies/build.py

.PHONY: bench-batch
bench-batch: $(READY) ## print how fast batches are, beside papermill; CASES=1000 NOTEBOOKS=20
	$(BIN)/python bench/batches.py --cases $(CASES) --notebooks $(NOTEBOOKS)

lock: $(READY) ## pin again what pyproject.toml asks for; UPGRADE=1 takes the newest of all
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --all-extras --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	  $(if $(UPGRADE),--upgrade) -o requirements.lock pyproject.toml

clean: ## remove the environment and everything built
	@test ! -e $(VENV) || test -e $(VENV)/pyvenv.cfg || { echo "$(VENV) is no Python environment"; exit 1; }
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find pvo_kit tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Two calls: pip takes no project in place beside hashed requirements.
$(READY): $(LOCKED) pyproject.toml pvo_kit/version.py
	$(PIP) install --compile --no-deps --no-build-isolation -e .
	@touch $@

# An environment that is there already is added to, never emptied: it may hold a person's own things.
$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=..."; exit 1; }
	@test ! -e $(VENV) || $(BIN)/python -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(VERSION)")' || \
	  { echo "$(VENV) is of another Python than $(VERSION): make clean, or make VENV=..."; exit 1; }
	@echo "Setting up $(VENV): a minute or two, once."
	@$(PYTHON) -m venv $(VENV)
	$(PIP) install --compile --require-hashes -r requirements.lock
	@touch $@
