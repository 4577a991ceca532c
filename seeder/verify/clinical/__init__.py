"""Coherence: rules about patients, as data, asked of any schema that has the meanings."""
