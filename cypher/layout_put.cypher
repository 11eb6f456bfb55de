// purpose: keep where the page drew some of the nodes; beside the graph, for its nodes are made anew when what makes them changes
// parameters:
//   ids: list of string, of nodes
//   xs: list of float, of each of them
//   ys: list of float, of each of them
// columns: none

CREATE (:Layout {store: 'papergraph', ids: $ids, xs: $xs, ys: $ys});
