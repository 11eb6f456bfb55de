// purpose: papers, topics and concepts by folded names
// parameters:
//   query: string, for the full-text index papergraph_names: "name" or *part*
// columns:
//   labels: list of string
//   properties: map

CALL db.index.fulltext.queryNodes('papergraph_names', $query) YIELD node AS n
RETURN labels(n) AS labels, properties(n) AS properties;
