# make test        run all tests, without root, a Pi or a network; print the name of each skipped test
# make check       run gofmt, go vet, staticcheck, govulncheck, make page and the race detector (short tests), as CI does
# make page        test and lint the JavaScript of both pages with node and ESLint; skip each by name without its program
# make vuln        run govulncheck alone: known vulnerabilities in the called code; skipped without its database
# make outdated    list the modules of go.mod and deploy/tools with a newer release
# make test-arm    run the tests for arm and arm64 under qemu, without some packages (cmd/testarm); fail where a test is missing
# make kernel      build the Linux kernel of hw/kernelpi's tests into the cache folder, as root: five minutes
# make test-kernel run only the tests on that kernel; make test includes them
# make pi          fetch and build the emulated Pis of hw/qemupi into the cache folder, as root: eight minutes
# make test-pi     run only the tests on emulated Pis, and print a table by board; make test includes them
# make test-brian2 run only the comparisons with Brian2 (Debian's python3-brian): two minutes; make test includes them
# make test-smoke  run periph's own smoke tests on the virtual Pi; skipped where periph.io/x/cmd cannot be downloaded
# make cross       build for every supported target
# make fuzz        run each fuzz target for FUZZTIME
# make bench       run the benchmarks
# make punctual    measure lateness beside cyclictest (Debian's rt-tests), as root: five minutes
# make dist        build static binaries, Debian packages, SBOMs and checksums in dist/
# make test-package install, upgrade and purge these packages in a fresh Debian, as root: a minute

GO       ?= go
FUZZTIME ?= 30s
ALONE     = hillock/hw/wiring/breadboard
TOOLS     = $(GO) tool -modfile=deploy/tools/go.mod
NEWER     = {{with .Update}}{{$$.Path}} {{$$.Version}} -> {{.Version}}{{end}}{{with .Error}}{{$$.Path}} {{$$.Version}}: SKIPPED: {{.Err}}{{end}}

SHELL       = /bin/bash
.SHELLFLAGS = -o pipefail -c

.PHONY: test check page vuln outdated test-arm kernel test-kernel pi test-pi test-brian2 test-smoke cross fuzz bench punctual dist test-package clean

test: # make check vets
	@$(GO) test -vet=off -timeout 30m -json ./... | $(GO) run ./cmd/testarm report

# -parallel 16: a race of two parallel tests shows on a machine with few processors too. The race detector needs cgo.
check:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@$(MAKE) --no-print-directory vuln
	@$(MAKE) --no-print-directory page
	@echo "SKIPPED: package $(ALONE) under the race detector: it has one goroutine"
	@HILLOCK_KERNEL=off HILLOCK_PI=off HILLOCK_CHROMIUM=off HILLOCK_BRIAN2=off CGO_ENABLED=1 $(GO) test -race -vet=off -short -parallel 16 -timeout 30m -json $$($(GO) list ./... | grep -vx $(ALONE)) | $(GO) run ./cmd/testarm report

vuln:
	@out=$$($(TOOLS) govulncheck ./... 2>&1); rc=$$?; echo "$$out"; \
	case $$rc,$$out in \
	0,*) ;; \
	*'fetching vulnerabilities'*) echo "SKIPPED: govulncheck: its database cannot be reached" ;; \
	*) exit $$rc ;; \
	esac

page:
	@cd cmd/hillock/internal; \
	if ! command -v node >/dev/null; then echo "SKIPPED: the unit tests of both pages: node is missing (apt-get install nodejs)"; exit; fi; \
	out=$$(node --test {web,wall}/pagetest/*.test.js 2>&1) || { echo "$$out"; exit 1; }; echo "$$out" | grep -E '^(#|ℹ) (tests|pass|skipped)'
	@cd cmd/hillock/internal; eslint=$$(command -v "$${HILLOCK_ESLINT:-eslint}"); \
	if [ -z "$$eslint" ]; then echo "SKIPPED: both pages under ESLint: install the npm package eslint; HILLOCK_ESLINT names its program"; exit; fi; \
	"$$eslint" --max-warnings 0 web wall && echo "ESLint: no problem"

outdated:
	@$(GO) list -m -e -u -f '{{if not .Indirect}}$(NEWER){{end}}' all
	@$(GO) list -modfile=deploy/tools/go.mod -f '{{.Module.Path}}' tool | sort -u | \
	  xargs $(GO) list -modfile=deploy/tools/go.mod -m -e -u -f '$(NEWER)'

test-arm:
	@$(GO) run ./cmd/testarm

kernel:
	hw/kernelpi/guest/build.sh "$${XDG_CACHE_HOME:-$$HOME/.cache}/hillock/kernel"

pi:
	hw/qemupi/guest/fetch.sh "$${XDG_CACHE_HOME:-$$HOME/.cache}/hillock/pi"
	hw/qemupi/guest/build-qemu.sh "$${XDG_CACHE_HOME:-$$HOME/.cache}/hillock/pi"

test-pi:
	@echo 'booting the emulated Pis: four minutes on two free CPUs'
	@$(GO) test -vet=off -count 1 -timeout 30m -json -run '^TestPi[A-Z]' ./cmd/hillock | $(GO) run ./cmd/testarm boards

test-kernel:
	$(GO) test -count 1 -v -run '^TestKernel' ./...

test-brian2:
	$(GO) test -count 1 -v -run '^TestBrian2' ./cmd/hillock/internal/brian2

test-smoke:
	@cd hw/sim/smoketest; \
	if ! out=$$($(GO) build periph.io/x/cmd/periph-smoketest/{gpio,i2c,spi}smoketest 2>&1); then echo "SKIPPED: periph's smoke tests: $$out"; exit; fi; \
	$(GO) test -count 1 -v .

cross:
	@for t in linux/arm linux/arm64 linux/amd64 darwin/arm64 windows/amd64; do \
	  echo "$$t"; \
	  CGO_ENABLED=0 GOOS=$${t%%/*} GOARCH=$${t##*/} GOARM=6 $(GO) build -o /dev/null ./cmd/hillock || exit 1; \
	done

fuzz:
	@$(GO) list -f '{{.ImportPath}}' ./... | while read -r pkg; do \
	  $(GO) test -list '^Fuzz' $$pkg | { grep '^Fuzz' || true; } | while read -r target; do \
	    echo "$$pkg $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s $$pkg || exit 1; \
	  done || exit 1; \
	done

bench:
	$(GO) test -run '^$$' -bench . -count 5 ./...

punctual:
	$(GO) build -o dist/hillock ./cmd/hillock
	cmd/hillock/punctual.sh dist/hillock

dist:
	deploy/dist.sh

test-package:
	deploy/package_test.sh

clean:
	rm -rf dist
