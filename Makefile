# Every target works from a clean clone as the first command and is quick when nothing changed.
# Needed: CPython 3.11 or newer, Node 20 or newer, git, a network. See scripts/ for what each one does.

.DEFAULT_GOAL := help
.PHONY: help lab demo test bench lint lock screenshot tutor-report clean

help:
	@echo "make lab           open notebooks/01_first_answer.ipynb in JupyterLab"
	@echo "make demo          run that notebook here and print what a reader sees; results in build/"
	@echo "make test          lint, types, architecture, every test, and the lowest supported versions"
	@echo "make bench         measure what the README claims and write docs/benchmarks.md; WHAT=browser: only that section"
	@echo "make lint          format and lint checks, types, layers"
	@echo "make lock          choose new exact versions for constraints*.txt"
	@echo "make screenshot    take the README's picture in a real JupyterLab"
	@echo "make tutor-report  mark the offline tutor and write docs/tutor-report.md"
	@echo "make clean         remove everything the other targets made"

lab demo test bench lint lock screenshot tutor-report:
	@sh scripts/python.sh scripts/project.py $@ $(WHAT)

clean:
	rm -rf .venv .venv-lowest build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf labextension/node_modules labextension/lib assistant_magic/_labextension assistant_magic/_widget
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
