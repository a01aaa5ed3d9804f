# The everyday commands; meson.build does the work. All output is in build/.
# `make install` heeds PREFIX and DESTDIR.
PREFIX ?= /usr/local

.PHONY: all demo test bench bench-python bench-bridges install check clean help
.DEFAULT_GOAL := all

all: ## build the library (build/release)
	@scripts/setup build
	@scripts/configure build/release --prefix=$(PREFIX) -Dtests=disabled
	@ninja -C build/release

demo: ## run the demo: pack a folder into memory, on real libraries
	@scripts/setup demo
	@scripts/configure build/release-demo -Dtests=disabled -Ddemo=enabled
	@ninja -C build/release-demo --quiet
	@demo/run $(ARGS)

test: ## build with asserts and run every test
	@scripts/setup test
	@scripts/configure build/debug -Db_ndebug=false -Doptimization=1 \
		-Dtests=enabled -Ddemo=enabled
	@scripts/run-tests build/debug $(ARGS)

bench: ## compare with other libraries, side by side
	@scripts/setup bench
	@scripts/configure build/release-bench -Dtests=disabled -Dbench=true
	@ninja -C build/release-bench --quiet
	@bench/run $(ARGS)

bench-python: ## compare rillio with Python's io, side by side
	@scripts/setup python
	@scripts/configure build/release-python -Dtests=disabled -Dpython=enabled
	@ninja -C build/release-python --quiet
	@PYTHONPATH=build/release-python/python /usr/bin/python3 \
		python/bench/bench.py $(ARGS)

bench-bridges: ## libraries through Rill, and by their own fastest way
	@scripts/setup check
	@scripts/configure build/release-bench -Dtests=disabled -Dbench=true
	@ninja -C build/release-bench --quiet
	@for bench in build/release-bench/bridge/bench/bench_*; do \
		[ -d $$bench ] || $$bench || exit 1; done

install: all ## install to PREFIX (below DESTDIR)
	@meson install -C build/release --no-rebuild
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig; fi

check: ## run the fast checks of scripts/check
	@scripts/check fast

clean: ## remove everything that was built
	rm -rf build

help: ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile
