// purpose: the papers with each of these content words
// parameters:
//   terms: list of map {term, query}; query for the full-text index papergraph_terms
//   limit: integer, of each word
// columns:
//   term: string
//   papers: list of string, ids

UNWIND $terms AS row
CALL (row) {
  CALL db.index.fulltext.queryNodes('papergraph_terms', row.query, {limit: $limit}) YIELD node
  RETURN collect(node.id) AS papers
}
RETURN row.term AS term, papers;
