# Everything a developer runs. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
ARGS ?=

# uv does not read pip's certificate settings; a machine that has them means them for uv too.
export SSL_CERT_FILE ?= $(PIP_CERT)
ifeq ($(SSL_CERT_FILE),)
unexport SSL_CERT_FILE
endif
export UV_HTTP_TIMEOUT ?= 180
# Compiling spaCy and Beam anew is half the start-up of a run: let Python keep what it compiled in our environment.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.uv:
	$(PYTHON) -c 'import sys; sys.exit("tocsin needs Python 3.11 to 3.13; name one with make PYTHON=…" if not (3, 11) <= sys.version_info < (3, 14) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	touch $@

# The stamp of the user's environment; the developer's below adds tools to the same folder.
$(VENV)/.run: $(VENV)/.uv deploy/requirements.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r deploy/requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run deploy/requirements-dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r deploy/requirements-dev.txt
	touch $@

run: $(VENV)/.run ## Read the sample articles in seeds/, count, write Parquet to output/ (ARGS="…" adds options)
	$(BIN)/tocsin run seeds/articles --output output $(ARGS)

install: $(VENV)/.run ## Only install

test: $(VENV)/.dev ## Run every test that needs nothing but Python
	$(BIN)/python -m pytest -m "not engines and not cloud" -n auto --maxprocesses 4 --dist loadfile $(ARGS)

test-engines: $(VENV)/.dev ## Run the tests on other engines (needs Go, a JDK and Maven)
	$(BIN)/python tests/engines/install.py
	tests/engines/alone.sh $(abspath $(BIN))/python -m pytest -m engines tests/engines $(ARGS)

cloud-test: $(VENV)/.dev ## Run what only the real BigQuery can show (PROJECT=… BUCKET=…)
	PROJECT=$(PROJECT) BUCKET=$(BUCKET) $(BIN)/python -m pytest -m cloud tests/bigquery $(ARGS)

check: $(VENV)/.dev ## Lint, types, import direction, documents, deploy files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python deploy/check.py

crash: $(VENV)/.dev ## Kill sixty runs at random moments (INPUT=news.jsonl.gz) and compare every row
	$(BIN)/python tests/crash/crash.py --input $(INPUT) --kills 60 $(ARGS)

fuzz: $(VENV)/.dev ## Give the feed parser 20,000 mutants of feeds
	$(BIN)/python tests/fuzz/fuzz_feeds.py $(ARGS)

live: $(VENV)/.dev ## Stream twenty changing feeds on loopback for three minutes
	$(BIN)/python tests/live/live.py $(ARGS)

eval: $(VENV)/.dev ## Score the tagger on labelled JSONL files (FILES="…"; default: our sense benchmark)
	$(BIN)/python tests/benchmarks/eval_tagging.py $(or $(FILES),seeds/senses.jsonl) $(ARGS)

image: ## Build the image of deploy/Dockerfile and run the samples in it (BASES=local needs no image registry)
	deploy/image.sh $(ARGS)

notebook: $(VENV)/.dev ## Open the analysts' notebook in a browser (TOCSIN_OUTPUT=… looks at your own output)
	$(BIN)/marimo --log-level warn edit --skip-update-check docs/notebook.py

docs: $(VENV)/.dev ## Write the generated documents
	$(BIN)/tocsin schema > docs/dictionary.md

bench: $(VENV)/.dev ## Time whole runs beside what one would write instead (ARGS="…"); writes build/bench/
	$(BIN)/python tests/benchmarks/bench_run.py $(ARGS)

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.uv ## Renew the locked requirements from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 \
	  --extra report pyproject.toml -o deploy/requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 \
	  --extra report --group dev --group countries -c deploy/requirements.txt pyproject.toml -o deploy/requirements-dev.txt

clean: ## Remove what the other targets made, but for output/
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: notebook cloud-test fuzz docs crash live help run install test test-engines check eval bench image format lock clean
