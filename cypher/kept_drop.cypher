// purpose: forget what is kept under these names
// parameters:
//   names: list of string
// columns: none

UNWIND $names AS name
MATCH (k:Kept {name: name})
DETACH DELETE k;
