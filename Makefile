# The two commands of the README; everything they do stands in installer/bootstrap.py.
PYTHON ?= python3

.PHONY: run test soak lint doctor setup bench bench-peers clean

run test soak lint doctor setup bench-peers:
	@$(PYTHON) installer/bootstrap.py $@

# make bench ARGS=--large measures the district of 300,000 compounds too
bench:
	@$(PYTHON) installer/bootstrap.py bench $(ARGS)

clean:
	rm -rf .venv .bench-venv out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
