// purpose: later change sets that changed the same statements as this one, but for those whose quotes follow the notes
// parameters:
//   number: integer
// columns:
//   number: integer

MATCH (p:ChangePage {changeSet: $number})
UNWIND p.keys AS key
WITH key WHERE NOT key CONTAINS ' kept:' AND NOT key CONTAINS ' llm:'
MATCH (s:Statement {id: key})
UNWIND s.changeSets AS number
WITH DISTINCT number WHERE number > $number
RETURN number ORDER BY number;
