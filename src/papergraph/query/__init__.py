"""Questions to a store, and their explained answers."""
