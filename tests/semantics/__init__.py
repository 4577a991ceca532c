"""Columns of public schemas, labelled with what they mean. See README.md beside this file."""
