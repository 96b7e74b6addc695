# Midpoint. Needs GNU make and Python 3.11; everything else goes into .venv, from the hash-locked requirements.
# Registry settings (PIP_*, UV_*, their configuration files) are the machine's own: this file reads and sets none of them.

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip
INBOX := data_samples/inbox
AS_OF := 2026-06-30
LOCKS := requirements.txt requirements-dev.txt requirements-uv.txt benchmarks/requirements.txt

# The first Python 3.11 on the path; `make PYTHON=/path/to/python3.11` names another.
PYTHON = $(shell for p in python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo "$$p" && break; done)

export GX_ANALYTICS_ENABLED := false
export DAGSTER_DISABLE_TELEMETRY := yes

.DEFAULT_GOAL := install
.PHONY: install audit dashboard test lint docs screenshots chromium lock benchmark clean help
.DELETE_ON_ERROR:

install: $(VENV)/.project  ## build .venv with the `midpoint` command

audit: $(VENV)/.project  ## audit the sample inbox into releases/ (INBOX=folder and AS_OF=date name others)
	$(BIN)/midpoint audit $(INBOX) --out releases --as-of $(AS_OF)

dashboard: $(VENV)/.project  ## serve the dashboards of releases/ on 127.0.0.1 (make audit makes the sample's)
	$(BIN)/midpoint dashboard --releases releases

test: lint chromium  ## every check: lint, types, SQL style, locks, tests (the browser's too)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: $(VENV)/.project $(VENV)/.dev  ## ruff, pyright, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --warnings
	$(BIN)/sqlfluff lint sql --disable-progress-bar

docs: $(VENV)/.project  ## write docs/checks.md, docs/denials.md and docs/reconciliation.md anew from the headers of the SQL
	$(BIN)/midpoint checks docs --save docs/checks.md
	$(BIN)/python -m pipelines.denials.page docs/denials.md
	$(BIN)/python -m pipelines.reconciliation.page docs/reconciliation.md

# The sample's own release, made in a folder that goes again: never anybody else's, which holds patient data.
screenshots: $(VENV)/.project $(VENV)/.dev chromium  ## write docs/screenshots anew: every page from the sample, at two sizes
	@work=$$(mktemp -d) && trap 'rm -rf "$$work"' EXIT && \
	$(BIN)/midpoint audit $(INBOX) --out "$$work/releases" --warehouse "$$work/midpoint.duckdb" --as-of $(AS_OF) && \
	$(BIN)/python -m dashboards.screenshots "$$work/releases" docs/screenshots

chromium:  ## the browser of the dashboards' tests: Debian's chromium, installed where it is missing and may be
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's chromium (once)"; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
		echo "The browser tests need chromium: install it (Debian: apt-get install chromium), or run make chromium as root" >&2; exit 1; \
	fi

benchmark: $(VENV)/.project $(VENV)/.benchmark  ## the reader's speed beside other readers (minutes)
	$(BIN)/python benchmarks/reader.py

lock: $(VENV)/.uv  ## make the locks again from the .in files (UPGRADE=--upgrade takes newer versions)
	for lock in $(LOCKS); do \
		$(UV) compile --python $(BIN)/python --python-version 3.11 --universal --generate-hashes --no-emit-index-url --quiet \
			--custom-compile-command "make lock" $(UPGRADE) --output-file $$lock $${lock%.txt}.in || exit 1; \
	done
	@if grep -n '://' $(LOCKS); then echo "A lock names a host: see the lines above." >&2; exit 1; fi

clean:  ## remove .venv and caches (never releases, warehouses or keys)
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

# Stamps: each says "installed from this file", so a second call installs nothing. Syncing .run removes whatever is not in its lock;
# .dev and .benchmark add to it and, depending on it, are installed again after it.
$(VENV)/.uv: requirements-uv.txt
	@test -n "$(PYTHON)" || { echo "Midpoint needs Python 3.11: install it, or run make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Building $(VENV) (once, about a minute)"
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

$(VENV)/.run: requirements.txt $(VENV)/.uv
	@$(UV) sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.txt
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.run
	@$(UV) install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@echo "Compiling the X12 reader (once, about 20 seconds)"
	@$(BIN)/python -c "import pipelines.x12.reader"
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(UV) install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements-dev.txt
	@touch $@

$(VENV)/.benchmark: benchmarks/requirements.txt $(VENV)/.run
	@$(UV) install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r benchmarks/requirements.txt
	@touch $@
