# Relative paths, and tools run as modules: console scripts do not work in a path with spaces.
PY := .venv/bin/python
# Python compiles its modules once, not in each process that a test starts.
unexport PYTHONDONTWRITEBYTECODE
SIDE_BY_SIDE := --numprocesses 2 --max-worker-restart 0 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test test-wide test-long test-faults lint bench sample screenshots pins plotly clean runtime dev

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: runtime ## Serve http://127.0.0.1:8050 (PORT and HOST override)
	@exec $(PY) -m dashboard

test: lint ## Check style, types and claims; ARGS="-k mixture" goes to pytest
	@$(PY) -m scripts.chromium
	@$(PY) -m scripts.axe
	@$(PY) -m pytest $(SIDE_BY_SIDE) $(ARGS)

test-wide: dev ## Run the tests marked wide: more members of what `make test` tries, and dear ones
	@$(PY) -m scripts.chromium
	@$(PY) -m scripts.axe
	@$(PY) -m pytest $(SIDE_BY_SIDE) -m "wide and not long" $(ARGS)

test-long: dev ## Run the tests marked long
	@$(PY) -m scripts.chromium
	@$(PY) -m pytest -m long $(ARGS)

test-faults: dev ## Run the tests of faults ten times each, those of bad inputs once, and print tables
	@$(PY) -m scripts.chromium
	@$(PY) -m pytest -m "(faults or bad_input) and not long" --times 10 --numprocesses 2 --max-worker-restart 0 --dist loadfile $(ARGS)

lint: dev ## Check style, types and import direction
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-logo

bench: dev ## Print the tables of timings
	@$(PY) -m scripts.chromium
	@$(PY) -m benchmarks $(ARGS)

sample: dev ## Make the sample study anew
	@$(PY) data/make_sample.py

screenshots: dev ## Renew the README's pictures
	@$(PY) -m scripts.chromium
	@$(PY) -m scripts.screenshots

pins: ## Pin the dependencies of pyproject.toml with uv; ARGS=--upgrade takes the newest
	@sh scripts/pin $(ARGS)

plotly: ## Build the page's Plotly from the versions of scripts/plotly; needs Node
	@cd scripts/plotly && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && node build.js

clean: ## Remove everything that make and the tools created
	rm -rf .venv scripts/plotly/node_modules .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime:
	@sh scripts/setup requirements.txt

dev:
	@sh scripts/setup requirements-dev.txt
