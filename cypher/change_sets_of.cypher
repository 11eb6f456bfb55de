// purpose: the change sets that touched these elements
// parameters:
//   ids: list of string, the ids
// columns:
//   number: integer

UNWIND $ids AS element
MATCH (s:Statement) USING INDEX s:Statement(id) WHERE s.id STARTS WITH element + ' '
UNWIND s.changeSets AS number
RETURN DISTINCT number;
