// purpose: statements by what they lead to or by their keys
// parameters:
//   query: string, for the full-text index papergraph_statements: refs:("…" …) or keys:("…" …)
// columns:
//   element: string
//   asserter: string
//   label: string, a node's label or Relation
//   removed: boolean
//   body: string, JSON

CALL db.index.fulltext.queryNodes('papergraph_statements', $query) YIELD node AS s
RETURN s.element AS element, s.asserter AS asserter, s.label AS label, s.removed AS removed, s.body AS body;
