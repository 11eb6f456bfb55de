-- A change set tells what it was made by beside who made it: the rules and the lexicon of an import, the model of a calibration. And some things
-- are known that are no part of the graph, such as where on this machine a folder of notes stands.
-- purpose: details of change sets; texts kept beside the graph

ALTER TABLE change_set ADD COLUMN details TEXT CHECK (details IS NULL OR json_valid(details));
CREATE INDEX change_set_undoes ON change_set (undoes);

CREATE TABLE kept (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
