"use strict";
// Text from the notes reaches the page through textContent and the canvas only, never as HTML.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  if (!data.nodes.length) return;

  // maps, because an id may be called "constructor"
  const details = new Map(Object.entries(data.details.nodes));
  const notes = new Map(Object.entries(data.details.notes));
  const stated = new Map(Object.entries(data.details.relations));
  const types = new Map(data.types.map((t) => [t.type, t]));
  const nodeById = new Map(data.nodes.map((n) => [n.id, n]));
  const edgeById = new Map(data.edges.map((e) => [e.id, e]));
  const edgesAt = new Map(data.nodes.map((n) => [n.id, []]));
  for (const e of data.edges) { edgesAt.get(e.from).push(e); if (e.to !== e.from) edgesAt.get(e.to).push(e); }
  // vis-network keeps its nodes in plain objects, where an id such as "__proto__" does harm: it gets keys of our own
  data.nodes.forEach((n, i) => { n.key = `n${i}`; });
  data.edges.forEach((e, i) => { e.key = `e${i}`; });
  const byKey = new Map([...data.nodes, ...data.edges].map((x) => [x.key, x.id]));
  const keyOf = (id) => (nodeById.get(id) || edgeById.get(id)).key;
  const nameOf = (id) => details.get(id).name;
  const otherEnd = (e, id) => (e.from === id ? e.to : e.from);
  const kindOf = (n) => (n.cited ? "Cited" : n.kind);
  const LARGE = 2000;

  const $ = (id) => document.getElementById(id);
  const panel = $("panel"), results = $("results"), search = $("search"), hint = $("hint"), legend = $("legend");
  const narrow = matchMedia("(max-width: 700px)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    // kana tell that the Han characters beside them are to be drawn, and read aloud, as Japanese
    if (text && /[\u3040-\u30ff]/.test(text)) element.lang = "ja";
    if (className) element.className = className;
    return element;
  };

  // --- what is shown, and how it looks

  const hidden = new Set();
  let least = 0;
  let lit = null; // ids of what stays bright while something is chosen; null: all
  const nodeShown = (n) => !hidden.has(kindOf(n));
  const edgeShown = (e) => !hidden.has(e.type) && !(stated.has(e.id) && e.confidence < least) && nodeShown(nodeById.get(e.from)) && nodeShown(nodeById.get(e.to));
  const edgeBright = (e) => !lit || lit.has(e.id);

  const look = () => {
    const d = dark.matches;
    return {
      dark: d,
      text: d ? "#e8ecf1" : "#1d2733",
      card: d ? "#14181d" : "#fbfbfc",
      accent: d ? "#86b6ff" : "#1f5fbf",
      faint: d ? "#4d5866" : "#b4bdc8",
      fill: (n) => (n.cited || n.hue < 0 ? (d ? "#1b2027" : "#ffffff") : n.kind === "Topic" ? `hsl(${n.hue}, 45%, ${d ? 30 : 86}%)` : `hsl(${n.hue}, ${d ? 30 : 60}%, ${d ? 17 : 95.5}%)`),
      border: (n, alpha = 1) => (n.hue < 0 ? `hsla(213, 13%, ${d ? 60 : 46}%, ${alpha})` : `hsla(${n.hue}, 45%, ${d ? 60 : 42}%, ${alpha})`),
      edge: (e) => types.get(e.type).colours[d ? 1 : 0],
    };
  };
  const font = "system-ui, 'Noto Sans CJK JP', 'Noto Sans JP', 'Hiragino Sans', 'Yu Gothic', Meiryo, sans-serif";

  const drawnNode = (n, c) => {
    const bright = !lit || lit.has(n.id);
    const colour = { background: c.fill(n), border: c.border(n, bright ? 1 : 0.3) };
    const cited = n.kind === "Paper" && n.cited;
    return {
      id: n.key,
      label: n.label,
      hidden: !nodeShown(n),
      opacity: bright ? 1 : 0.3,
      shape: n.kind === "Concept" ? "ellipse" : "box",
      shapeProperties: { borderRadius: n.kind === "Topic" ? 16 : 5, borderDashes: cited ? [5, 4] : false },
      color: { ...colour, highlight: { background: colour.background, border: c.accent }, hover: { background: colour.background, border: c.accent } },
      borderWidth: n.kind === "Topic" ? 2 : 1.3,
      borderWidthSelected: 3.5,
      margin: n.kind === "Concept" ? 4 : 8,
      font: { size: n.size, face: font, color: bright ? c.text : c.dark ? "#e8ecf155" : "#1d273355", multi: false },
      chosen: { label: false, node: true },
    };
  };

  // edges between the same two nodes fan out; a single one is straight, as the layout kept its line free
  const bends = new Map();
  const parallel = new Map();
  for (const e of data.edges) {
    const key = e.from < e.to ? `${e.from}\n${e.to}` : `${e.to}\n${e.from}`;
    if (parallel.has(key)) parallel.get(key).push(e); else parallel.set(key, [e]);
  }
  for (const group of parallel.values()) {
    group.forEach((e, i) => bends.set(e.id, (i - (group.length - 1) / 2) * (e.from < e.to ? 1 : -1)));
  }
  const drawnEdge = (e, c) => {
    const bend = bends.get(e.id);
    const base = { id: e.key, from: keyOf(e.from), to: keyOf(e.to), hidden: !edgeShown(e), smooth: bend ? { enabled: true, type: bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.min(0.6, Math.abs(bend) * 0.3) } : false };
    const bright = edgeBright(e) ? 1 : 0.15;
    if (!stated.has(e.id)) return { ...base, width: 1.2, color: { color: c.faint, highlight: c.accent, hover: c.accent, opacity: bright }, arrows: "" };
    const colour = c.edge(e);
    return {
      ...base,
      width: 1.5 + 3 * e.confidence,
      color: { color: colour, highlight: colour, hover: colour, opacity: bright * (0.6 + 0.4 * e.confidence) },
      dashes: e.hedged ? [8, 6] : false,
      arrows: types.get(e.type).symmetric ? "" : { to: { enabled: true, scaleFactor: 0.75 } },
    };
  };

  const drawnNodes = new vis.DataSet(), drawnEdges = new vis.DataSet();
  const place = (n) => { const [x, y] = narrow.matches ? n.tall : n.wide; return { id: n.key, x, y }; };
  const redraw = () => {
    const c = look();
    drawnNodes.update(data.nodes.map((n) => drawnNode(n, c)));
    drawnEdges.update(data.edges.map((e) => drawnEdge(e, c)));
  };
  drawnNodes.add(data.nodes.map(place));
  redraw();

  const network = new vis.Network($("graph"), { nodes: drawnNodes, edges: drawnEdges }, {
    physics: false,
    layout: { improvedLayout: false },
    interaction: { hover: true, tooltipDelay: 1e9, multiselect: false, selectConnectedEdges: false, hideEdgesOnDrag: data.edges.length > LARGE, keyboard: { enabled: true, bindToWindow: false, autoFocus: false } },
    edges: { selectionWidth: 1.5, hoverWidth: 1 },
    nodes: { scaling: { label: { drawThreshold: 4 } } },
  });
  // network.fit leaves a wide margin
  const overview = () => {
    const area = $("graph").getBoundingClientRect();
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const n of data.nodes) {
      const b = network.getBoundingBox(n.key);
      left = Math.min(left, b.left); top = Math.min(top, b.top); right = Math.max(right, b.right); bottom = Math.max(bottom, b.bottom);
    }
    const scale = Math.min((area.width - 28) / (right - left), (area.height - 28 - (narrow.matches ? 50 : 0)) / (bottom - top), 1.2);
    network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale, offset: { x: 0, y: narrow.matches ? -25 : 0 }, animation: false });
  };
  dark.addEventListener("change", redraw);
  narrow.addEventListener("change", () => { drawnNodes.update(data.nodes.map(place)); overview(); });

  // far away, where labels cannot be read, the names of the best connected are painted at a readable size
  const weight = (n) => edgesAt.get(n.id).length;
  const topics = data.nodes.filter((n) => n.kind === "Topic");
  const signs = (topics.length > 2 ? topics : [...data.nodes]).sort((a, b) => weight(b) - weight(a) || (a.id < b.id ? -1 : 1)).slice(0, 300);
  network.on("afterDrawing", (ctx) => {
    const scale = network.getScale();
    if (scale > 0.45) return;
    const c = look(), size = 12.5 / scale, free = [];
    const at = network.getPositions(signs.map((n) => n.key));
    ctx.save();
    ctx.font = `600 ${size}px ${font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const n of signs) {
      if (!nodeShown(n) || (lit && !lit.has(n.id))) continue;
      const text = n.label.replace(/\n[^]*/, (rest) => (n.kind === "Topic" ? rest.replace("\n", " ") : "…")), p = at[n.key];
      const w = ctx.measureText(text).width + size, h = size * 1.7;
      const box = [p.x - w / 2, p.y - h / 2, p.x + w / 2, p.y + h / 2];
      if (free.some((o) => o[0] < box[2] && o[2] > box[0] && o[1] < box[3] && o[3] > box[1])) continue;
      free.push(box);
      ctx.beginPath();
      if (ctx.roundRect) ctx.roundRect(box[0], box[1], w, h, h / 2); else ctx.rect(box[0], box[1], w, h);
      ctx.fillStyle = c.fill(n);
      ctx.fill();
      ctx.lineWidth = 1.2 / scale;
      ctx.strokeStyle = c.border(n);
      ctx.stroke();
      ctx.fillStyle = c.text;
      ctx.fillText(text, p.x, p.y);
    }
    ctx.restore();
  });
  overview();

  // --- the panel

  const button = (text, className, act, label) => {
    const element = make("button", text, className);
    element.type = "button";
    if (label) element.setAttribute("aria-label", label);
    element.addEventListener("click", act);
    return element;
  };
  const go = (id) => button(nameOf(id), "go", () => choose(id, { focus: true }));
  const swatch = (e) => {
    const line = make("span", "", "swatch");
    line.style.borderTopColor = stated.has(e.id) ? look().edge(e) : look().faint;
    if (e.hedged) line.style.borderTopStyle = "dashed";
    return line;
  };
  const chip = (e) => {
    const element = button("", "chip", () => choose(e.id, { focus: true }), `Show this relation: ${types.get(e.type).label}`);
    element.append(swatch(e), types.get(e.type).label);
    return element;
  };
  const section = (title, items) => {
    if (!items.length) return null;
    const part = make("section"), list = make("ul");
    part.append(make("h3", `${title} (${items.length})`), list);
    for (const item of items) { const row = make("li"); row.append(...[item].flat()); list.append(row); }
    return part;
  };
  const line = (...parts) => parts.filter(Boolean).join("  ·  ");
  const open = (heading, ...parts) => {
    hint.hidden = true;
    heading.tabIndex = -1;
    panel.replaceChildren(button("×", "close", () => clear(true), "Close the details"), heading, ...parts.filter(Boolean));
    panel.hidden = false;
    panel.scrollTop = 0;
    document.body.classList.add("reading");
  };
  const quotes = (id) => stated.get(id).evidence.map((e, _, all) => {
    const quote = make("blockquote", e.quote);
    // the relation's own certainty stands above; what each sentence has is told where there are several
    quote.append(make("div", line(e.place, e.rule && `rule ${e.rule}`, all.length > 1 && `confidence ${e.confidence.toFixed(2)}`, all.length > 1 && e.hedged && "hedged"), "place"));
    return quote;
  });
  const certainty = (e) => {
    const told = stated.get(e.id);
    return line(`confidence ${e.confidence.toFixed(2)}`, e.hedged && "hedged", told.by === "user" && "stated by hand", told.status !== "proposed" && told.status);
  };
  const noted = (x) => {
    const quote = make("blockquote", x.text);
    const place = make("div", line(x.kind, x.hedged && "hedged", x.place, x.alsoAt && `also at ${x.alsoAt.join(", ")}`), "place");
    if (x.about && nodeById.has(x.about)) place.append("  ·  about ", go(x.about));
    quote.append(place);
    return quote;
  };

  const web = (url) => /^https?:\/\//i.test(url || "") ? url : null;
  const linkOf = (d) => web(d.url) || (d.doi && "https://doi.org/" + encodeURI(d.doi)) || (d.arxivId && "https://arxiv.org/abs/" + encodeURI(d.arxivId)) || (d.openreviewId && "https://openreview.net/forum?id=" + encodeURIComponent(d.openreviewId));
  const year = (d) => (d.year && !(d.venue || "").includes(String(d.year)) ? String(d.year) : "");
  const kinds = { Paper: "paper", Cited: "cited paper", Topic: "topic", Concept: "concept" };

  const showNode = (id) => {
    const d = details.get(id), n = nodeById.get(id), at = edgesAt.get(id);
    const parts = [make("p", line(kinds[kindOf(n)], d.venue, year(d), d.decision, (d.markers || []).join(" ")), "facts")];
    if (d.authors) parts.push(make("p", d.authors.join(", "), "facts"));
    const also = [...(d.aliases || []), ...(d.altLabels || [])];
    if (also.length) parts.push(make("p", "also: " + also.join("; "), "facts"));
    const url = linkOf(d);
    if (url) {
      const link = make("a", url);
      link.href = url;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      parts.push(link);
    }
    if (d.path) parts.push(make("p", d.line ? `${d.path}:${d.line}` : d.path, "facts"));
    const told = notes.get(id) || [];
    const out = (type) => at.filter((e) => e.type === type && e.from === id).map((e) => go(e.to));
    // in the order of the notes
    const place = (x) => [details.get(x).path || "", details.get(x).line || 0, nameOf(x)];
    const before = (a, b) => { const [p, q] = [place(a), place(b)], i = p.findIndex((x, n) => x !== q[n]); return i < 0 ? 0 : p[i] < q[i] ? -1 : 1; };
    const into = (type) => at.filter((e) => e.type === type && e.to === id && e.from !== id).map((e) => e.from).sort(before).map(go);
    parts.push(
      section("Topics", out("HAS_TOPIC")),
      section("Broader topic", out("BROADER")),
      section("Relations", at.filter((e) => stated.has(e.id)).map((e) => {
        const t = types.get(e.type), head = make("p");
        head.append(chip(e), ` ${e.from === id ? t.active : t.passive} `, go(otherEnd(e, id)));
        return [head, make("p", certainty(e), "place"), ...quotes(e.id)];
      })),
      section("The reader’s own words", told.filter((x) => x.kind !== "claim").map(noted)),
      section("What it says", told.filter((x) => x.kind === "claim").map(noted)),
      section("Narrower topics", into("BROADER")),
      section("Papers", into("HAS_TOPIC")),
    );
    open(make("h2", d.name), ...parts);
  };
  const showEdge = (id) => {
    const e = edgeById.get(id), t = types.get(e.type), ends = make("p", undefined, "ends");
    ends.append(go(e.from), make("span", `${t.symmetric ? "↕" : "↓"} ${t.active}`), go(e.to));
    const heading = make("h2", t.label);
    heading.prepend(swatch(e), " ");
    if (!stated.has(id)) { open(heading, ends); return; }
    open(heading, make("p", line(t.meaning, certainty(e)), "facts"), ends, section("Stated in", quotes(id)));
  };

  // --- choosing: one way in for clicks, the search, the panel and the address

  let chosen = null;
  const reveal = (key) => { const box = $("filter-" + key); if (box && !box.checked) box.click(); };
  const light = (ids) => { lit = ids; if (data.nodes.length <= LARGE) redraw(); };
  const choose = (id, { move = true, focus = false } = {}) => {
    const n = nodeById.get(id), e = edgeById.get(id);
    if (!n && !e) return;
    chosen = id;
    if (n) {
      reveal(kindOf(n));
      light(new Set([id, ...edgesAt.get(id).flatMap((x) => [x.id, otherEnd(x, id)])]));
      network.setSelection({ nodes: [n.key], edges: [] });
      showNode(id);
    } else {
      light(new Set([id, e.from, e.to]));
      network.setSelection({ nodes: [], edges: [e.key] });
      showEdge(id);
    }
    const ends = n ? [id] : [e.from, e.to];
    if (move || !inSight(ends)) bring(ends, move);
    if (focus) panel.querySelector("h2").focus({ preventScroll: true });
    if (named() !== id) location.hash = encodeURIComponent(id);
  };
  const clear = (back = false) => {
    chosen = null;
    panel.hidden = true;
    document.body.classList.remove("reading");
    network.unselectAll();
    light(null);
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    if (back) (narrow.matches ? $("graph") : search).focus({ preventScroll: true });
  };
  const middle = (ids) => {
    const at = ids.map((id) => network.getPosition(keyOf(id)));
    return { x: at.reduce((s, p) => s + p.x, 0) / at.length, y: at.reduce((s, p) => s + p.y, 0) / at.length };
  };
  // what the panel leaves of the graph, in its own pixels
  const room = () => {
    const all = $("graph").getBoundingClientRect(), taken = panel.getBoundingClientRect();
    return narrow.matches ? { width: all.width, height: taken.top - all.top, all } : { width: taken.left - all.left, height: all.height, all };
  };
  const inSight = (ids) => {
    const r = room();
    return ids.every((id) => { const p = network.canvasToDOM(middle([id])); return p.x > 20 && p.y > 10 && p.x < r.width - 60 && p.y < r.height - 10; });
  };
  const bring = (ids, nearer) => {
    const r = room(), scale = nearer ? Math.max(network.getScale(), 0.8) : network.getScale(), to = middle(ids);
    network.moveTo({ position: to, scale, offset: { x: (r.width - r.all.width) / 2, y: (r.height - r.all.height) / 2 }, animation: still.matches ? false : { duration: 250, easingFunction: "easeInOutQuad" } });
  };
  const named = () => { try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; } };
  network.on("click", (event) => {
    if (event.nodes.length) choose(byKey.get(event.nodes[0]), { move: false });
    else if (event.edges.length) choose(byKey.get(event.edges[0]), { move: false });
    else clear();
  });
  $("whole").addEventListener("click", () => { clear(); overview(); });
  addEventListener("hashchange", () => { const id = named(); if (id !== chosen && (nodeById.has(id) || edgeById.has(id))) choose(id); });

  // --- what the pointer rests on

  let pointer = { x: 0, y: 0 };
  $("graph").addEventListener("pointermove", (event) => { pointer = { x: event.clientX, y: event.clientY }; });
  const say = (first, second) => {
    hint.replaceChildren(make("strong", first), make("div", second));
    hint.hidden = false;
    hint.style.left = `${Math.max(8, Math.min(pointer.x + 14, innerWidth - hint.offsetWidth - 12))}px`;
    hint.style.top = `${Math.max(8, Math.min(pointer.y + 18, innerHeight - hint.offsetHeight - 12))}px`;
  };
  network.on("hoverNode", ({ node }) => { const n = nodeById.get(byKey.get(node)); say(nameOf(n.id), line(kinds[kindOf(n)], `${edgesAt.get(n.id).length} edges`)); });
  network.on("hoverEdge", ({ edge }) => {
    const e = edgeById.get(byKey.get(edge)), quote = stated.get(e.id)?.evidence[0]?.quote;
    say(`${nameOf(e.from)} — ${types.get(e.type).active} — ${nameOf(e.to)}`, quote ? `“${quote}”` : "");
  });
  for (const gone of ["blurNode", "blurEdge", "dragStart", "zoom"]) network.on(gone, () => { hint.hidden = true; });

  // --- search

  // as papergraph.folding.fold: width, case, accents of width, punctuation and spaces make no difference
  const fold = (text) => {
    const normal = text.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
    return normal.replace(/[^\p{L}\p{N}]+/gu, "") || normal.replace(/\s+/g, "");
  };
  let index = null;
  const entries = () => (index ??= data.nodes.map((n) => {
    const d = details.get(n.id);
    const quoted = edgesAt.get(n.id).flatMap((e) => stated.get(e.id)?.evidence ?? []).map((e) => e.quote);
    return {
      id: n.id,
      names: [d.name, ...(d.aliases || []), ...(d.altLabels || [])].map(fold),
      facts: [...(d.authors || []), d.venue || "", d.decision || "", ...(d.markers || []), d.arxivId || "", d.doi || ""].map(fold).join("\n"),
      texts: [...new Set([...(notes.get(n.id) || []).map((x) => x.text), ...quoted])].map((text) => [fold(text), text]),
    };
  }));
  let found = [], at = -1;
  const select = (n) => {
    at = n;
    [...results.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === n)));
    const row = results.children[n];
    if (row && found.length) { row.scrollIntoView({ block: "nearest" }); search.setAttribute("aria-activedescendant", row.id); } else search.removeAttribute("aria-activedescendant");
  };
  const shut = () => { results.hidden = true; search.setAttribute("aria-expanded", "false"); search.removeAttribute("aria-activedescendant"); };
  const ask = () => {
    const words = search.value.split(/\s+/).map(fold).filter(Boolean);
    found = [];
    for (const entry of words.length ? entries() : []) {
      const has = (w) => entry.names.some((name) => name.includes(w));
      const whole = fold(search.value);
      if (words.every(has)) {
        const name = entry.names.findIndex((x) => x.includes(whole));
        found.push({ id: entry.id, rank: name < 0 ? 2 : entry.names[name].startsWith(whole) ? 0 : 1, size: entry.names[0].length });
        continue;
      }
      if (!words.every((w) => has(w) || entry.facts.includes(w) || entry.texts.some(([t]) => t.includes(w)))) continue;
      const text = entry.texts.find(([t]) => words.some((w) => t.includes(w)));
      found.push({ id: entry.id, rank: 3, size: entry.names[0].length, text: text && text[1] });
    }
    const many = found.length;
    found = found.sort((a, b) => a.rank - b.rank || a.size - b.size || (a.id < b.id ? -1 : 1)).slice(0, 40);
    results.replaceChildren(...found.map(({ id, text }, i) => {
      const row = make("li", nameOf(id));
      row.id = "result-" + i;
      row.setAttribute("role", "option");
      row.append(make("small", line(kinds[kindOf(nodeById.get(id))], text && `“${text.length > 90 ? text.slice(0, 90) + "…" : text}”`)));
      row.addEventListener("pointerdown", (event) => event.preventDefault());
      row.addEventListener("click", () => take(i));
      return row;
    }));
    if (words.length && !many) { const none = make("li", "Nothing found", "none"); none.setAttribute("role", "option"); none.setAttribute("aria-disabled", "true"); results.append(none); }
    $("said").textContent = words.length ? `${many} found` : "";
    results.hidden = !words.length;
    search.setAttribute("aria-expanded", String(!results.hidden));
    select(found.length ? 0 : -1);
  };
  const take = (i) => { if (found[i]) { shut(); choose(found[i].id, { focus: true }); } };
  search.addEventListener("input", ask);
  search.addEventListener("focus", () => { if (search.value) ask(); });
  search.addEventListener("blur", shut);
  search.addEventListener("keydown", (event) => {
    // Enter also ends the choice of an input method
    if (event.isComposing) return;
    if (event.key === "ArrowDown") { event.preventDefault(); if (results.hidden) ask(); else select(Math.min(at + 1, found.length - 1)); }
    else if (event.key === "ArrowUp") { event.preventDefault(); select(Math.max(at - 1, 0)); }
    else if (event.key === "Enter") { event.preventDefault(); if (results.hidden) ask(); take(at); }
    else if (event.key === "Escape") { event.stopPropagation(); if (results.hidden) search.blur(); else { event.preventDefault(); shut(); } }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && document.activeElement !== search) { event.preventDefault(); search.focus(); search.select(); }
    else if (event.key === "Escape" && !panel.hidden) clear(panel.contains(document.activeElement));
  });

  // --- legend and filters

  const group = (title) => {
    const set = make("fieldset");
    set.append(make("legend", title));
    legend.append(set);
    return set;
  };
  const toggle = (set, key, text, mark, about) => {
    const label = make("label"), box = make("input");
    box.type = "checkbox";
    box.checked = true;
    box.id = "filter-" + key;
    box.addEventListener("change", () => { if (box.checked) hidden.delete(key); else hidden.add(key); redraw(); });
    label.append(box, mark, make("span", text));
    if (about) label.title = about;
    set.append(label);
  };
  const shapes = group("Nodes");
  for (const [key, text] of [["Paper", "papers"], ["Cited", "cited papers"], ["Topic", "topics"], ["Concept", "concepts"]]) {
    const count = data.nodes.filter((n) => kindOf(n) === key).length;
    if (count) toggle(shapes, key, `${text} (${count})`, make("span", "", "shape " + key));
  }
  const swatches = [];
  const lines = group("Edges");
  for (const t of data.types) {
    const count = data.edges.filter((e) => e.type === t.type).length;
    if (!count) continue;
    const mark = make("span", "", t.symmetric === false ? "swatch arrow" : "swatch");
    swatches.push([mark, t]);
    toggle(lines, t.type, `${t.label} (${count})`, mark, t.meaning);
  }
  const paint = () => {
    for (const [mark, t] of swatches) { const c = t.colours ? t.colours[dark.matches ? 1 : 0] : look().faint; mark.style.borderTopColor = c; mark.style.color = c; }
    if (chosen !== null) { if (nodeById.has(chosen)) showNode(chosen); else showEdge(chosen); }
  };
  paint();
  dark.addEventListener("change", paint);
  if (stated.size) {
    const set = group("Confidence"), label = make("label"), range = make("input"), shown = make("output", "0.00");
    range.type = "range";
    range.id = "least";
    range.min = "0";
    range.max = "1";
    range.step = "0.05";
    range.value = "0";
    label.append("at least ", shown);
    label.htmlFor = range.id;
    range.addEventListener("input", () => { least = Number(range.value); shown.textContent = least.toFixed(2); redraw(); });
    set.append(label, range, make("small", "dashed: hedged · wide: certain"));
  }
  if (narrow.matches) legend.open = false;

  choose(named());
  // for tests: where things are drawn
  window.papergraph = { network, choose, keyOf };
})();
