"""What is off by default: a local embedding, another source of Japanese morphemes, proposals by a language model.

Each stands in for a default through the default's own interface, and is imported only where it is asked for. What each
costs and gains: `docs/extras.md`.
"""
