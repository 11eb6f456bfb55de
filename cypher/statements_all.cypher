// purpose: every statement, by element and asserter
// parameters: none
// columns:
//   element: string
//   asserter: string
//   label: string, a node's label or Relation
//   removed: boolean
//   body: string, JSON
// reads: every statement

MATCH (s:Statement) WHERE s.id >= '' AND s.body IS NOT NULL
RETURN s.element AS element, s.asserter AS asserter, s.label AS label, s.removed AS removed, s.body AS body ORDER BY s.id;
