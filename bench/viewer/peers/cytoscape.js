"use strict";
{
  const { colours, nodes, links } = JSON.parse(document.getElementById("data").textContent);
  const box = document.getElementById("filter-Concept");
  const graph = cytoscape({
    container: document.getElementById("graph"),
    elements: {
      nodes: nodes.map(({ x, y, ...data }) => ({ data, position: { x, y } })),
      edges: links.map((data) => ({ data })),
    },
    layout: { name: "preset" },
    // its own defaults but for the colours, and labels only where they can be read, as its manual advises for large graphs
    style: [
      { selector: "node", style: { width: 16, height: 16, "font-size": 10, "min-zoomed-font-size": 8, label: "data(name)" } },
      ...Object.entries(colours).map(([kind, colour]) => ({ selector: `node[kind = "${kind}"]`, style: { "background-color": colour } })),
      { selector: "edge", style: { width: 1, "curve-style": "haystack" } },
    ],
  });
  box.addEventListener("change", () => { graph.nodes('[kind = "Concept"]').style("display", box.checked ? "element" : "none"); });
}
