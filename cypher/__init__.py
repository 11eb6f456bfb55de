"""Cypher statements, one a file."""
