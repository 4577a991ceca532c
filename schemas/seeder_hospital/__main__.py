"""``python -m seeder_hospital URL [revision]``"""

from __future__ import annotations

import argparse
import sys

from seeder.errors import SeederError
from seeder_hospital import migrate


def main(arguments: list[str] | None = None) -> int:
    """Run ``migrate``; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m seeder_hospital",
        description="Create the sample hospital's tables in a PostgreSQL database.",
        epilog="example: python -m seeder_hospital postgresql://postgres@localhost/hospital",
    )
    parser.add_argument("url", help="postgresql://user@host:port/database")
    parser.add_argument("revision", nargs="?", default="head", help="base, 0001, 0002 or head")
    options = parser.parse_args(arguments)
    try:
        migrate(options.url, options.revision)
    except SeederError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
