// purpose: where the page last drew each node
// parameters: none
// columns:
//   ids: list of string, of nodes
//   xs: list of float, of each of them
//   ys: list of float, of each of them
// reads: every layout, a few thousand places each

MATCH (l:Layout {store: 'papergraph'})
RETURN l.ids AS ids, l.xs AS xs, l.ys AS ys;
