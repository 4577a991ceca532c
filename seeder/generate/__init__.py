"""Cells as pure functions of (seed, table, column, row). Knows no database and no clock."""
