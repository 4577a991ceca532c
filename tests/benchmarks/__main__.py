"""``python -m tests.benchmarks``; see ``command``.

Nothing is imported at the top: every worker process imports this module again.
"""

if __name__ == "__main__":
    from tests.benchmarks.command import main

    main()
