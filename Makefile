# `make help` lists what can be done. Each target does its own set-up.
PY := .venv/bin/python
UV := .venv/bin/uv
STAMP := .venv/.ready

.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMP) ## install what is locked, build the front-end assets and the catalogues

.venv/bin/uv: requirements/uv.txt
	@echo '正在准备 Python 环境 · preparing Python'
	@$${PYTHON:-python3} -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt

$(STAMP): .venv/bin/uv requirements/lock.txt package-lock.json pyproject.toml tools/assets.py $(wildcard huiyin/platform/static/web/*/*) $(wildcard huiyin/locale/*/LC_MESSAGES/*.po)
	@echo '正在安装依赖 · installing what is locked'
	@$(UV) pip sync --quiet --require-hashes --python $(PY) requirements/lock.txt
	@$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	@echo '正在构建页面资源 · building the front end'
	@npm ci --silent --no-audit --no-fund
	@$(PY) tools/assets.py > /dev/null
	@$(PY) tools/messages.py compile > /dev/null
	@touch $(STAMP)

demo: $(STAMP) ## start everything with an invented county
	@exec .venv/bin/huiyin demo

test: $(STAMP) ## run every test but the faults, two workers
	@$(PY) tools/machine.py
	@$(PY) -m pytest -n 2 --dist loadgroup -m "not slow"

test-faults: $(STAMP) ## kill processes and fill disks under load: minutes, wants the machine for itself
	@$(PY) tools/machine.py
	@$(PY) -m pytest tests/faults

test-embedded: $(STAMP) ## the rooms' tests once more on the PostgreSQL from PyPI
	@HUIYIN_PG=embedded $(PY) -m pytest -n 2 --dist loadgroup huiyin/org huiyin/needs huiyin/notify huiyin/platform/tests

lint: $(STAMP) ## style, sizes, messages, migrations
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@$(PY) tools/sizes.py
	@$(PY) tools/messages.py check

types: $(STAMP) ## mypy strict
	@.venv/bin/mypy

contracts: $(STAMP) ## who may call whom
	@.venv/bin/lint-imports

check: lint types contracts ## what each commit must pass: lint, types, contracts, tests of the rooms changed
	@$(PY) -m pytest -n 2 --dist loadgroup -m "not browser and not slow" $$($(PY) tools/check.py)

lock: .venv/bin/uv ## renew the lock from pyproject.toml
	@$(UV) pip compile --quiet pyproject.toml --extra embedded --group dev --universal --python-version 3.11 --generate-hashes --no-header --output-file requirements/lock.txt --upgrade

wheel: $(STAMP) ## build the wheel with the assets inside
	@$(PY) -m hatchling build -t wheel

.PHONY: help setup demo test test-faults test-embedded lint types contracts check lock wheel
