// purpose: papers, topics and concepts with a name that holds a part: entries before cited papers, then by label and name
// parameters:
//   query: string, for the full-text index papergraph_names: *part*
//   limit: integer
// columns:
//   labels: list of string
//   properties: map

CALL db.index.fulltext.queryNodes('papergraph_names', $query) YIELD node AS n
WITH n, coalesce(n.title, n.prefLabel) AS name, CASE WHEN n:Topic THEN 0 WHEN n:Paper THEN 1 ELSE 2 END AS kind
RETURN labels(n) AS labels, properties(n) AS properties
ORDER BY coalesce(n.role, '') = 'cited', kind, name, n.id LIMIT $limit;
