# Two commands on a bare machine: make demo, make test. What they need is built once and remembered in .stamps/.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
ARGS ?=
CORES := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Dozens of processes start during a test run: each would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check format messages clauses flows lock wheel clean ready ready-dev

demo: ready  ## everything it needs, the demo world, a server with worker at http://127.0.0.1:8000
	@$(BIN)/anju demo $(ARGS)

test: ready-dev  ## all tests, in parallel, on a database that they start themselves
	@$(BIN)/python -m pytest -n $(CORES) --dist worksteal -q $(ARGS)

check: ready-dev  ## style, types, layers, migrations, catalogues, registry addresses
	@$(BIN)/python tools/check.py $(ARGS)

format: ready-dev  ## put the code into its standard form
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .

messages: ready-dev  ## collect the translations into the catalogues and compile them
	@$(BIN)/python tools/messages.py

clauses: ready-dev  ## which clauses are proven by which tests, and which are not yet
	@$(BIN)/python tools/clauses.py $(ARGS)

flows: ready-dev  ## write every process as a diagram into docs/flows.md
	@$(BIN)/python tools/flows.py

lock: ready-dev  ## compile the locked requirements again from pyproject.toml
	@$(BIN)/python tools/lock.py

wheel: ready-dev  ## a wheel with templates, static files, catalogues and fonts: dist/
	@$(BIN)/python -m build --wheel --no-isolation -o dist . >/dev/null && ls dist/*.whl

clean:  ## remove what was built (the environment stays: delete .venv yourself)
	@rm -rf /dev/shm/anju-tests-$$(id -u)-* build dist .stamps node_modules .mypy_cache .ruff_cache .hypothesis src/anju/kit/ui/static/vendor src/anju/kit/ui/fonts

ready: .stamps/venv .stamps/icons
ready-dev: .stamps/dev .stamps/icons

.stamps/venv: requirements/base.txt tools/environment.sh
	@sh tools/environment.sh "$(PYTHON)" base
	@mkdir -p .stamps && touch $@

.stamps/dev: requirements/dev.txt .stamps/venv
	@sh tools/environment.sh "$(PYTHON)" dev
	@mkdir -p .stamps && touch $@

.stamps/static: package-lock.json tools/vendor.py .stamps/venv
	@sh tools/static.sh
	@mkdir -p .stamps && touch $@

# Only the icons that the source names are served: a new one is drawn as soon as a page asks for it.
.stamps/icons: $(shell find src/anju -name '*.py' -o -name '*.html') .stamps/static
	@$(BIN)/python tools/vendor.py --icons
	@mkdir -p .stamps && touch $@
