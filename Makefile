# make: the main job. make test: the tests. Both do all the set-up on a fresh machine.
.DEFAULT_GOAL := study
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
READY_TO_TEST := $(VENV)/.ready-to-test
CORES ?= all

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: study test test-slurm torture audit check document words format bench reference verify \
	lock clean help

study: $(READY) ## run the whole study, from download to report (CORES=all CONFIGFILE=...)
	@$(if $(CONFIGFILE),workflow/setup/system-packages data "$(CONFIGFILE)")
	@python workflow/setup/run_study.py --cores $(CORES) \
		$(if $(CONFIGFILE),--configfile "$(CONFIGFILE)")

test: $(READY_TO_TEST) ## pass the tests: Python's, R's and a small study end to end
	@pytest -n 2 --dist loadfile --no-loadscope-reorder

test-slurm: $(READY_TO_TEST) ## the small study on a real Slurm, started on loopback (slurm-wlm, root)
	@workflow/setup/system-packages slurm
	@PYREG_TEST_SLURM=1 pytest -rP tests/test_slurm.py

torture: $(READY_TO_TEST) ## the small study killed at random moments (ROUNDS=5 SEED=1), by hand
	@python tests/torture.py $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED))

# --strict: a package that could not be looked up is a failure, not a pass.
audit: $(READY) ## known vulnerabilities of the locked packages (asks PyPI's service)
	@$(VENV)/bin/uv tool run pip-audit@2.10.1 --strict --disable-pip --require-hashes \
		$(foreach lock,$(wildcard *.lock workflow/setup/*.lock),-r $(lock))

bench: $(READY) ## time everything against the plain tutorial script; GROWTH=1: how costs grow
	@python workflow/bench/$(if $(GROWTH),growth,bench).py

verify: $(READY) ## compare the results here with the committed reference
	@pyreg verify

reference: $(READY) ## write results/reference anew from results/imdb
	@pyreg reference

check: $(READY_TO_TEST) ## formats, lints, types, and R CMD check
	@ruff format --check pyreg tests
	@ruff check pyreg tests
	@snakefmt --check Snakefile workflow/Snakefile workflow/rules
	@snakemake --lint
	@mypy
	@Rscript workflow/setup/lint.R
	@workflow/setup/check-r-package

document: ## write the R package's NAMESPACE and man/ anew from its comments (needs r-cran-roxygen2)
	@Rscript -e 'roxygen2::roxygenise("R")'

WORDS := wording/locale
words: $(READY_TO_TEST) ## gather the texts that readers see, and compile their translations
	@cd pyreg && pybabel -q extract -F wording/babel.ini -k _ -k N_ -k counted:1,2 \
		--no-location --sort-output --omit-header -o $(WORDS)/pyreg.pot .
	@cd pyreg && pybabel -q update -D pyreg -i $(WORDS)/pyreg.pot -d $(WORDS) --width 100 \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@cd pyreg && pybabel -q compile -D pyreg -d $(WORDS) && rm $(WORDS)/pyreg.pot

format: $(READY_TO_TEST) ## format Python and Snakemake files
	@ruff format pyreg tests
	@ruff check --fix pyreg tests
	@snakefmt Snakefile workflow/Snakefile workflow/rules

LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"
lock: $(READY) ## resolve pyproject.toml anew into the locks
	@$(LOCK) pyproject.toml --extra jax -o requirements.lock
	@$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock
	@$(LOCK) workflow/setup/build.in -c requirements.lock -o workflow/setup/build.lock
	@$(LOCK) workflow/setup/uv.in -o workflow/setup/uv.lock
	@$(LOCK) workflow/setup/serve.in -c requirements-dev.lock -o workflow/setup/serve.lock

clean: ## remove the environment and every result that a study made
	@rm -rf $(VENV) .snakemake build *.egg-info .mypy_cache .pytest_cache .ruff_cache
	@find results -mindepth 1 -maxdepth 1 ! -name reference ! -name README.md -exec rm -rf {} +

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# R before Python's packages: rpy2 looks for it when it is installed.
$(READY): requirements.lock pyproject.toml workflow/setup/build.lock
	@workflow/setup/system-packages run
	@workflow/setup/environment $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(READY_TO_TEST): $(READY) requirements-dev.lock
	@workflow/setup/system-packages test
	@workflow/setup/environment $(PYTHON) $(VENV) requirements-dev.lock
	@touch $@
