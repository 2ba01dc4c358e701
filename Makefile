# Works on a fresh machine: every target makes what it needs. `make demo` shows, `make test` proves.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test test-kubernetes test-packaging lint soak bench clean tools tools-packaging \
  artefacts sums lock figures audit

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
STAMP := .venv/.installed
CASE ?= subnet-not-allowed
JUNIT ?= .build/junit.xml
MINUTES ?= 45# of the soak
WORKERS ?= 6# most of a run's time is spent waiting for simulated networks
WORKERS_OF_ROOTS ?= 3# where less of it is
KUBERNETES ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/acr-diagnose/kubernetes
AZ := .build/azure-cli/bin/az
DIST ?= .build/dist
BUILD := $(BIN)/python packaging/build
ARTEFACTS := dist pyz deb rpm manifests sbom image# each is a target of its own, in the order in which they are made
.PHONY: $(ARTEFACTS)
AUDIT := .build/pip-audit/bin/pip-audit
ANSIBLE := .build/ansible/bin/ansible-playbook
CLOUD_INIT := .build/cloud-init/done
CLOUD_INITS := $(addprefix python3-, attr certifi chardet configobj idna json-pointer jsonpatch \
  jsonschema jinja2 markupsafe netifaces oauthlib pyrsistent requests six urllib3 yaml) cloud-init
APT := DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0
ENGINES := docker.io docker-registry containerd runc nftables iproute2 openssl \
  chromium fonts-dejavu-core prometheus shellcheck strace libfaketime
# What builds the .rpm, and what reads the packages as strictly as distributions do.
PACKAGERS := rpm rpmlint lintian mandoc man-db zsh fish shellcheck

help:
	@echo "make demo [CASE=...]  a diagnosis in a simulated Azure, nothing leaves this machine"
	@echo "make test             lint, types, import rules and every test"
	@echo "make test-kubernetes  k8s run on a real Kubernetes, which it builds first (root on Debian)"
	@echo "make artefacts        everything that is released, into $(DIST); each alone: make $(ARTEFACTS)"
	@echo "make test-packaging   installs and runs what make artefacts made (root on Debian)"
	@echo "make soak [MINUTES=45]  the agent while its cloud breaks and heals (root on Debian)"
	@echo "make lint | bench | figures | lock | audit | clean"

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
tools: WANTED := $(ENGINES)
tools-packaging: WANTED := $(PACKAGERS)
tools tools-packaging:
	@if [ "$$(id -u)" != 0 ] || [ ! -f /etc/debian_version ]; then \
	  echo "not root on Debian: the end-to-end tests skip unless their programs are here"; \
	elif ! dpkg-query -W -f '$${Status}\n' $(WANTED) 2>/dev/null \
	    | grep -c '^install ok installed$$' | grep -qx $(words $(WANTED)); then \
	  policy=/usr/sbin/policy-rc.d; saved=$$policy.acr-diagnose; \
	  if [ -e $$policy ]; then mv $$policy $$saved; fi; \
	  putback() { if [ -e $$saved ]; then mv -f $$saved $$policy; else rm -f $$policy; fi; }; \
	  trap putback EXIT; \
	  printf '#!/bin/sh\nexit 101\n' > $$policy; chmod +x $$policy; \
	  $(APT) update && $(APT) install -y --no-install-recommends $(WANTED); \
	fi

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy packaging/build packaging/pyz
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

# Not part of `make test`: the agent for as long as MINUTES says, the first six or so of them to warm
# up. The figures of each look and the page with the curve are left in .build/soak.
soak: JUNIT := .build/junit-soak.xml
soak: tools $(STAMP)
	@mkdir -p $(dir $(JUNIT))
	ACR_DIAGNOSE_SOAK=$(MINUTES) $(BIN)/pytest tests/soak --junit-xml=$(JUNIT)

# What is released, in $(DIST): the same bytes from the same commit and the same tools.
dist: $(STAMP)
	$(BUILD)/dist.py $(DIST)

pyz: $(STAMP)
	$(BUILD)/pyz.py $(DIST)

deb: pyz
	$(BUILD)/deb.py $(DIST)

rpm: pyz tools-packaging
	$(BUILD)/rpm.py $(DIST)

# RELEASES is the address that this release's files will have; krew's manifest names it.
manifests: pyz
	RELEASES=$(RELEASES) $(BUILD)/manifests.py $(DIST)

sbom: $(STAMP)
	$(BUILD)/sbom.py $(DIST)

# Above BASE, an archive as docker save writes it; without one, above Debian by debootstrap.
image: pyz sbom
	@mkdir -p .build/image; base="$(BASE)"; \
	if [ -z "$$base" ]; then \
	  root=$$($(BIN)/python -m tests.packaging.bases bookworm) || exit 1; \
	  base=.build/image/base.tar; $(BUILD)/base.py "$$root" $$base || exit 1; \
	fi; \
	$(BUILD)/layer.py $(DIST) && $(BUILD)/image.py "$$base" $(DIST)

sums: $(STAMP)
	$(BUILD)/sums.py $(DIST)

artefacts: $(ARTEFACTS)
	$(BUILD)/sums.py $(DIST)

# Which wheels the artefacts are made of: chosen anew, by python3.10.
lock: $(STAMP)
	$(BUILD)/lock.py

$(AUDIT):
	$(PYTHON) -m venv .build/pip-audit
	.build/pip-audit/bin/python -m pip install -qq --disable-pip-version-check pip-audit==2.10.1

# Whether a weakness is known of a wheel that the artefacts are made of. It asks a service on the
# internet for the advisories, so it is a step of a release and no test.
audit: $(AUDIT)
	$(AUDIT) --require-hashes --disable-pip --strict --progress-spinner off \
	  -r packaging/build/lock.txt $(AUDIT_OPTIONS)

# What reads the files for fleets: Ansible in an environment of its own (its latest are for Python
# 3.11 and newer), and cloud-init unpacked, for an installed one would run at the next boot.
$(ANSIBLE): | $(STAMP)
	$(PYTHON) -m venv .build/ansible && \
	.build/ansible/bin/python -m pip install -qq --disable-pip-version-check \
	  ansible-core==2.19.14 ansible-lint==26.10.1 python-hcl2==8.1.4 \
	|| { rm -rf .build/ansible; echo "ansible cannot be installed: its tests skip"; }

$(CLOUD_INIT):
	@if [ "$$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then \
	  mkdir -p .build/cloud-init && cd .build/cloud-init && $(APT) update && \
	  apt-get -qq download $(CLOUD_INITS) && \
	  for deb in *.deb; do dpkg -x "$$deb" . && rm "$$deb"; done && touch done \
	  || echo "cloud-init cannot be unpacked: its test skips"; fi

# Not part of `make test`: each artefact is installed where it is to run (root on Debian). The
# root file systems are made the first time, in some three minutes.
test-packaging: JUNIT := .build/junit-packaging.xml
test-packaging: tools tools-packaging artefacts $(ANSIBLE) $(CLOUD_INIT)
	@mkdir -p $(dir $(JUNIT))
	$(BIN)/python -m tests.packaging.bases
	ACR_DIAGNOSE_DIST=$(abspath $(DIST)) $(BIN)/pytest tests/packaging \
	  -n $(WORKERS_OF_ROOTS) --junit-xml=$(JUNIT)

# The size and the start of each form beside azure-cli's, into packaging/FIGURES.md.
figures: artefacts $(AZ)
	$(BUILD)/figures.py $(DIST)

# Every figure, in one run on a machine that does nothing else, and the page of them:
# tests/bench/FIGURES.md. What needs namespaces (root on Debian) or az is skipped without them.
bench: tools $(AZ) $(STAMP)
	@rm -rf .build/bench
	@$(BIN)/pytest tests/bench --benchmark-only --benchmark-columns=min,median,max; code=$$?; \
	  $(BIN)/python -m tests.bench.page && exit $$code

clean:
	rm -rf .venv .build build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache \
	  .import_linter_cache .benchmarks .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
