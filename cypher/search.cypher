// purpose: hits of the full-text index, the best first by its own measure
// parameters:
//   query: string, for the full-text index papergraph_search: tokens joined by AND
//   limit: integer
// columns:
//   id: string
//   labels: list of string
//   name: string

CALL db.index.fulltext.queryNodes('papergraph_search', $query, {limit: $limit}) YIELD node AS n
RETURN n.id AS id, labels(n) AS labels, coalesce(n.title, n.prefLabel, n.text) AS name;
