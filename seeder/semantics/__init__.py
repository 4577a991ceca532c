"""What tables and columns mean, read from names, types, comments, keys and neighbours."""

from __future__ import annotations

from seeder.semantics.every import known_meanings, read_every
from seeder.semantics.read import Reading, read_table
from seeder.semantics.roles import Role, role_of

__all__ = ["Reading", "Role", "known_meanings", "read_every", "read_table", "role_of"]
