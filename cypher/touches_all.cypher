// purpose: in which change sets each statement that ever was stands
// parameters: none
// columns:
//   id: string, `element asserter`
//   numbers: list of integer
// reads: every statement

MATCH (s:Statement) WHERE s.id >= ''
RETURN s.id AS id, s.changeSets AS numbers ORDER BY s.id;
