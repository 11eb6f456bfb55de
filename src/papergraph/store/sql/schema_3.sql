-- The page draws a store that has grown as it was drawn before, so that a reader finds again what is there. No part of the graph:
-- a place may be that of a node that has gone and comes back.
-- purpose: where the page last drew each node

CREATE TABLE position (
    node TEXT NOT NULL PRIMARY KEY,
    x    REAL NOT NULL,
    y    REAL NOT NULL
) STRICT, WITHOUT ROWID;
