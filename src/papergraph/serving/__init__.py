"""The page live over a store, for graphs too large for one file: a map first, then one neighbourhood after another."""
