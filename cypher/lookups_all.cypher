// purpose: what every statement leads to, by which keys it is found again, and which work it is a mention of
// parameters: none
// columns:
//   element: string
//   refs: list of string or null
//   keys: list of string or null
//   work: string or null
// reads: every statement

MATCH (s:Statement) WHERE s.id >= '' AND s.body IS NOT NULL
RETURN s.element AS element, s.refs AS refs, s.keys AS keys, s.work AS work ORDER BY s.id;
