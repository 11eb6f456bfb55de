-- The schema's first version. Statements are what is kept; everything from `node` on is made from them.
-- purpose: tables, indexes and full-text index of an empty store

CREATE TABLE statement (
    element  TEXT NOT NULL,
    asserter TEXT NOT NULL CHECK (length(asserter) > 0),
    label    TEXT NOT NULL,
    removed  INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
    body     TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (element, asserter)
) STRICT, WITHOUT ROWID;
CREATE INDEX statement_asserter ON statement (asserter);

-- which elements lead to which: ends of relations, subjects of notes, topics of papers
CREATE TABLE reference (
    target  TEXT NOT NULL,
    element TEXT NOT NULL,
    PRIMARY KEY (target, element)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_element ON reference (element);

-- by which keys a mention of a paper is found again
CREATE TABLE mention_key (
    key     TEXT NOT NULL,
    mention TEXT NOT NULL,
    PRIMARY KEY (key, mention)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_key_mention ON mention_key (mention);

-- which work each mention is
CREATE TABLE work (
    mention TEXT NOT NULL PRIMARY KEY,
    work    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX work_work ON work (work);

CREATE TABLE node (
    number INTEGER PRIMARY KEY,
    id     TEXT NOT NULL UNIQUE,
    label  TEXT NOT NULL CHECK (label IN ('Paper', 'Topic', 'Concept', 'Note', 'Source')),
    name   TEXT NOT NULL,
    role   TEXT CHECK (role IN ('entry', 'cited')),
    path   TEXT,
    line   INTEGER CHECK (line >= 0),
    body   TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX node_label ON node (label, role, path, line);

-- every name that a paper, topic or concept is found by: titles, labels, aliases, identifiers, all folded
CREATE TABLE name (
    key  TEXT NOT NULL,
    node TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    PRIMARY KEY (key, node)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_node ON name (node);

CREATE TABLE edge (
    source TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    type   TEXT NOT NULL CHECK (type IN ('HAS_TOPIC', 'BROADER', 'ABOUT', 'MENTIONS', 'QUOTED_FROM')),
    target TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    PRIMARY KEY (source, type, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX edge_target ON edge (target, type);

CREATE TABLE relation (
    id         TEXT NOT NULL PRIMARY KEY,
    type       TEXT NOT NULL,
    source     TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    target     TEXT NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    hedged     INTEGER NOT NULL CHECK (hedged IN (0, 1)),
    status     TEXT NOT NULL CHECK (status IN ('proposed', 'accepted', 'rejected')),
    body       TEXT NOT NULL CHECK (json_valid(body)),
    CHECK (source <> target)
) STRICT, WITHOUT ROWID;
CREATE INDEX relation_source ON relation (source);
CREATE INDEX relation_target ON relation (target);

-- tokens are made in Python: words, and the characters and bigrams of CJK runs
CREATE VIRTUAL TABLE words USING fts5 (tokens, tokenize = "unicode61 remove_diacritics 2 tokenchars '_'", detail = full);

-- how often each content word stands in a paper's title and notes
CREATE TABLE term (
    term   TEXT NOT NULL,
    paper  INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    PRIMARY KEY (term, paper)
) STRICT, WITHOUT ROWID;
CREATE INDEX term_paper ON term (paper);

CREATE TABLE change_set (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at     TEXT NOT NULL,
    by     TEXT NOT NULL,
    action TEXT NOT NULL,
    undoes INTEGER REFERENCES change_set (number),
    counts TEXT NOT NULL CHECK (json_valid(counts))
) STRICT;

CREATE TABLE change (
    change_set INTEGER NOT NULL REFERENCES change_set (number),
    position   INTEGER NOT NULL,
    element    TEXT NOT NULL,
    asserter   TEXT NOT NULL,
    before     TEXT CHECK (before IS NULL OR json_valid(before)),
    after      TEXT CHECK (after IS NULL OR json_valid(after)),
    PRIMARY KEY (change_set, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_element ON change (element, asserter, change_set);
