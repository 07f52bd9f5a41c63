# Needs only make, Python 3.11 or newer, and Debian or Ubuntu; everything else is set up on first use.
#
#   make run                  start everything on this machine and print the address and a QR code
#   make run PORT=9000        on another port (PORT+1 and PORT+2 are used as well)
#   make run HTTPS=1          with a local certificate, for the camera and key store of real phones
#   make run PUBLIC_URL=…     the address that goes into QR codes; fixed in ./data at first start
#   make demo                 the whole flow once, by itself
#   make test                 all tests, browser tests included
#   make lint                 ruff, mypy, import contracts
#   make bench                measure; writes ./bench.json
#   make lighthouse           Lighthouse on the main pages, by npx; wants a machine at rest
#   make pictures             the main states as pictures into docs/pictures; FOLDER=… every page, to look at
#   make corpus               seal the PDFs of this machine's packages; DOWNLOAD=1, LIMIT=200, FOLDER=…
#   make fuzz SECONDS=300     mutated files against the inspector, SEED=… from another start

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo test lint bench lighthouse pictures fuzz corpus

help:
	@sed -n 's/^#   //p' Makefile

setup:
	@bash .ci/setup run

setup-dev:
	@bash .ci/setup dev

run demo: export EZHANG_PROFILE = development

run: setup
	@.venv/bin/ezhang run

demo: setup
	@.venv/bin/ezhang demo

# Two at a time, dealt out as tests/conftest.py says.
test: setup-dev
	@.venv/bin/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder tests

bench: setup-dev
	@.venv/bin/python -m tests.bench

lighthouse: setup-dev
	@.venv/bin/python -m tests.bench.lighthouse

pictures: setup-dev
	@.venv/bin/python -m tests.browser.pictures $(FOLDER)

corpus: setup-dev
	@.venv/bin/python -m tests.corpus $(if $(DOWNLOAD),--download) $(if $(LIMIT),--limit $(LIMIT)) $(if $(FOLDER),--folder $(FOLDER))

fuzz: setup-dev
	@.venv/bin/python -m tests.fuzzing $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

lint: setup-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
