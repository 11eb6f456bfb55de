// purpose: the schema's first version: ids are unique, what is looked up has an index
// parameters: none
// columns: none

CREATE CONSTRAINT papergraph_paper_id IF NOT EXISTS FOR (n:Paper) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT papergraph_topic_id IF NOT EXISTS FOR (n:Topic) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT papergraph_concept_id IF NOT EXISTS FOR (n:Concept) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT papergraph_note_id IF NOT EXISTS FOR (n:Note) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT papergraph_source_id IF NOT EXISTS FOR (n:Source) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT papergraph_statement_id IF NOT EXISTS FOR (n:Statement) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT papergraph_store_id IF NOT EXISTS FOR (n:Store) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT papergraph_change_set_number IF NOT EXISTS FOR (n:ChangeSet) REQUIRE n.number IS UNIQUE;
CREATE CONSTRAINT papergraph_applies_to_id IF NOT EXISTS FOR ()-[r:APPLIES_TO]-() REQUIRE r.id IS UNIQUE;
CREATE CONSTRAINT papergraph_consistent_with_id IF NOT EXISTS FOR ()-[r:CONSISTENT_WITH]-() REQUIRE r.id IS UNIQUE;
CREATE CONSTRAINT papergraph_contradicts_id IF NOT EXISTS FOR ()-[r:CONTRADICTS]-() REQUIRE r.id IS UNIQUE;
CREATE CONSTRAINT papergraph_differs_from_id IF NOT EXISTS FOR ()-[r:DIFFERS_FROM]-() REQUIRE r.id IS UNIQUE;
CREATE CONSTRAINT papergraph_equivalent_to_id IF NOT EXISTS FOR ()-[r:EQUIVALENT_TO]-() REQUIRE r.id IS UNIQUE;
CREATE CONSTRAINT papergraph_extends_id IF NOT EXISTS FOR ()-[r:EXTENDS]-() REQUIRE r.id IS UNIQUE;
CREATE CONSTRAINT papergraph_related_to_id IF NOT EXISTS FOR ()-[r:RELATED_TO]-() REQUIRE r.id IS UNIQUE;
CREATE CONSTRAINT papergraph_similar_to_id IF NOT EXISTS FOR ()-[r:SIMILAR_TO]-() REQUIRE r.id IS UNIQUE;
CREATE CONSTRAINT papergraph_supports_id IF NOT EXISTS FOR ()-[r:SUPPORTS]-() REQUIRE r.id IS UNIQUE;
CREATE CONSTRAINT papergraph_uses_id IF NOT EXISTS FOR ()-[r:USES]-() REQUIRE r.id IS UNIQUE;
CREATE INDEX papergraph_statement_asserter IF NOT EXISTS FOR (n:Statement) ON (n.asserter);
CREATE INDEX papergraph_statement_work IF NOT EXISTS FOR (n:Statement) ON (n.work);
CREATE INDEX papergraph_change_page IF NOT EXISTS FOR (n:ChangePage) ON (n.changeSet);
CREATE INDEX papergraph_change_set_undoes IF NOT EXISTS FOR (n:ChangeSet) ON (n.undoes);

// what a statement leads to, and the keys by which a mention of a paper is found again: whole values
CREATE FULLTEXT INDEX papergraph_statements IF NOT EXISTS FOR (n:Statement) ON EACH [n.refs, n.keys]
  OPTIONS {indexConfig: {`fulltext.analyzer`: 'keyword'}};
// folded titles, labels, aliases, identifiers: whole values
CREATE FULLTEXT INDEX papergraph_names IF NOT EXISTS FOR (n:Paper|Topic|Concept) ON EACH [n.names]
  OPTIONS {indexConfig: {`fulltext.analyzer`: 'keyword'}};
// content words: whole values
CREATE FULLTEXT INDEX papergraph_terms IF NOT EXISTS FOR (n:Paper) ON EACH [n.terms]
  OPTIONS {indexConfig: {`fulltext.analyzer`: 'keyword'}};
// words, and the characters and bigrams of CJK runs, as every store makes them
CREATE FULLTEXT INDEX papergraph_search IF NOT EXISTS FOR (n:Paper|Topic|Concept|Note) ON EACH [n.tokens]
  OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}};
// the texts as they are, for people who ask in Cypher
CREATE FULLTEXT INDEX papergraph_text IF NOT EXISTS FOR (n:Paper|Topic|Concept|Note) ON EACH [n.title, n.prefLabel, n.text]
  OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}};
