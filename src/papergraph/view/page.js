"use strict";
// Text from the notes reaches the page through textContent and the canvas only, never as HTML.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { nodes: details, notes, relations } = data.details;
  const types = new Map(data.types.map((t) => [t.type, t]));
  const byId = new Map(data.nodes.map((n) => [n.id, n]));
  const edgeById = new Map(data.edges.map((e) => [e.id, e]));
  const $ = (id) => document.getElementById(id);
  const panel = $("panel"), results = $("results"), search = $("search");

  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[\p{P}\p{S}\s]+/gu, "");
  const web = (url) => /^https?:\/\//i.test(url || "");

  if (!data.nodes.length) { $("empty").hidden = false; $("legend").hidden = true; }

  // --- the drawing
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const hidden = new Set();
  let least = 0;
  const look = () => {
    const d = dark.matches;
    return { text: d ? "#e6eaf0" : "#1d2733", line: d ? "#566272" : "#8b97a6", card: d ? "#232b35" : "#ffffff", faint: d ? "#39434f" : "#d3d9e1", paper: (hue, s) => hue < 0 ? (d ? "#2a323c" : "#f3f5f8") : `hsl(${hue} ${s}% ${d ? 22 : 93}%)`, edge: (hue) => hue < 0 ? (d ? "#6c7988" : "#8b97a6") : `hsl(${hue} 45% ${d ? 60 : 45}%)` };
  };
  const font = "system-ui, 'Noto Sans CJK JP', 'Noto Sans JP', 'Hiragino Sans', 'Yu Gothic', Meiryo, sans-serif";
  const drawnNode = (n, c) => {
    const colour = { background: c.paper(n.hue, n.kind === "Topic" ? 60 : 55), border: c.edge(n.hue), highlight: { background: c.card, border: "#1f5fbf" } };
    const base = { id: n.id, x: n.x, y: n.y, label: n.marks ? n.marks + " " + n.label : n.label, hidden: hidden.has(n.cited ? "cited" : n.kind), color: colour, font: { size: n.size, face: font, color: c.text, multi: false }, chosen: true };
    if (n.kind === "Topic") return { ...base, shape: "box", shapeProperties: { borderRadius: 16 }, borderWidth: 2, margin: 9, font: { ...base.font, size: n.size } };
    if (n.kind === "Concept") return { ...base, shape: "ellipse", borderWidth: 1.5, margin: 5 };
    return { ...base, shape: "box", shapeProperties: { borderRadius: 4, borderDashes: n.cited ? [5, 4] : false }, borderWidth: n.cited ? 1.5 : 1, margin: 8 };
  };
  const drawnEdge = (e, c) => {
    const type = types.get(e.type);
    const structure = e.type === "HAS_TOPIC" || e.type === "BROADER";
    return { id: e.id, from: e.from, to: e.to, hidden: hidden.has(e.type) || (!structure && e.confidence < least), color: { color: structure ? c.faint : type.colour, highlight: structure ? c.line : type.colour, opacity: structure ? 1 : 0.45 + 0.5 * e.confidence }, width: structure ? 1 : 2 + 2.5 * e.confidence, dashes: e.hedged ? [9, 6] : false, arrows: structure || type.symmetric ? "" : { to: { enabled: true, scaleFactor: 0.8 } }, smooth: structure ? false : { enabled: true, type: "curvedCW", roundness: 0.12 } };
  };
  const drawnNodes = new vis.DataSet(), drawnEdges = new vis.DataSet();
  const redraw = () => {
    const c = look();
    drawnNodes.update(data.nodes.map((n) => drawnNode(n, c)));
    drawnEdges.update(data.edges.map((e) => drawnEdge(e, c)));
  };
  redraw();
  const network = new vis.Network($("graph"), { nodes: drawnNodes, edges: drawnEdges }, { physics: false, layout: { improvedLayout: false }, interaction: { hover: true, tooltipDelay: 1e9, selectConnectedEdges: true, multiselect: false, hideEdgesOnDrag: data.edges.length > 1500 }, edges: { selectionWidth: 1.5 }, nodes: { scaling: { label: { drawThreshold: 3 } } } });
  const overview = () => network.fit({ animation: false, maxZoomLevel: 1.2 });
  overview();
  dark.addEventListener("change", redraw);

  // --- the panel
  const go = (id, text) => {
    const button = make("button", text, "go");
    button.type = "button";
    button.addEventListener("click", () => choose(id));
    return button;
  };
  const open = (...parts) => {
    panel.replaceChildren();
    const close = make("button", "×", "close");
    close.type = "button";
    close.setAttribute("aria-label", "Close the details");
    close.addEventListener("click", clear);
    panel.append(close, ...parts.filter(Boolean));
    panel.hidden = false;
    panel.scrollTop = 0;
    document.body.classList.add("reading");
  };
  const clear = () => {
    panel.hidden = true;
    document.body.classList.remove("reading");
    network.unselectAll();
    history.replaceState(null, "", location.pathname + location.search);
  };
  const quotes = (id) => {
    const list = make("div");
    for (const e of relations[id].evidence) {
      const quote = make("blockquote", e.quote);
      quote.append(make("div", [e.place || "by hand", e.rule && e.rule !== "user" ? e.rule : ""].filter(Boolean).join("  ·  "), "place"));
      list.append(quote);
    }
    return list;
  };
  const sure = (e) => `${e.hedged ? "hedged, " : ""}confidence ${e.confidence.toFixed(2)}${relations[e.id].by === "user" ? ", by hand" : ""}${relations[e.id].status !== "proposed" ? ", " + relations[e.id].status : ""}`;
  const section = (title, items) => {
    if (!items.length) return null;
    const part = make("section"), list = make("ul");
    part.append(make("h3", title), list);
    for (const item of items) { const li = make("li"); li.append(...[item].flat()); list.append(li); }
    return part;
  };
  const tag = (type) => { const kind = make("span", types.get(type).label, "kind"); kind.style.color = types.get(type).colour; return kind; };
  const showNode = (id) => {
    const d = details[id], n = byId.get(id);
    const facts = [n.kind === "Paper" ? (n.cited ? "cited paper" : "paper") : n.kind.toLowerCase(), (d.authors || []).join(", "), d.venue || d.year, d.decision, (d.markers || []).join(" "), d.path ? `${d.path}:${d.line}` : ""].filter(Boolean).join("  ·  ");
    const parts = [make("h2", d.name), make("div", facts, "facts")];
    const also = [...(d.aliases || []), ...(d.altLabels || [])];
    if (also.length) parts.push(make("div", "also: " + also.join("; "), "facts"));
    if (web(d.url)) {
      const link = make("a", d.url);
      link.href = d.url; link.target = "_blank"; link.rel = "noopener noreferrer";
      parts.push(link);
    }
    const at = data.edges.filter((e) => e.from === id || e.to === id);
    const other = (e) => (e.from === id ? e.to : e.from);
    const stated = at.filter((e) => relations[e.id]);
    parts.push(section("Relations", stated.map((e) => {
      const t = types.get(e.type);
      const line = make("div");
      line.append(tag(e.type), `${e.from === id ? t.active : t.passive} `, go(other(e), details[other(e)].name));
      return [line, make("div", sure(e), "place"), quotes(e.id)];
    })));
    const told = notes[id] || [];
    const note = (x) => { const quote = make("blockquote", x.text); const where = make("div", `${x.kind}  ·  ${x.place}`, "place"); if (x.about && details[x.about]) where.append("  ·  on ", go(x.about, details[x.about].name)); quote.append(where); return quote; };
    parts.push(section("Reader's own words", told.filter((x) => x.kind !== "claim").map(note)));
    parts.push(section("Summary", told.filter((x) => x.kind === "claim").map(note)));
    parts.push(section(n.kind === "Topic" ? "Broader" : "Topics", at.filter((e) => !relations[e.id] && e.from === id).map((e) => go(e.to, details[e.to].name))));
    parts.push(section("Narrower topics", at.filter((e) => e.type === "BROADER" && e.to === id).map((e) => go(e.from, details[e.from].name))));
    parts.push(section("Papers", at.filter((e) => e.type === "HAS_TOPIC" && e.to === id).map((e) => go(e.from, details[e.from].name))));
    open(...parts);
  };
  const showEdge = (id) => {
    const e = edgeById.get(id);
    if (!relations[id]) { choose(e.to); return; }
    const t = types.get(e.type);
    const head = make("div");
    head.append(go(e.from, details[e.from].name), make("div", `${t.symmetric ? "↔" : "↓"} ${t.active}`), go(e.to, details[e.to].name));
    open(tag(e.type), head, make("div", sure(e), "place"), section("Evidence", [quotes(id)]));
  };
  const choose = (id, move = true) => {
    if (!byId.has(id)) return;
    network.selectNodes([id]);
    if (move) {
      const wide = innerWidth > 700;
      network.focus(id, { scale: Math.max(network.getScale(), 0.75), offset: { x: wide ? -190 : 0, y: wide ? 0 : -innerHeight * 0.22 }, animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 300 } });
    }
    showNode(id);
    history.replaceState(null, "", "#" + encodeURIComponent(id));
  };
  network.on("click", (event) => {
    if (event.nodes.length) choose(event.nodes[0], false);
    else if (event.edges.length) showEdge(event.edges[0]);
    else clear();
  });
  $("whole").addEventListener("click", () => { clear(); overview(); });

  // --- search
  const index = data.nodes.map((n) => {
    const d = details[n.id];
    const names = [d.name, ...(d.aliases || []), ...(d.altLabels || [])].map(fold);
    return { id: n.id, names, text: [...(d.authors || []), ...(notes[n.id] || []).map((x) => x.text)].map(fold).join("\n") };
  });
  let found = [], at = -1;
  const select = (n) => {
    at = n;
    [...results.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === n)));
    if (results.children[n]) { results.children[n].scrollIntoView({ block: "nearest" }); search.setAttribute("aria-activedescendant", results.children[n].id); }
  };
  const look_up = () => {
    const words = search.value.split(/\s+/).map(fold).filter(Boolean);
    found = [];
    if (words.length) {
      for (const entry of index) {
        const named = entry.names.some((name) => words.every((w) => name.includes(w)));
        if (named || words.every((w) => entry.text.includes(w) || entry.names.some((name) => name.includes(w)))) found.push([named ? 0 : 1, entry.names[0].length, entry.id]);
      }
      found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1));
      found = found.slice(0, 30);
    }
    results.replaceChildren();
    found.forEach(([inText, , id], i) => {
      const li = make("li", details[id].name);
      li.id = "result-" + i;
      li.setAttribute("role", "option");
      li.append(make("div"), make("small", byId.get(id).kind.toLowerCase() + (inText ? ", in its notes" : "")));
      li.addEventListener("mousedown", (event) => { event.preventDefault(); take(i); });
      results.append(li);
    });
    if (words.length && !found.length) results.append(make("li", "nothing found"));
    results.hidden = !words.length;
    search.setAttribute("aria-expanded", String(!results.hidden));
    select(found.length ? 0 : -1);
  };
  const take = (i) => { if (found[i]) { results.hidden = true; search.setAttribute("aria-expanded", "false"); choose(found[i][2]); } };
  search.addEventListener("input", look_up);
  search.addEventListener("focus", () => { if (search.value) look_up(); });
  search.addEventListener("blur", () => { results.hidden = true; });
  search.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") { event.preventDefault(); select(Math.min(at + 1, found.length - 1)); }
    else if (event.key === "ArrowUp") { event.preventDefault(); select(Math.max(at - 1, 0)); }
    else if (event.key === "Enter") { event.preventDefault(); take(at); }
    else if (event.key === "Escape") { results.hidden = true; search.blur(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); search.select(); }
    else if (event.key === "Escape" && document.activeElement !== search) clear();
  });

  // --- legend and filters
  const legend = $("legend");
  const toggle = (key, text, mark) => {
    const label = make("label"), box = make("input");
    box.type = "checkbox"; box.checked = true;
    box.addEventListener("change", () => { if (box.checked) hidden.delete(key); else hidden.add(key); redraw(); });
    label.append(box, mark, text);
    legend.append(label);
  };
  const count = (test) => data.nodes.filter(test).length;
  for (const [key, text, test] of [["Paper", "papers", (n) => n.kind === "Paper" && !n.cited], ["cited", "cited papers", (n) => n.cited], ["Topic", "topics", (n) => n.kind === "Topic"], ["Concept", "concepts", (n) => n.kind === "Concept"]]) {
    if (count(test)) toggle(key, `${text} (${count(test)})`, make("span", "", "shape " + key));
  }
  for (const t of data.types) {
    const n = data.edges.filter((e) => e.type === t.type).length;
    if (!n) continue;
    const swatch = make("span", "", "swatch");
    swatch.style.borderTopColor = t.colour;
    toggle(t.type, `${t.label} (${n})`, swatch);
  }
  if (data.edges.some((e) => relations[e.id])) {
    const label = make("label"), range = make("input"), said = make("span", "any confidence");
    range.type = "range"; range.min = "0"; range.max = "1"; range.step = "0.05"; range.value = "0";
    range.setAttribute("aria-label", "Least confidence of the relations shown");
    range.addEventListener("input", () => { least = Number(range.value); said.textContent = least ? `confidence ≥ ${least.toFixed(2)}` : "any confidence"; redraw(); });
    label.append(said);
    legend.append(label, range, make("small", "dashed: hedged"));
  }

  const start = decodeURIComponent(location.hash.slice(1));
  if (byId.has(start)) choose(start);
  // for tests: where things are drawn
  window.papergraph = { network, choose };
})();
