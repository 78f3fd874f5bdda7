# What people and CI run. `make` alone says what there is.

.PHONY: help demo build test lint bench measure measure-network measure-viewers schema snapshots

help:
	@echo "make demo       build, tell the story of a sample network, serve it"
	@echo "make build      build the release binary"
	@echo "make test       everything that must pass: format, lints, all tests"
	@echo "make lint       format and lints alone"
	@echo "make bench DATA=DIR   measure the path engine and clusters on the graphs of a folder"
	@echo "make measure    measure start, size and speed, as docs/MEASURES.md has them"
	@echo "make measure-network   measure a network of a million people (10 GB of disk, 10 minutes)"
	@echo "make measure-viewers   measure the views of a thousand members, and an erasure (some minutes)"
	@echo "make schema     print the schema into schema.graphql, to be reviewed"
	@echo "make snapshots  take today's answers as the expected ones, to be reviewed"

demo:
	cargo run --release -- demo

build:
	cargo build --release

test: lint
	cargo test --all-targets

lint:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings

# PEERS=SCRIPT runs a script of other libraries too, with PYTHON=python3 and
# LIBRARIES=name:case:count+case:count,name:…; ONLY=name takes the graphs of that name alone,
# ALONE=1 leaves out the routines of petgraph and rustworkx-core, which take most of the time.
bench:
	cargo bench --bench paths -- --data "$(DATA)" --pairs $(or $(PAIRS),2000) $(if $(ONLY),--only "$(ONLY)") \
		$(if $(ALONE),--alone) \
		$(if $(PEERS),--peers "$(PEERS)" --python $(or $(PYTHON),python3)) \
		$(if $(LIBRARIES),--libraries "$(LIBRARIES)")
	cargo bench --bench clusters -- --data "$(DATA)" $(if $(ONLY),--only "$(ONLY)")

measure:
	scripts/measure.sh
	scripts/measure-imports.sh

measure-network:
	scripts/measure-network.sh

measure-viewers:
	scripts/measure-viewers.sh

schema:
	UPDATE_SCHEMA=1 cargo test --test it schema

snapshots:
	INSTA_UPDATE=always cargo test --test it story
