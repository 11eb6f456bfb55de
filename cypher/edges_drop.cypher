// purpose: take out the structural edges that start from these nodes
// parameters:
//   ids: list of string, the ids
// columns: none

UNWIND $ids AS id
MATCH (n:Paper|Topic|Note {id: id})-[e:ABOUT|BROADER|HAS_TOPIC|MENTIONS|QUOTED_FROM]->()
DELETE e;
