"""Benchmarks: ``python -m tests.benchmarks`` (or ``make bench``).

Each figure says what it is a ratio to. Both sides of a ratio run in turns, with a CHECKPOINT before
each, and the figure is the median of the paired ratios. docs/explanation/benchmarks.md tells what
is measured and how.
"""
