"""seeder: synthetic databases for hospitals, as a pure function of a plan."""

__version__ = "0.1.0"
