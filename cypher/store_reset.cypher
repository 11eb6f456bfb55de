// purpose: begin the numbers of change sets anew
// parameters: none
// columns: none

MATCH (s:Store {id: 'papergraph'})
SET s.changeSets = 0;
