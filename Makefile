# make setup | bench [SUITE=quick] | bench-detectors [WITH=mine.py] | bench-faults [RESUME=1] | bench-fuzz | calibrate [SUITE=quick] | test | lint | docs | speed [DEVICE=cuda] | gpu-check | clean
PYTHON ?= python3
SUITE ?= quick
DEVICE ?= cpu
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
COMPILER := $(VENV)/.compiler-ready
# Packages are installed without byte code, and where none is written either every process reads all their sources anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup bench bench-detectors bench-faults bench-fuzz calibrate test lint docs speed gpu-check clean
.DEFAULT_GOAL := setup

setup: $(STAMP) $(COMPILER)

# Without byte code of all packages: Python makes that of the few modules which are imported, at their first import.
# A new pip first: the one that comes with Python takes twice as long for all these packages.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gancheck needs Python 3.11 or newer: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt torch==2.13.0 -e '.[dev,docs]'
	@touch $@

# What the C++ compiler reads first at every graph, made ready; without a compiler steps are traced, which is said.
$(COMPILER): $(STAMP)
	-@$(BIN)/python -m gancheck.training.compiling
	@touch $@

bench: $(STAMP) $(COMPILER)
	$(BIN)/gancheck run $(SUITE)

# Trainings that are recorded already, in runs/detectors, are not run again.
bench-detectors: $(STAMP) $(COMPILER)
	$(BIN)/python -m benchmarks.detectors record
	$(BIN)/python -m benchmarks.detectors judge $(if $(WITH),--with $(WITH) --results runs/detectors-with)

# Kills and broken disks by the hundred, about half an hour on two cores; RESUME=1 goes on with what was broken off.
bench-faults: $(STAMP)
	$(BIN)/python -m benchmarks.faults $(if $(RESUME),--resume)

# Broken and hostile files by the thousand (--cases): each gives a result or one clear line.
bench-fuzz: $(STAMP)
	$(BIN)/python -m benchmarks.fuzz

calibrate: $(STAMP) $(COMPILER)
	$(BIN)/python -m benchmarks.calibration $(SUITE)

# Slow files first (tests/conftest.py); one thread each, as the processes share the cores.
test: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -P tests/forks.py -q

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# The pages as a site, in build/site; nothing is fetched. To read: python -m http.server -d build/site --bind 127.0.0.1
docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

speed: $(STAMP) $(COMPILER)
ifeq ($(DEVICE),cuda)
	$(BIN)/python -m benchmarks.speed.gpu
	$(BIN)/python -m benchmarks.speed.gpu_images
else
	$(BIN)/python -m benchmarks.speed
endif

# On a GPU; with `make speed DEVICE=cuda` under 8 minutes, and nothing is downloaded.
gpu-check: $(STAMP)
	$(BIN)/python -m pytest -q -m gpu tests/test_gpu.py

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
