"""One file a benchmark, found by the runner: ``ORDER`` and ``rows(bench)``; its name is that of the file."""
