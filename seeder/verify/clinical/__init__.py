"""Coherence: rules about patients, written as data and asked of any schema that has the meanings."""
