# Works on a fresh machine: every target makes what it needs. `make demo` shows, `make test` proves.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test test-kubernetes lint bench clean tools

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
STAMP := .venv/.installed
CASE ?= subnet-not-allowed
JUNIT ?= .build/junit.xml
WORKERS ?= 6# most of a run's time is spent waiting for simulated networks
KUBERNETES ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/acr-diagnose/kubernetes
AZ := .build/azure-cli/bin/az
APT := DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0
ENGINES := docker.io docker-registry containerd runc nftables iproute2 openssl \
  chromium fonts-dejavu-core prometheus shellcheck

help:
	@echo "make demo [CASE=...]  a diagnosis in a simulated Azure, nothing leaves this machine"
	@echo "make test             lint, types, import rules and every test"
	@echo "make test-kubernetes  k8s run on a real Kubernetes, which it builds first (root on Debian)"
	@echo "make lint | bench | clean"

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "needs python3 >= 3.10" >&2; exit 1; }
	@if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null && [ -f /etc/debian_version ] \
	  && [ "$$(id -u)" = 0 ]; then $(APT) update && $(APT) install -y python3-venv; fi
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[all,dev]'
	@touch $@

demo: $(STAMP)
	@$(BIN)/acr-diagnose demo $(CASE); code=$$?; echo "exit code $$code"; [ $$code -le 1 ]

# The engine, registry and browser of the end-to-end tests; no system service is ever started.
tools:
	@if [ "$$(id -u)" != 0 ] || [ ! -f /etc/debian_version ]; then \
	  echo "not root on Debian: the end-to-end tests skip unless their programs are here"; \
	elif ! dpkg-query -W -f '$${Status}\n' $(ENGINES) 2>/dev/null \
	    | grep -c '^install ok installed$$' | grep -qx $(words $(ENGINES)); then \
	  policy=/usr/sbin/policy-rc.d; saved=$$policy.acr-diagnose; \
	  if [ -e $$policy ]; then mv $$policy $$saved; fi; \
	  putback() { if [ -e $$saved ]; then mv -f $$saved $$policy; else rm -f $$policy; fi; }; \
	  trap putback EXIT; \
	  printf '#!/bin/sh\nexit 101\n' > $$policy; chmod +x $$policy; \
	  $(APT) update && $(APT) install -y --no-install-recommends $(ENGINES); \
	fi

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The real az, in its own environment: the fixes are pasted into it (tests/e2e/test_fixes.py).
$(AZ): $(STAMP)
	@if [ "$$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then \
	  $(PYTHON) -m venv .build/azure-cli && \
	  .build/azure-cli/bin/python -m pip install -qq --disable-pip-version-check azure-cli==2.91.0 \
	  || { rm -rf .build/azure-cli; echo "azure-cli cannot be installed: its tests skip"; }; fi

test: tools $(AZ) lint
	@mkdir -p $(dir $(JUNIT))
	$(BIN)/pytest -n $(WORKERS) --junit-xml=$(JUNIT)

# Not part of `make test`: about a quarter of an hour the first time, half of it compiling.
test-kubernetes: tools $(STAMP)
	tests/cluster/build.sh $(KUBERNETES)
	ACR_DIAGNOSE_KUBERNETES=$(KUBERNETES) $(BIN)/pytest tests/cluster

bench: $(STAMP)
	$(BIN)/pytest tests/bench --benchmark-only --benchmark-columns=min,median,max

clean:
	rm -rf .venv .build build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache \
	  .import_linter_cache .benchmarks .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
