// purpose: the elements of statements, by what these lead to or by their keys
// parameters:
//   query: string, for the full-text index papergraph_statements: refs:("…" …) or keys:("…" …)
// columns:
//   element: string

CALL db.index.fulltext.queryNodes('papergraph_statements', $query) YIELD node AS s
RETURN DISTINCT s.element AS element;
