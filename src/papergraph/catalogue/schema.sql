CREATE TABLE source (
    name TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    file TEXT NOT NULL,
    works INTEGER NOT NULL,
    problems INTEGER NOT NULL,
    added TEXT NOT NULL,
    first INTEGER NOT NULL, -- the works of a source have the numbers from `first` to `last`
    last INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE work (
    number INTEGER PRIMARY KEY,
    line INTEGER NOT NULL,
    body TEXT NOT NULL
);

-- identifiers, whole titles and short names
CREATE TABLE key (
    key TEXT NOT NULL,
    work INTEGER NOT NULL,
    PRIMARY KEY (key, work)
) WITHOUT ROWID;

-- telling words, pairs of neighbours, beginnings and ends of titles
CREATE TABLE posting (
    word TEXT NOT NULL,
    work INTEGER NOT NULL,
    PRIMARY KEY (word, work)
) WITHOUT ROWID;

CREATE TABLE word (
    word TEXT PRIMARY KEY,
    works INTEGER NOT NULL
) WITHOUT ROWID;
