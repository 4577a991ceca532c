"""Bytes that must not change: each generator's cells for a thousand rows of a fixed seed."""
