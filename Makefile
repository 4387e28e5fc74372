# SPDX-License-Identifier: Apache-2.0
#
# The commands of this project; Meson does the work. `make help` lists them.
#
#   PREFIX=/usr/local   where `make install` puts things
#   DESTDIR=            staging folder in front of PREFIX
#   YES=1               install missing Debian packages without asking
#   FUZZ_SECONDS=60     for each target of `make fuzz`
#   ROUNDS=1000         of `make kill-loop`

PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
ROUNDS ?= 1000
MESON ?= meson

PROGRAMS = clew clewd clew-media-worker clew-evidence-worker clew-list-worker
# Not built by default; make check sees that they still build.
BENCHES = bench_pdq bench_digest bench_index bench_lists bench_scan bench_worker make_pdq_values \
    evidence_walk evidence_ewf video_decode bench_casework bench_review

# $(call configure,FOLDER,OPTIONS): once; later changes of build files are Meson's own business.
configure = test -f $(1)/build.ninja || { out=$$($(MESON) setup $(1) $(2) 2>&1) || \
    { printf '%s\n' "$$out"; exit 1; }; }

.PHONY: build check check-quick demo bench fuzz soak kill-loop install clean format deps help

build: # build Clew: build/clew is runnable in place
	@tools/install-packages.sh --check build
	@$(call configure,build,-Dtests=false)
	@$(MESON) compile -C build
	@for program in $(PROGRAMS); do \
	    ln -sfn src/apps/$$program/$$program build/$$program; \
	done

deps: # install the Debian packages that building and testing need (asks once)
	@tools/install-packages.sh build check demo bench

check: # install what is missing, build three ways and run every test
	@tools/install-packages.sh build check
	@$(call configure,build-check,-Db_sanitize=address$(comma)undefined -Dwerror=true)
	@$(MESON) compile -C build-check
	@$(call configure,build-release,-Dwerror=true)
	@$(MESON) compile -C build-release
	@$(MESON) compile -C build-release $(BENCHES)
	@export CC=clang-14 CXX=clang++-14; $(call configure,build-clang,-Dwerror=true)
	@$(MESON) compile -C build-clang
	@tools/run_tests.py sanitized=build-check release=build-release clang=build-clang:unit \
	    postgres=build-check:postgres

check-quick: # the tests on the sanitizer build alone
	@$(call configure,build-check,-Db_sanitize=address$(comma)undefined -Dwerror=true)
	@$(MESON) compile -C build-check
	@tools/run_tests.py sanitized=build-check

demo: # the main job on real pictures: install, build, prepare a folder, scan it
	@tools/install-packages.sh build demo
	@$(MAKE) --no-print-directory build
	@demo/run.sh build/demo

bench: # measure against peers; the figures of docs/benchmarks.md
	@tools/install-packages.sh build bench
	@$(call configure,build-bench,-Dtests=false)
	@$(MESON) compile -C build-bench
	@bench/run.sh build-bench

fuzz: # libFuzzer on every target, FUZZ_SECONDS each
	@tools/install-packages.sh build check
	@export CC=clang-14 CXX=clang++-14; $(call configure,build-fuzz,\
	    -Dfuzz=true -Db_sanitize=address$(comma)undefined -Db_lundef=false)
	@$(MESON) compile -C build-fuzz
	@tools/fuzz.sh build-fuzz $(FUZZ_SECONDS)

kill-loop: build # kill -9 during set changes, ROUNDS times: nothing acknowledged is lost
	@CLEW=$(CURDIR)/build/clew tests/cli/kill_loop.sh $(ROUNDS)

soak: # every point of the fault sweep, then the kill loops of sets and of the server
	@tools/install-packages.sh build check
	@$(call configure,build-release,-Dwerror=true)
	@$(MESON) compile -C build-release
	@CLEW_BUILD=$(CURDIR)/build-release CLEW_SOURCE=$(CURDIR) CLEW_FAULT_POINTS=all \
	    tests/cli/test_fault_sweep.py
	@$(MAKE) --no-print-directory kill-loop
	@CLEW_BUILD=$(CURDIR)/build-release CLEW_SOURCE=$(CURDIR) CLEW_KILL_ROUNDS=$(ROUNDS) \
	    tests/api/test_kill.py

install: build # honours DESTDIR and PREFIX
	@$(MESON) configure build -Dprefix=$(PREFIX)
	@$(MESON) compile -C build
	@DESTDIR=$(DESTDIR) $(MESON) install -C build --no-rebuild

format: # lay out every C file as .clang-format says
	@git ls-files '*.c' '*.h' | xargs clang-format-14 -i

clean: # remove everything that was built
	rm -rf build build-check build-release build-clang build-fuzz build-bench

help: # this list
	@sed -n 's/^\([a-z-]*\):.*# \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

comma := ,
