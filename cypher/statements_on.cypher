// purpose: all statements on these elements
// parameters:
//   ids: list of string, the ids
// columns:
//   element: string
//   asserter: string
//   label: string, a node's label or Relation
//   removed: boolean
//   body: string, JSON

UNWIND $ids AS element
MATCH (s:Statement) USING INDEX s:Statement(id) WHERE s.id STARTS WITH element + ' ' AND s.body IS NOT NULL
RETURN s.element AS element, s.asserter AS asserter, s.label AS label, s.removed AS removed, s.body AS body;
