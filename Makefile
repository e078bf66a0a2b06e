# `make run` and `make test` work from a fresh clone with python3 (3.8 or newer) and make.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test soak lint format screenshots clean FORCE

PORT ?= 8000
PYTEST_WORKERS ?= logical
export PORT
# Compiling every module at every start would take longer than most of the tests.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PYTHON_FILES := manage.py crm companies contacts calls tests

# Checks run as in production and know nothing of the developer's own settings.
CHECK_ENV := env -i PATH="$$PATH" HOME="$$HOME" ENV_FILE=/dev/null DEBUG=0 \
	SECRET_KEY=only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG \
	ENCRYPTION_KEYS=b25seS1mb3ItY2hlY2tzLTAxMjM0NTY3ODktYWJjZGU= \
	ALLOWED_HOSTS=crm.example.com DATABASE_URL=sqlite://:memory:

# One line for a stage that passes, all its words for one that does not.
define stage
@if said=$$($(2) 2>&1); then printf '%-11s ok\n' '$(1)'; \
else printf '%-11s FAILED\n%s\n' '$(1)' "$$said"; exit 1; fi
endef

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.synced .env ## Install everything and write a .env where there is none

run: setup ## Serve on http://localhost:8000 (PORT=…), with demo data in an empty database
	@$(BIN)/python manage.py run_local

test: lint ## All checks, then the tests on SQLite and PostgreSQL
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --maxprocesses 4 --dist worksteal $(ARGS)

soak: .venv/.synced ## The same tests with the long counts (hours of them: by hand)
	@$(BIN)/python -m pytest --soak -n $(PYTEST_WORKERS) --maxprocesses 4 --dist worksteal $(ARGS)

CHECKS := $(addprefix check-,format lint types imports templates migrations deploy)
.PHONY: $(CHECKS)

lint: .venv/.synced ## Format, lint, types, import order, templates, migrations, deployment
	@$(MAKE) --no-print-directory -j2 -k $(CHECKS)

check-format:
	$(call stage,format,$(BIN)/ruff format --check .)
check-lint:
	$(call stage,lint,$(BIN)/ruff check .)
check-types:
	$(call stage,types,$(CHECK_ENV) $(BIN)/python -m mypy $(PYTHON_FILES))
check-imports:
	$(call stage,imports,$(BIN)/lint-imports)
check-templates:
	$(call stage,templates,$(BIN)/djlint templates --lint --quiet)
check-migrations:
	$(call stage,migrations,$(CHECK_ENV) $(BIN)/python manage.py makemigrations --check --dry-run)
check-deploy:
	$(call stage,deploy,$(CHECK_ENV) $(BIN)/python manage.py check --deploy --fail-level INFO)

format: .venv/.synced ## Put the Python files into the house's format
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

screenshots: .venv/.synced ## Take the README's screenshots of this build
	@$(BIN)/python -m tests.browser.screenshots

clean: ## Remove what make made, but neither .env nor the database
	@rm -rf .venv .tools staticfiles test-results .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache

# Not only older than what it is made from: a virtual environment can be moved or lose its interpreter.
HEALTHY := $(shell test "$$(cat .venv/.synced 2>/dev/null)" = "$$(pwd -P)" && \
	$(BIN)/python -c 'import django' 2>/dev/null && .tools/bin/uv --version >/dev/null 2>&1 && echo yes)
.venv/.synced: pyproject.toml uv.lock .python-version .ci/environment $(if $(HEALTHY),,FORCE)
	@.ci/environment

# The environment wins over it, and an existing one is never touched.
.env:
	@umask 077 && { echo DEBUG=1; printf SECRET_KEY=; od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; \
	echo; printf ENCRYPTION_KEYS=; python3 -c \
	'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'; } >$@
