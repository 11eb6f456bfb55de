// purpose: the schema's second version: what is kept beside the graph has a name of its own
// parameters: none
// columns: none

CREATE CONSTRAINT papergraph_kept_name IF NOT EXISTS FOR (n:Kept) REQUIRE n.name IS UNIQUE;
