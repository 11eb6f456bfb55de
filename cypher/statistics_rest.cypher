// purpose: how many entries and change sets
// parameters: none
// columns:
//   entries: integer
//   changeSets: integer
// reads: every paper

MATCH (s:Store {id: 'papergraph'})
RETURN COUNT { (p:Paper) WHERE p.role = 'entry' } AS entries, COUNT { (c:ChangeSet) } AS changeSets;
