"""The interactive page: one HTML file that needs no network and executes nothing from the notes."""

from papergraph.view.page import render

__all__ = ["render"]
