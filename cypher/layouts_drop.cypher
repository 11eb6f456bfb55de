// purpose: forget where the page drew the nodes
// parameters: none
// columns: none
// reads: every layout, a few thousand places each

MATCH (l:Layout {store: 'papergraph'})
DETACH DELETE l;
