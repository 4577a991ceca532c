"""Proofs that a database holds what its plan promised."""
