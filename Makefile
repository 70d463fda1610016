# Needs make and Python 3.11 or newer. Everything else goes into $(VENV), nothing into the system.
#
#   make demo PYTHON=python3.12     another Python
#   make test ARGS='-k tls -x'      more words for pytest
#   make demo CASE=NAME             another bundled case
#   make lab CASE=PATH              the notebooks on an escalation of your own
#   make demo VENV=DIR              another environment than .venv

PYTHON ?= python3
VENV := .venv
CASE := technote
ARGS :=
MB := 1000
ROUNDS := 5
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
.PHONY: help demo lab gallery test browser sshd legacy check format bench bench-logs bench-batch remedies case-studies \
        wheel lock clean

help: ## print the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

demo: $(READY) ## set up, diagnose a bundled escalation and print the findings
	@mkdir -p build
	@$(call diagnose,$(BIN)/pvo-kit,data/escalations/$(CASE),build/demo.txt)
	@$(BIN)/python -m pvo_kit.gallery build --only 00_start_here --case $(CASE) >/dev/null
	@echo
	@echo "The same as a page: build/00_start_here.html. To walk through it: make lab CASE=$(CASE)"

lab: $(READY) ## open the notebooks in JupyterLab on a case, in copies of your own (pvo-notebooks/)
	$(BIN)/pvo-kit lab $(CASE)

gallery: $(READY) ## execute every notebook and write it as a page (build/gallery/)
	rm -rf build/gallery
	$(BIN)/python -m pvo_kit.gallery build/gallery

test: $(READY) ## set up and run all tests
	$(BIN)/python -m pytest -n logical $(ARGS)

# The one target that changes the system.
browser: ## install the browser that the tests of the notebooks drive (Debian, as root)
	@if command -v chromium || command -v chromium-browser; then exit 0; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -q && apt-get install -qy --no-install-recommends chromium fonts-dejavu-core; \
	else echo "Debian and its like: sudo make browser. Elsewhere install Chromium or Chrome, and set"; \
	  echo "PVO_CHROMIUM to the path of its program where no command is named chromium."; exit 1; fi

check: $(READY) ## format, lint, types, and no address in the lock
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@! grep -nE '/|index-url|find-links|file:| @ ' requirements.lock

format: $(READY) ## format, and fix what the linter can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## print how long a start and a collection take
	$(BIN)/python tests/bench_startup.py
	$(BIN)/python tests/bench_collect.py

bench-logs: $(READY) ## print how fast mail logs are read, beside grep; MB=1000 ROUNDS=5
	$(BIN)/python bench/mail_logs.py --megabytes $(MB) --rounds $(ROUNDS)

remedies: $(READY) ## run every remedy on the simulated pair and write docs/remedies.md
	$(BIN)/python tests/remedies_table.py

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

# Debian and its kin; elsewhere OpenSSH's server is there, or comes from the system's own packages.
sshd: ## install OpenSSH's server, which the collector is tested against
	@PATH=$$PATH:/usr/sbin command -v sshd >/dev/null || \
	  { apt-get update -q && apt-get install -qy --no-install-recommends openssh-server openssh-client; }

# The lock has paramiko 5 alone: old appliances need 4, in an environment of its own.
legacy: $(READY) ## run the collector's tests with paramiko 4, for appliances that speak SHA-1 only
	rm -rf build/legacy && mkdir -p build
	awk '/^paramiko==/ { skip = 1; next } /^ / && skip { next } { skip = 0; print }' \
	  requirements.lock > build/legacy.txt
	$(BIN)/uv venv -q --python $(BIN)/python build/legacy
	$(BIN)/uv pip install -q --python build/legacy/bin/python --compile-bytecode \
	  --constraint build/legacy.txt -r pyproject.toml --extra collect \
	  'paramiko>=4,<5' hypothesis pytest pytest-xdist
	build/legacy/bin/python -m pytest -n logical $(ARGS) tests/test_collect_*.py

case-studies: $(READY) ## build docs/case-studies anew from data/
	$(BIN)/python docs/case-studies/build.py

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
