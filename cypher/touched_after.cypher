// purpose: later change sets that changed the same statements as this one
// parameters:
//   number: integer
// columns:
//   number: integer

MATCH (p:ChangePage {changeSet: $number})
UNWIND p.keys AS key
MATCH (s:Statement {id: key})
UNWIND s.changeSets AS number
WITH DISTINCT number WHERE number > $number
RETURN number ORDER BY number;
