"use strict";
{
  const { placed, colours, nodes, links } = JSON.parse(document.getElementById("data").textContent);
  const host = document.getElementById("graph"), box = document.getElementById("filter-Concept");
  const graph = new ForceGraph(host)
    .width(host.clientWidth)
    .height(host.clientHeight)
    .nodeLabel("name")
    .nodeColor((n) => colours[n.kind])
    .linkAutoColorBy("type")
    .onEngineStop(() => { graph.onEngineStop(() => {}).zoomToFit(0, 20); performance.mark("bench:settled"); });
  if (placed) graph.cooldownTicks(0);
  graph.graphData({ nodes, links });
  box.addEventListener("change", () => {
    const shown = (n) => box.checked || n.kind !== "Concept";
    graph.nodeVisibility(shown).linkVisibility((l) => shown(l.source) && shown(l.target));
  });
}
