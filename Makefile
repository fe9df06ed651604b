# Everything a person starts. `make help` lists it.
PYTHON ?= python3
VENV_PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format schema keys lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## */\1\t/' | expand -t 10

setup:  ## environment, pinned packages, front end; skipped where done
	@$(PYTHON) -m scripts.setup

run: setup  ## the whole program on this machine until Ctrl-C; CLIP="a.mp4 b.mp4" takes clips in, PORT=8000
	@exec $(VENV_PYTHON) -m scripts.run

test:  ## everything that is tested, one closing line of counts; ONLY="ruff vitest" for some of it
	@$(PYTHON) -m scripts.setup test
	@exec $(VENV_PYTHON) -m scripts.test $(ONLY)

lint:  ## style, import laws and types, without the tests
	@$(PYTHON) -m scripts.setup test
	@exec $(VENV_PYTHON) -m scripts.test ruff format imports types

format:  ## put the Python files into the project's format
	@$(PYTHON) -m scripts.setup test
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

schema:  ## write the API's schema and the front end's types made from it
	@$(PYTHON) -m scripts.setup test
	@$(VENV_PYTHON) -m scripts.schema

keys:  ## write docs/keys.md from the editor's map of keys
	@$(PYTHON) -m scripts.keys

lock:  ## write constraints.txt from what .venv holds
	@$(PYTHON) -m scripts.setup test
	@$(VENV_PYTHON) -m scripts.lock

clean:  ## remove the environment and the front end's build; data under TUBELAB_HOME stays
	rm -rf .venv frontend/node_modules frontend/dist
