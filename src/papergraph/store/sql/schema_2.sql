-- Relations are read strongest first, so that a node with very many of them costs no more than one with few.
-- purpose: indexes of relations by end, confidence and id; the number of papers, kept rather than counted at each question

DROP INDEX relation_source;
DROP INDEX relation_target;
CREATE INDEX relation_source ON relation (source, confidence DESC, id);
CREATE INDEX relation_target ON relation (target, confidence DESC, id);

CREATE TABLE tally (
    label  TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL CHECK (number >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO tally SELECT 'Paper', count(*) FROM node WHERE label = 'Paper';
