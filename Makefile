# Everything here needs Go, make and git, and no other set-up. The first run
# also gets etcd and kube-apiserver, once for all checkouts: see `controlplane`.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

TEST_TIMEOUT ?= 15m
FUZZTIME ?= 30s
SOAK ?= 3m
DURATION ?= 1h
RATE ?= 10
JSON ?=
SCENARIO ?=
USERS ?= 20000
QUIET ?= 10m

# The race detector needs a C compiler. CI must have one; elsewhere the tests
# run without it.
RACE := $(shell test "$$(go env CGO_ENABLED)" = 1 && command -v "$$(go env CC)" >/dev/null && echo -race)

CONTROLPLANE := go -C hack/controlplane run .

# write-reference writes the generated pages into the folder $(1).
define write-reference
go run ./hack/docs flags >$(1)/flags.md && \
go run ./hack/docs metrics >$(1)/metrics.md && \
go run ./hack/docs capabilities >$(1)/capabilities.md && \
bin/crd-ref-docs --renderer=markdown --log-level=ERROR \
  --source-path=api --config=hack/docs/crd-ref-docs.yaml --output-path=$(1)/api.md
endef

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- Use ---

.PHONY: demo
demo: bin/demo ## Okta to Jira through Kubernetes, on this machine, in one command
	@bin/demo demo

.PHONY: up
up: bin/demo ## Start the local environment in the background; .run/env says where
	@bin/demo up

.PHONY: down
down: bin/demo ## Stop what `make up` started
	@bin/demo down

# --- Develop ---

.PHONY: build
build: ## Build bin/atlassync
	go build -o bin/atlassync .

.PHONY: generate
generate: bin/controller-gen bin/crd-ref-docs ## Write what follows from the code: deepcopy, CRDs, docs/reference
	bin/controller-gen object crd paths=./api/... output:crd:dir=config/crd/bases
	$(call write-reference,docs/reference)

.PHONY: fmt
fmt: ## Format the Go code
	gofmt -w .

.PHONY: controllers
controllers: ## Get kube-controller-manager, which tests of deletion need, and print its folder
	@$(CONTROLPLANE) -controllers

.PHONY: test
test: check-race controllers ## Run all tests
	go -C hack/controlplane test $(RACE) -shuffle=on ./...
	KUBEBUILDER_ASSETS="$$($(CONTROLPLANE))" && export KUBEBUILDER_ASSETS && \
	go test $(RACE) -shuffle=on -timeout=$(TEST_TIMEOUT) ./...
	@echo "A short soak, alone so that nothing disturbs it:"
	go test -run '^TestShortSoak$$' ./hack/soak -soak=$(SOAK)

.PHONY: soak
soak: ## An hour of Okta's traffic, with checks; DURATION=3m RATE=5
	go run ./hack/soak -duration=$(DURATION) -rate=$(RATE) -json=$(JSON)

.PHONY: fuzz
fuzz: ## Fuzz every fuzz target for FUZZTIME (30s) each
	@grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -r -n1 dirname | sort -u | while read -r dir; do \
	  for target in $$(go test -list '^Fuzz' $$dir | grep '^Fuzz'); do \
	    echo "$$dir $$target"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$dir || exit 1; \
	  done; \
	done

.PHONY: bench
bench: ## Measure against references; SCENARIO=first-sync,sweep for some, USERS=100000
	go -C hack/bench run . -scenario=$(SCENARIO) -users=$(USERS) -quiet=$(QUIET) -json=$(CURDIR)/.bench/results.json -profiles=$(CURDIR)/.bench

.PHONY: lint
lint: bin/golangci-lint ## Run the linters
	bin/golangci-lint run --allow-serial-runners

.PHONY: verify
verify: verify-generated verify-modules verify-format ## Check that nothing generated, formatted or required is stale

.PHONY: controlplane
controlplane: ## Get etcd and kube-apiserver, and print their folder
	@$(CONTROLPLANE)

.PHONY: clean
clean: ## Remove what builds leave in this checkout
	rm -rf bin .bench coverage.out

# --- Parts of the above ---

.PHONY: check-race
check-race:
ifeq ($(RACE),)
	@echo "No C compiler: the tests run without the race detector."; test -z "$$CI"
endif

.PHONY: verify-generated
verify-generated: bin/controller-gen bin/crd-ref-docs
	@fresh="$$(mktemp -d)" && trap 'rm -rf "$$fresh"' EXIT && \
	bin/controller-gen object paths=./api/... output:object:dir="$$fresh/api" && \
	bin/controller-gen crd paths=./api/... output:crd:dir="$$fresh/crd" && \
	diff -u api/v1alpha1/zz_generated.deepcopy.go "$$fresh/api/zz_generated.deepcopy.go" && \
	diff -ru config/crd/bases "$$fresh/crd" && \
	mkdir "$$fresh/reference" && $(call write-reference,"$$fresh/reference") && \
	diff -ru docs/reference "$$fresh/reference" || \
	{ echo "Generated files are stale: run make generate and commit."; exit 1; }

.PHONY: verify-modules
verify-modules:
	@for module in . hack/bench hack/controlplane hack/tools; do \
	  go -C $$module mod tidy -diff || { echo "$$module/go.mod is not tidy: run go mod tidy there and commit."; exit 1; }; \
	done

.PHONY: verify-format
verify-format:
	@stale="$$(gofmt -l .)" && test -z "$$stale" || \
	{ echo "Not formatted, run make fmt:"; echo "$$stale"; exit 1; }

.PHONY: bin/demo
bin/demo:
	@go build -o $@ ./hack/demo

# The tools' versions are in hack/tools/go.mod, so they are built anew when it changes.
bin/controller-gen bin/crd-ref-docs bin/golangci-lint: bin/%: hack/tools/go.mod hack/tools/go.sum
	go -C hack/tools build -o $(CURDIR)/$@ $$(go -C hack/tools list -f '{{.ImportPath}}' tool | grep '/$*$$')
