# The two commands of the README are `make demo` and `make test`; everything else is for people who change Tanlu.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help build publish demo test bench soak lint clean

help:                   ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

build:                  ## build the server and command line in Release
	@./tanlu --build

publish:                ## a copy compiled ahead of time for this machine, which starts faster; the launcher prefers it
	@./tanlu --publish

demo: build             ## seed the demo park group and serve it on localhost
	@./tanlu demo

test:                   ## every test, on every engine this machine has
	@tests/run

bench:                  ## all benchmark rows, or ONLY=<row> with SEED=<n>
	@bench/run $(if $(ONLY),--only $(ONLY)) $(if $(SEED),--seed $(SEED))

soak:                   ## what needs minutes of real time or tens of millions of rows
	@TANLU_SOAK=1 tests/run

lint:                   ## formatting and style
	dotnet format Tanlu.slnx --verify-no-changes

clean:                  ## remove everything that a build made
	rm -rf artifacts bench/results.json
