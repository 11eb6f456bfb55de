"""papergraph: reading notes in, a graph of papers, topics, concepts and remarks out."""

__version__ = "0.1.0"
