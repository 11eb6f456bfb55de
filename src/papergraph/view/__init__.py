"""The interactive page: one HTML file that needs no network and executes nothing from the notes."""

from papergraph.view.page import Page, render
from papergraph.view.scene import Alike, Scene, compose

__all__ = ["Alike", "Page", "Scene", "compose", "render"]
