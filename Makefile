# The two commands of the README; everything they do stands in installer/bootstrap.py.
PYTHON ?= python3

.PHONY: run test soak lint doctor setup clean

run test soak lint doctor setup:
	@$(PYTHON) installer/bootstrap.py $@

clean:
	rm -rf .venv out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
