"""Cypher statements, one a file; `papergraph.store.cypher` reads them."""
