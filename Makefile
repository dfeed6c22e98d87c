# What a contributor does every day, one word each; `make help` lists it.

PYTHON ?= python3
PIP_ARGS ?=
DATA ?= ../shared/data
ATTENTION ?= none
MINUTES ?= 60
OUT ?= runs/$(ATTENTION)
SAMPLE := resources/sample.tif

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
DISPLAY_SERVER := windows
else
BIN := .venv/bin
DISPLAY_SERVER := $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname)))
endif
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help run check test test-long train clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12
	@echo "Variables: PYTHON, PIP_ARGS; for train: DATA, ATTENTION, MINUTES, OUT."

# The environment: made once, and again when the requirements change.
$(READY): pyproject.toml constraints.txt
	@test -x $(BIN)/python || { echo "making .venv"; $(PYTHON) -m venv .venv; }
	$(BIN)/python -m pip install --quiet $(PIP_ARGS) -c constraints.txt -e ".[dev]"
	@touch $(READY)

ifneq ($(DISPLAY_SERVER),)
run: $(READY) ## open the window on the sample scene
	$(BIN)/python main.py $(SAMPLE)
else
run: $(READY) ## open the window on the sample scene; without a display, compress and check it here
	@echo "There is no display, so the sample scene is compressed on the command line instead of in the window."
	@set -e; folder=$$(mktemp -d); \
	$(BIN)/python -m sargui compress $(SAMPLE) "$$folder/sample.sarz"; \
	$(BIN)/python -m sargui decompress "$$folder/sample.sarz" "$$folder/sample.tif"; \
	$(BIN)/python -m sargui verify "$$folder/sample.sarz" --against $(SAMPLE); \
	echo "The files are in $$folder."
endif

check: $(READY) ## style, types, imports, architecture: seconds
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q tests/test_architecture.py

test: $(READY) ## all tests but the long ones
	$(BIN)/python -m pytest -m "not long" -n auto --dist loadfile

test-long: $(READY) ## the long ones: minutes each
	$(BIN)/python -m pytest -m long

train: $(READY) ## train a checkpoint on the rasters in DATA/train, measured on DATA/val
	$(BIN)/python -m sargui.training --data "$(DATA)/train" --validation "$(DATA)/val" \
	  --attention $(ATTENTION) --minutes $(MINUTES) --out "$(OUT)"

clean: ## remove what was built and cached; .venv and runs stay
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find main.py sargui tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
