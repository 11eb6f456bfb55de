-- Every statement that the SQLite store runs, each under its name. Lists come in as JSON arrays.

-- name: statement_put
INSERT INTO statement (element, asserter, label, removed, body) VALUES (:element, :asserter, :label, :removed, :body)
ON CONFLICT (element, asserter) DO UPDATE SET label = excluded.label, removed = excluded.removed, body = excluded.body;

-- name: statement_drop
DELETE FROM statement WHERE element = :element AND asserter = :asserter;

-- name: statements_by_asserter
SELECT s.element, s.asserter, s.label, s.removed, s.body FROM json_each(:ids) AS i CROSS JOIN statement AS s INDEXED BY statement_asserter ON s.asserter = i.value
ORDER BY s.element, s.asserter;

-- name: statements_on
SELECT s.element, s.asserter, s.label, s.removed, s.body FROM json_each(:ids) AS i CROSS JOIN statement AS s ON s.element = i.value ORDER BY s.element, s.asserter;

-- name: statements_all
SELECT element, asserter, label, removed, body FROM statement ORDER BY element, asserter;

-- name: touches_all
SELECT element, asserter, change_set FROM change INDEXED BY change_element ORDER BY element, asserter, change_set;

-- name: touches_of
SELECT DISTINCT c.element, c.asserter, c.change_set FROM json_each(:ids) AS i CROSS JOIN change AS c INDEXED BY change_element ON c.element = i.value
ORDER BY c.element, c.asserter, c.change_set;

-- name: elements_referring
SELECT DISTINCT r.element FROM json_each(:ids) AS i CROSS JOIN reference AS r ON r.target = i.value;

-- name: reference_drop
DELETE FROM reference WHERE element IN (SELECT value FROM json_each(:ids));

-- name: reference_put
INSERT OR IGNORE INTO reference (target, element) VALUES (:target, :element);

-- name: mention_key_drop
DELETE FROM mention_key WHERE mention IN (SELECT value FROM json_each(:ids));

-- name: mention_key_put
INSERT OR IGNORE INTO mention_key (key, mention) VALUES (:key, :mention);

-- name: mentions_with
SELECT DISTINCT k.mention FROM json_each(:ids) AS i CROSS JOIN mention_key AS k ON k.key = i.value;

-- name: works_of
SELECT w.mention, w.work FROM json_each(:ids) AS i CROSS JOIN work AS w ON w.mention = i.value;

-- name: mentions_of
SELECT w.mention, w.work FROM json_each(:ids) AS i CROSS JOIN work AS w ON w.work = i.value;

-- name: work_put
INSERT INTO work (mention, work) VALUES (:mention, :work) ON CONFLICT (mention) DO UPDATE SET work = excluded.work;

-- name: work_drop
DELETE FROM work WHERE mention = :mention;

-- name: existing
SELECT n.id FROM json_each(:ids) AS i CROSS JOIN node AS n ON n.id = i.value;

-- name: node_put
INSERT INTO node (id, label, name, role, path, line, body) VALUES (:id, :label, :name, :role, :path, :line, :body)
ON CONFLICT (id) DO UPDATE SET label = excluded.label, name = excluded.name, role = excluded.role, path = excluded.path, line = excluded.line, body = excluded.body;

-- name: words_drop
DELETE FROM words WHERE rowid IN (SELECT n.number FROM json_each(:ids) AS i CROSS JOIN node AS n ON n.id = i.value);

-- name: words_put
-- VALUES, not SELECT: for a statement that could insert many rows SQLite opens a savepoint, at which FTS5 writes out what it has gathered
INSERT INTO words (rowid, tokens) VALUES ((SELECT number FROM node WHERE id = :id), :tokens);

-- name: names_drop
DELETE FROM name WHERE node IN (SELECT value FROM json_each(:ids));

-- name: name_put
INSERT OR IGNORE INTO name (key, node) VALUES (:key, :node);

-- name: terms_drop
DELETE FROM term WHERE paper IN (SELECT n.number FROM json_each(:ids) AS i CROSS JOIN node AS n ON n.id = i.value);

-- name: term_put
INSERT INTO term (term, paper, number) VALUES (:term, :paper, :number);

-- name: tally_less
UPDATE tally SET number = number - (SELECT count(*) FROM json_each(:ids) AS i CROSS JOIN node AS n ON n.id = i.value WHERE n.label = 'Paper') WHERE label = 'Paper';

-- name: tally_more
UPDATE tally SET number = number + :papers WHERE label = 'Paper';

-- name: node_drop
DELETE FROM node WHERE id IN (SELECT value FROM json_each(:ids));

-- name: edges_drop
DELETE FROM edge WHERE source IN (SELECT value FROM json_each(:ids));

-- name: edge_put
INSERT OR IGNORE INTO edge (source, type, target) VALUES (:source, :type, :target);

-- name: relations_drop
DELETE FROM relation WHERE id IN (SELECT value FROM json_each(:ids));

-- name: relation_put
INSERT INTO relation (id, type, source, target, confidence, hedged, status, body)
VALUES (:id, :type, :source, :target, :confidence, :hedged, :status, :body);

-- name: subjects_of
SELECT DISTINCT e.target AS id FROM json_each(:ids) AS i CROSS JOIN edge AS e ON e.source = i.value WHERE e.type = 'ABOUT';

-- name: paper_texts
SELECT p.id, p.name AS title, n.name AS text FROM json_each(:ids) AS i CROSS JOIN node AS p ON p.id = i.value
LEFT JOIN edge AS e ON e.target = p.id AND e.type = 'ABOUT' LEFT JOIN node AS n ON n.id = e.source
WHERE p.label = 'Paper' ORDER BY p.id, n.path, n.line, n.id;

-- name: nodes_by_id
SELECT n.label, n.body FROM json_each(:ids) AS i CROSS JOIN node AS n ON n.id = i.value;

-- name: nodes_by_label
SELECT label, body FROM node WHERE label = :label ORDER BY id;

-- name: nodes_named
SELECT n.label, n.body FROM name AS k CROSS JOIN node AS n ON n.id = k.node WHERE k.key = :key ORDER BY n.label DESC, n.id;

-- name: nodes_with_name
SELECT DISTINCT n.label, n.body, n.name, n.id, n.role FROM name AS k CROSS JOIN node AS n ON n.id = k.node
WHERE instr(k.key, :key) > 0 ORDER BY coalesce(n.role, '') = 'cited', n.label DESC, n.name, n.id LIMIT :limit;

-- name: names
SELECT id, name FROM node WHERE label IN ('Paper', 'Topic', 'Concept') ORDER BY label DESC, name, id;

-- name: relations_at
SELECT r.body, n.label, n.body AS other FROM relation AS r JOIN node AS n ON n.id = CASE WHEN r.source = :id THEN r.target ELSE r.source END
WHERE (r.source = :id OR r.target = :id) AND r.status <> 'rejected' ORDER BY r.confidence DESC, r.id;

-- name: edges_to
SELECT n.label, n.body FROM edge AS e CROSS JOIN node AS n ON n.id = e.source WHERE e.target = :id AND e.type = :type ORDER BY n.path, n.line, n.name, n.id;

-- name: edges_from
SELECT n.label, n.body FROM edge AS e CROSS JOIN node AS n ON n.id = e.target WHERE e.source = :id AND e.type = :type ORDER BY n.name, n.id;

-- name: papers
SELECT label, body FROM node
WHERE label = 'Paper' AND (:role IS NULL OR role = :role)
  AND (:topics IS NULL OR EXISTS (SELECT 1 FROM edge AS e JOIN json_each(:topics) AS t ON t.value = e.target WHERE e.source = node.id AND e.type = 'HAS_TOPIC'))
  AND (:marker IS NULL OR EXISTS (SELECT 1 FROM json_each(body, '$.markers') AS m WHERE m.value = :marker))
  AND (:decision IS NULL OR json_extract(body, '$.decision') = :decision)
ORDER BY path IS NULL, path, line, name, id;

-- name: relations
SELECT r.body, a.label AS source_label, a.body AS source_body, b.label AS target_label, b.body AS target_body
FROM relation AS r JOIN node AS a ON a.id = r.source JOIN node AS b ON b.id = r.target
WHERE r.confidence >= :min_confidence AND (:types IS NULL OR r.type IN (SELECT value FROM json_each(:types))) AND CASE WHEN :status IS NULL THEN r.status <> 'rejected' ELSE r.status = :status END
  AND (:topics IS NULL OR EXISTS (SELECT 1 FROM edge AS e JOIN json_each(:topics) AS t ON t.value = e.target WHERE e.source IN (r.source, r.target) AND e.type = 'HAS_TOPIC'))
ORDER BY r.confidence DESC, r.id;

-- name: relations_by_id
SELECT r.body FROM json_each(:ids) AS i CROSS JOIN relation AS r ON r.id = i.value;

-- name: relations_all
SELECT body FROM relation ORDER BY id;

-- name: edges_all
SELECT type, source, target FROM edge WHERE :type IS NULL OR type = :type ORDER BY type, source, target;

-- name: topics
SELECT t.body, count(e.source) AS papers, min(p.path) AS path, min(p.line) AS line
FROM node AS t LEFT JOIN edge AS e ON e.target = t.id AND e.type = 'HAS_TOPIC' LEFT JOIN node AS p ON p.id = e.source
WHERE t.label = 'Topic' GROUP BY t.id;

-- name: concepts
SELECT c.body, (SELECT count(*) FROM relation AS r WHERE (r.source = c.id OR r.target = c.id) AND r.status <> 'rejected') AS relations,
       (SELECT count(*) FROM edge AS e WHERE e.target = c.id AND e.type = 'MENTIONS') AS notes
FROM node AS c WHERE c.label = 'Concept' ORDER BY relations DESC, notes DESC, c.name, c.id;

-- name: search
SELECT n.id, n.label, n.name FROM (SELECT rowid FROM words WHERE words MATCH :match ORDER BY rank LIMIT :limit) AS hit CROSS JOIN node AS n ON n.number = hit.rowid;

-- name: neighbours
SELECT r.source AS a, r.target AS b, r.id AS edge FROM json_each(:ids) AS i CROSS JOIN relation AS r INDEXED BY relation_source ON r.source = i.value AND r.status <> 'rejected'
UNION SELECT r.target, r.source, r.id FROM json_each(:ids) AS i CROSS JOIN relation AS r INDEXED BY relation_target ON r.target = i.value AND r.status <> 'rejected'
UNION SELECT e.source, e.target, e.type FROM json_each(:ids) AS i CROSS JOIN edge AS e ON e.source = i.value AND e.type IN ('HAS_TOPIC', 'BROADER')
UNION SELECT e.target, e.source, e.type FROM json_each(:ids) AS i CROSS JOIN edge AS e INDEXED BY edge_target ON e.target = i.value AND e.type IN ('HAS_TOPIC', 'BROADER')
ORDER BY a, b, edge;

-- name: terms_of
SELECT n.id, t.term, t.number FROM json_each(:ids) AS i CROSS JOIN node AS n ON n.id = i.value CROSS JOIN term AS t INDEXED BY term_paper ON t.paper = n.number;

-- name: papers_with
SELECT paper FROM term WHERE term = :term LIMIT :limit;

-- name: ids_of
SELECT n.number, n.id FROM json_each(:ids) AS i CROSS JOIN node AS n ON n.number = i.value;

-- name: numbers
SELECT n.id, n.number FROM json_each(:ids) AS i CROSS JOIN node AS n ON n.id = i.value;

-- name: papers_under
SELECT source FROM edge WHERE target = :topic AND type = 'HAS_TOPIC' ORDER BY source LIMIT :limit;

-- name: ties_from
SELECT id, type, target AS other, confidence FROM relation INDEXED BY relation_source
WHERE source = :id AND confidence >= :min_confidence AND status <> 'rejected' AND (:types IS NULL OR type IN (SELECT value FROM json_each(:types)))
ORDER BY confidence DESC, id LIMIT :limit;

-- name: ties_to
SELECT id, type, source AS other, confidence FROM relation INDEXED BY relation_target
WHERE target = :id AND confidence >= :min_confidence AND status <> 'rejected' AND (:types IS NULL OR type IN (SELECT value FROM json_each(:types)))
ORDER BY confidence DESC, id LIMIT :limit;

-- name: count_papers
SELECT number AS papers FROM tally WHERE label = 'Paper';

-- name: statistics_nodes
SELECT label, count(*) AS n FROM node GROUP BY label ORDER BY label;

-- name: statistics_relations
SELECT type, count(*) AS n FROM relation GROUP BY type ORDER BY n DESC, type;

-- name: statistics_rest
SELECT (SELECT count(*) FROM node WHERE label = 'Paper' AND role = 'entry') AS entries, (SELECT count(*) FROM change_set) AS change_sets;

-- name: change_set_put
INSERT INTO change_set (at, by, action, undoes, counts, details) VALUES (:at, :by, :action, :undoes, :counts, :details) RETURNING number;

-- name: change_set_count
UPDATE change_set SET counts = :counts WHERE number = :number;

-- name: change_put
INSERT INTO change (change_set, position, element, asserter, before, after) VALUES (:change_set, :position, :element, :asserter, :before, :after);

-- name: history
SELECT c.number, c.at, c.by, c.action, c.undoes, c.counts, c.details,
       (SELECT max(u.number) FROM change_set AS u WHERE u.undoes = c.number) AS undone_by
FROM change_set AS c
WHERE (:element IS NULL OR c.number IN (SELECT change_set FROM change WHERE element IN (SELECT value FROM json_each(:element)))) AND (:by IS NULL OR c.by = :by)
ORDER BY c.number DESC LIMIT :limit;

-- name: change_set_get
SELECT c.number, c.at, c.by, c.action, c.undoes, c.counts, c.details, (SELECT max(u.number) FROM change_set AS u WHERE u.undoes = c.number) AS undone_by
FROM change_set AS c WHERE c.number = :number;

-- name: changes_of
SELECT before, after FROM change WHERE change_set = :number AND position >= :start ORDER BY position;

-- name: touched_after
SELECT DISTINCT later.change_set AS number FROM change AS mine CROSS JOIN change AS later INDEXED BY change_element
  ON later.element = mine.element AND later.asserter = mine.asserter AND later.change_set > mine.change_set
WHERE mine.change_set = :number AND mine.asserter NOT GLOB 'kept:*' AND mine.asserter NOT GLOB 'llm:*' ORDER BY number;

-- name: kept
SELECT name, value FROM kept WHERE name >= :prefix AND name < :after ORDER BY name;

-- name: kept_drop
DELETE FROM kept WHERE name = :name;

-- name: kept_put
INSERT INTO kept (name, value) VALUES (:name, :value);

-- name: positions
SELECT node, x, y FROM position ORDER BY node;

-- name: positions_drop
DELETE FROM position;

-- name: position_put
INSERT INTO position (node, x, y) VALUES (:node, :x, :y);


-- name: newest
SELECT at, action FROM change_set ORDER BY number DESC LIMIT 1;

-- name: newest_number
SELECT max(number) AS number FROM change_set;

-- name: count_change_sets
SELECT count(*) FROM change_set;

-- name: lookup_names
SELECT node AS id, key AS value FROM name ORDER BY node, key;

-- name: lookup_words
SELECT n.id, w.tokens AS value FROM words AS w LEFT JOIN node AS n ON n.number = w.rowid ORDER BY n.id;

-- name: lookup_terms
SELECT n.id, t.term || ' ' || t.number AS value FROM term AS t LEFT JOIN node AS n ON n.number = t.paper ORDER BY n.id, t.term;

-- name: lookup_references
SELECT element AS id, target AS value FROM reference ORDER BY element, target;

-- name: lookup_keys
SELECT mention AS id, key AS value FROM mention_key ORDER BY mention, key;

-- name: lookup_works
SELECT mention AS id, work AS value FROM work ORDER BY mention;

-- name: words_check
-- FTS5's own check of its index against what it indexes; an error where they differ
INSERT INTO words (words) VALUES ('integrity-check');

-- name: words_mend
-- the index anew from what it indexes, so that what it indexes can be taken out of it
INSERT INTO words (words) VALUES ('rebuild');

-- name: words_clear
DELETE FROM words;

-- name: relation_clear
DELETE FROM relation;

-- name: edge_clear
DELETE FROM edge;

-- name: name_clear
DELETE FROM name;

-- name: term_clear
DELETE FROM term;

-- name: node_clear
DELETE FROM node;

-- name: work_clear
DELETE FROM work;

-- name: reference_clear
DELETE FROM reference;

-- name: mention_key_clear
DELETE FROM mention_key;

-- name: tally_clear
UPDATE tally SET number = 0;
