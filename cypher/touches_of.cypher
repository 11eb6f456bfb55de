// purpose: the change sets that changed each statement on these elements, those that are no longer made too
// parameters:
//   ids: list of string
// columns:
//   id: string, `element asserter`
//   numbers: list of integer

UNWIND $ids AS id
MATCH (s:Statement) USING INDEX s:Statement(id) WHERE s.id STARTS WITH id + ' '
RETURN s.id AS id, s.changeSets AS numbers;
