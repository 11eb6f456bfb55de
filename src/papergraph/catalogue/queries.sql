-- name: sources
SELECT name, sha256, file, works, problems, added, first, last FROM source ORDER BY name

-- name: count
SELECT coalesce(sum(works), 0) AS works FROM source

-- name: add_source
INSERT INTO source (name, sha256, file, works, problems, added, first, last) VALUES (:name, :sha256, :file, :works, :problems, :added, :first, :last)

-- name: remove_source
DELETE FROM source WHERE name = :name

-- name: newest
SELECT coalesce(max(number), 0) AS number FROM work

-- name: add_work
INSERT INTO work (number, line, body) VALUES (:number, :line, :body)

-- name: stage
CREATE TEMP TABLE IF NOT EXISTS staged (kind INTEGER NOT NULL, text TEXT NOT NULL, work INTEGER NOT NULL)

-- name: unstage
DELETE FROM staged

-- name: add_staged
INSERT INTO staged (kind, text, work) VALUES (:kind, :text, :work)

-- name: put_keys
INSERT OR IGNORE INTO key (key, work) SELECT text, work FROM staged WHERE kind = 0 ORDER BY text, work

-- name: put_postings
INSERT OR IGNORE INTO posting (word, work) SELECT text, work FROM staged WHERE kind = 1 ORDER BY text, work

-- name: put_words
INSERT INTO word (word, works) SELECT word, count(*) FROM posting WHERE work BETWEEN :first AND :last GROUP BY word ON CONFLICT (word) DO UPDATE SET works = word.works + excluded.works

-- name: take_words
UPDATE word SET works = word.works - gone.works FROM (SELECT word, count(*) AS works FROM posting WHERE work BETWEEN :first AND :last GROUP BY word) AS gone WHERE gone.word = word.word

-- name: drop_words
DELETE FROM word WHERE works <= 0

-- name: remove_postings
DELETE FROM posting WHERE work BETWEEN :first AND :last

-- name: remove_keys
DELETE FROM key WHERE work BETWEEN :first AND :last

-- name: remove_works
DELETE FROM work WHERE number BETWEEN :first AND :last

-- name: keyed
SELECT key.key, key.work FROM json_each(:keys) AS wanted JOIN key ON key.key = wanted.value ORDER BY key.work LIMIT :most

-- name: common
SELECT word.word, word.works FROM json_each(:words) AS wanted JOIN word ON word.word = wanted.value

-- name: nearest
SELECT posting.work, sum(wanted.value) AS score FROM json_each(:weights) AS wanted JOIN posting ON posting.word = wanted.key GROUP BY posting.work ORDER BY score DESC, posting.work LIMIT :most

-- name: works
SELECT work.number, work.line, work.body, (SELECT name FROM source WHERE work.number BETWEEN first AND last) AS source FROM json_each(:numbers) AS wanted JOIN work ON work.number = wanted.value
