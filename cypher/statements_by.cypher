// purpose: all that these asserters state
// parameters:
//   asserters: list of string
// columns:
//   element: string
//   asserter: string
//   label: string, a node's label or Relation
//   removed: boolean
//   body: string, JSON

UNWIND $asserters AS asserter
MATCH (s:Statement {asserter: asserter}) WHERE s.body IS NOT NULL
RETURN s.element AS element, s.asserter AS asserter, s.label AS label, s.removed AS removed, s.body AS body;
