// --- the panel: what is told of what is chosen; every name in it leads on

const go = (i) => button(m.name[i] || m.id[i], "go", () => choose({ node: i }, { focus: true }));
const swatch = (t, hedged = false) => {
  const mark = make("span", "", "swatch"), shape = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  shape.setAttribute("viewBox", "0 0 34 16");
  shape.setAttribute("aria-hidden", "true");
  mark.append(shape);
  const type = m.types[t], colour = look.edge(t);
  const part = (name, attributes, text) => { const p = document.createElementNS("http://www.w3.org/2000/svg", name); for (const [k, v] of Object.entries(attributes)) p.setAttribute(k, v); if (text) p.textContent = text; shape.append(p); };
  const stroke = { stroke: colour, "stroke-width": "2", fill: "none", "stroke-dasharray": hedged ? "4 3" : type.type === "ALIKE" ? "1.5 3" : type.type === "ALSO" ? "5 3" : "none" };
  if (type.type === "CONTRADICTS") part("polyline", { ...stroke, points: "0,8 4,4 8,12 12,4 16,12 20,4 24,12 28,4 34,8" });
  else if (DOUBLE.has(type.type)) { part("path", { ...stroke, d: "M0 6H34" }); part("path", { ...stroke, d: "M0 10H34" }); }
  else part("path", { ...stroke, d: "M0 8H34" });
  if (!type.symmetric && type.sign) part("path", { d: "M34 8L26 4V12Z", fill: colour });
  if (type.sign) {
    part("circle", { cx: "16", cy: "8", r: "6.5", fill: "var(--card)", stroke: colour, "stroke-width": "1.2" });
    part("text", { x: "16", y: "11.6", "text-anchor": "middle", "font-size": "10.5", "font-weight": "700", fill: colour }, type.sign);
  }
  return mark;
};
const chip = (e) => {
  const t = typeOf(e), element = button("", "chip", () => choose({ edge: e }, { focus: true }), `Show this relation: ${t.label}`);
  element.append(swatch(m.type[e], m.flags[e] & HEDGED));
  return element;
};
const section = (title, items, most = 60, note = null) => {
  if (!items.length) return null;
  const part = make("section"), list = make("ul");
  part.append(make("h3", `${title} (${items.length.toLocaleString("en")})`), ...(note ? [make("p", note, "note")] : []), list);
  const add = (some) => { for (const item of some) { const row = make("li"); row.append(...[item()].flat().filter(Boolean)); list.append(row); } };
  add(items.slice(0, most));
  if (items.length > most) { const more = button(`Show ${(items.length - most).toLocaleString("en")} more`, "more", () => { more.remove(); add(items.slice(most)); }); part.append(more); }
  return part;
};
const openPanel = (heading, ...parts) => {
  hint.hidden = true;
  heading.tabIndex = -1;
  panel.replaceChildren(button("×", "close", () => clearAll(), "Close the details"), heading, ...parts.filter(Boolean));
  panel.hidden = false;
  document.body.classList.add("reading");
};
const quotesOf = (evidence) => evidence.map((e, _, all) => {
  const quote = make("blockquote", e.quote);
  // the relation's own certainty stands above; what each sentence has is told where there are several
  quote.append(make("div", line(e.place, e.rule && e.rule !== "user" && `rule ${e.rule}`, all.length > 1 && `confidence ${e.confidence.toFixed(2)}`, all.length > 1 && e.hedged && "hedged"), "place"));
  return quote;
});
const certainty = (e) => line(`confidence ${m.confidence[e].toFixed(2)}`, m.flags[e] & HEDGED && "hedged", statusOf(e) > 0 && STATUSES[statusOf(e)][1]);
const noted = (x) => {
  const quote = make("blockquote", x.text), where = make("div", line(x.kind, x.hedged && "hedged", x.place, x.alsoAt && `also at ${x.alsoAt.join(", ")}`), "place");
  if (x.about && (m.index.has(x.about) || m.live)) where.append("  ·  in the notes on ", goTo(x.about, "another paper"));
  quote.append(where);
  return quote;
};
const web = (url) => (/^https?:\/\//i.test(url || "") ? url : null);
const linksOf = (d) => [...new Set([
  web(d.url), d.doi && "https://doi.org/" + encodeURI(d.doi), d.arxivId && "https://arxiv.org/abs/" + encodeURI(d.arxivId),
  d.openreviewId && "https://openreview.net/forum?id=" + encodeURIComponent(d.openreviewId), ...(d.links || []).map(web),
].filter(Boolean))];

let shows = null; // what the panel is about: node, edge, path, list
let showing = 0; // so that an answer that comes late is not shown
const tools = (i) => {
  const row = make("div", undefined, "tools"), focused = seen.focus === m.id[i];
  for (const depth of [1, 2, 3]) {
    const b = button(depth === 1 ? "Focus 1" : String(depth), "", () => focusOn(i, depth), `Only what is within ${several(depth, "step")}; the rest fades`);
    b.setAttribute("aria-pressed", String(focused && seen.depth === depth));
    row.append(b);
  }
  row.append(button("Path to …", "", () => startPath(i), "The shortest way from here to another: choose its other end"));
  if (isTopic(i)) { const shut = seen.closed.includes(m.id[i]); row.append(button(shut ? "Open topic" : "Close topic", "", () => toggleTopic(i), shut ? "Show what stands in it" : "Show it as one")); }
  else if (pinned.has(i)) row.append(button("Unpin", "", () => unpin(i), "Put it back where the layout has it"));
  return row;
};
const showNode = async (i) => {
  shows = "node";
  const own = ++showing, { facts: d, notes, related, evidence, beyond } = await toldOf(i);
  if (own !== showing) return;
  const parts = [make("p", line(saidKind[kindOf(i)], d.venue, m.year[i] && !(d.venue || "").includes(String(m.year[i])) ? String(m.year[i]) : "", m.decisions[m.decision[i]], (d.markers || []).join(" ")), "facts")];
  if (d.authors) parts.push(make("p", d.authors.join(", "), "facts"));
  const also = [...(d.aliases || []), ...(d.altLabels || [])];
  if (also.length) parts.push(make("p", "also: " + also.join("; "), "facts"));
  if (d.tags || d.readAt) parts.push(make("p", line(d.tags && d.tags.join(", "), d.readAt && `read ${d.readAt}`), "facts"));
  for (const url of linksOf(d)) {
    const link = make("a", url);
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    parts.push(link);
  }
  if (d.path) parts.push(make("p", d.line ? `${d.path}:${d.line}` : d.path, "facts"));
  parts.push(tools(i));
  if (m.live) parts.push(liveTools(i));
  const relations = [...edgesAt(i)].filter(stated).sort((a, b) => m.confidence[b] - m.confidence[a]);
  const held = isTopic(i) ? heldBy(i) : [];
  const own_ = isTopic(i) ? papersOf(i) : [], narrower = isTopic(i) ? belowTopic(i) : [];
  parts.push(
    section(isTopic(i) ? "Broader topics" : m.guests.has(i) ? "Shown under" : "Topics", [...topicsOver(i), ...(isTopic(i) ? [] : alsoBeside(i))].map((t) => () => go(t))),
    section("Relations", relations.map((e) => () => {
      const t = typeOf(e), head = make("p");
      head.append(chip(e), ` ${m.from[e] === i ? t.active : t.passive} `, go(otherEnd(e, i)));
      return [head, make("p", certainty(e), "place"), ...quotesOf(evidence(e)), m.live && decisionTools(e)];
    }), 30),
    section("Relations to what is not loaded", beyond.map((r) => () => { const head = make("p"); head.append(`${r.verb} `, goTo(r.id, r.name)); return [head, make("p", r.certainty, "place"), ...quotesOf(r.evidence)]; }), 30),
    section("Related papers", related.map((r) => () => {
      const head = make("p");
      head.append(goTo(r.id, r.name), make("span", ` ${r.score.toFixed(2)}`, "place"));
      return [head, make("p", r.reasons.join("; "), "place")];
    }), 60, kindOf(i) === "Paper" && !m.live && !m.compared && "without likeness of contents, which is left out of large pages; papergraph related has it"),
    section("The reader’s own words", notes.filter((x) => !x.about && x.kind !== "claim").map((x) => () => noted(x))),
    section("What it says", notes.filter((x) => !x.about && x.kind === "claim").map((x) => () => noted(x))),
    section("Named in the notes on others", notes.filter((x) => x.about).map((x) => () => noted(x))),
    section("Narrower topics", held.filter(isTopic).map((t) => () => go(t))),
    section(narrower.length ? "Papers right in it" : "Papers", own_.map((p) => () => go(p))),
    section("Papers further down", narrower.flatMap((t) => papersOf(t)).map((p) => () => go(p))),
    section("Also shown here", held.filter((x) => m.guests.has(x)).map((p) => () => go(p))),
  );
  openPanel(make("h2", d.name ?? m.name[i]), ...parts);
};
const showEdge = async (e) => {
  shows = "edge";
  const own = ++showing;
  const t = typeOf(e), ends = make("p", undefined, "ends"), heading = make("h2", t.label);
  ends.append(go(m.from[e]), make("span", `${t.symmetric ? "↕" : "↓"} ${t.active}`), go(m.to[e]));
  heading.prepend(swatch(m.type[e], m.flags[e] & HEDGED), " ");
  if (!stated(e)) {
    const words = m.alike.find(([a, b]) => (a === m.from[e] && b === m.to[e]) || (a === m.to[e] && b === m.from[e]))?.[3] || [];
    openPanel(heading, make("p", t.type === "ALIKE" ? line(`likeness ${m.confidence[e].toFixed(2)}, computed from the words of both, not stated`, words.length && `alike in ${words.join(", ")}`) : "a further topic of the paper", "facts"), ends);
    return;
  }
  const evidence = await evidenceOf(e);
  if (own !== showing) return;
  const quotes = quotesOf(evidence);
  openPanel(heading, make("p", line(t.meaning, certainty(e)), "facts"), ends, m.live && decisionTools(e), section("Stated in", quotes.map((q) => () => q)));
};
// what is told of one: from the file, or by the server
const toldOf = async (i) => {
  if (m.live) return liveToldOf(i);
  const d = await tell();
  return {
    facts: d.nodes[i] || {}, notes: d.notes[i] || [], evidence: (e) => d.relations[e] || [], beyond: [],
    related: "PR".includes(m.kind[i]) ? relatedTo(i).map((r) => ({ id: m.id[r.node], score: r.score, reasons: reasonsOf(i, r).slice(0, 3) })) : [],
  };
};
const evidenceOf = async (e) => (m.live ? liveEvidenceOf(e) : (await tell()).relations[e] || []);

// a shortest way, step by step
const showPath = async () => {
  shows = "path";
  const own = ++showing, steps = way, heading = make("h2", "Path"), [from, to] = seen.path.map((id) => m.index.get(id));
  const ends = make("p", undefined, "ends");
  ends.append(go(from), make("span", "↓ to"), go(to));
  if (!steps) { openPanel(heading, ends, make("p", NO_WAY, "facts"), pathTools()); return; }
  const quotes = new Map();
  for (const s of steps) if (s.edge >= 0 && stated(s.edge)) quotes.set(s.edge, await evidenceOf(s.edge));
  if (own !== showing) return;
  openPanel(heading, make("p", several(steps.length, "step"), "facts"), ends, pathTools(), section("Steps", steps.map((s) => () => {
    const head = make("p"), t = s.edge >= 0 ? typeOf(s.edge) : null;
    const verb = t ? (m.from[s.edge] === s.from ? t.active : t.passive) : isTopic(s.to) ? (isTopic(s.from) && topicsOver(s.to)[0] === s.from ? "is the broader topic of" : "stands under") : "holds";
    head.append(go(s.from), ` ${verb} `, go(s.to));
    return [s.edge >= 0 && stated(s.edge) && chip(s.edge), head, ...quotesOf(quotes.get(s.edge) || []).slice(0, 2)];
  })));
};
const pathTools = () => { const row = make("div", undefined, "tools"); row.append(button("Leave the path", "", stepBack)); return row; };

// all that is shown, as a list: what the picture tells, for whoever does not see it
const ROWS = 400; // so many at first, the rest on demand
const showList = (entered = true, most = ROWS) => {
  if (entered) { chosen = null; brighten(); }
  shows = "list";
  showing++;
  const listed = [...Array(m.n).keys()].filter((i) => on[i]), kinds = counted(listed.map((i) => m.kind[i])), topics = m.areas.filter((a) => a.topic >= 0 && !a.off);
  const tree = make("ul"), part = make("section");
  let rows = 0, left = 0;
  // papers and topics in their places, the outermost topics first
  const enter = (list, items) => {
    for (const x of items) {
      if (!on[x] || (isTopic(x) && m.areaOf.get(x)?.off)) continue;
      if (rows >= most) { left++; continue; }
      rows++;
      const item = make("li");
      item.append(go(x));
      if (isTopic(x)) { const inner = make("ul"); item.append(make("span", ` ${countIn(x)}`, "place"), inner); enter(inner, heldBy(x)); if (!inner.children.length) inner.remove(); }
      list.append(item);
    }
  };
  enter(tree, topics.map((a) => a.topic).filter((t) => topicsOver(t).length === 0));
  part.append(make("h3", "Topics and what stands in them"), tree);
  if (left) part.append(button("Show all of it", "more", () => showList(false, Infinity)));
  const loose = listed.filter((i) => !isTopic(i) && topicsOver(i).length === 0), relations = [];
  for (let e = 0; e < m.told; e++) if (edgeOn[e]) relations.push(e);
  openPanel(
    make("h2", "All that is shown"),
    make("p", line(several(kinds.get("P") || 0, "paper"), kinds.has("R") && several(kinds.get("R"), "cited paper"), kinds.has("C") && several(kinds.get("C"), "concept"), several(topics.length, "topic"), several(relations.length, "relation")), "facts"),
    tree.children.length ? part : null,
    section(topics.length ? "Under no topic" : "All", loose.map((i) => () => go(i)), 100),
    section("Relations", relations.map((e) => () => { const t = typeOf(e), head = make("p"); head.append(go(m.from[e]), ` ${t.active} `, go(m.to[e]), make("span", ` ${certainty(e)}`, "place")); return head; })),
  );
  if (entered) { panel.querySelector("h2").focus({ preventScroll: true }); writeAddress(); }
  network.redraw();
};

// --- choosing: one way in for clicks, the search, the panel and the address

let picking = null; // the id of the node that a path is to begin at, while its other end is asked for
// takes away what hides a node
const reveal = (s, i) => {
  const over = [i, ...topicsOver(i)].filter(isTopic).map((t) => m.id[t]), keys = [kindOf(i), ...over.map((id) => "topic:" + id), ...(over.length && isTopic(i) ? ["Topic"] : [])];
  if (m.kind[i] === "P") keys.push("decision:" + m.decisions[m.decision[i]], "mark:" + m.marks[m.mark[i]]);
  if (!on[i] || (isTopic(i) && m.areaOf.get(i)?.off)) {
    s.hidden = s.hidden.filter((k) => !keys.includes(k));
    if (m.year[i] && s.years && (m.year[i] < s.years[0] || m.year[i] > s.years[1])) s.years = null;
  }
  const around_ = topicsOver(i).map((t) => m.id[t]);
  s.closed = s.closed.filter((id) => !around_.includes(id));
};
// `move`: bring it nearer; `stays`: the camera is not moved at all
const choose = (what, { move = true, focus = false, push = true, stays = false } = {}) => {
  if (what === null) return Promise.resolve();
  if (picking !== null && what.node !== undefined) { endPath(what.node); return Promise.resolve(); }
  chosen = what.node !== undefined ? { node: what.node } : { edge: what.edge };
  const ends = what.node !== undefined ? [what.node] : [m.from[what.edge], m.to[what.edge]];
  alter((s) => {
    for (const end of ends) reveal(s, end);
    s.path = null;
    if (s.focus !== null && what.node !== undefined) s.focus = m.id[what.node];
  });
  changed({ push, tellAnew: false });
  say(what.node !== undefined ? `${m.name[what.node]}, ${saidKind[kindOf(what.node)]}` : `${typeOf(what.edge).label}: ${m.name[m.from[what.edge]]}, ${m.name[m.to[what.edge]]}`);
  const shown = what.node !== undefined ? showNode(what.node) : showEdge(what.edge), own = showing;
  return shown.then(() => {
    // what stands where is known once the panel has its size
    if (own !== showing) return;
    panel.scrollTop = 0;
    if (focus) panel.querySelector("h2").focus({ preventScroll: true });
    if (stays) return;
    if (what.node !== undefined && isTopic(what.node) && move) show([what.node]);
    else if (move || !ends.every(inSight)) bring(ends, move);
  });
};
// what is seen has changed: the panel tells of it anew, where one was reading and with the focus where it was
const refreshPanel = () => {
  // what somebody is writing is not taken from under the pen
  if (panel.querySelector("form")) return;
  if (seen.path && shows !== "path") { openPath(); return; }
  if (panel.hidden) return;
  if (shows === "path" && !seen.path && chosen === null) { shutPanel(); return; }
  const controls = () => [...panel.querySelectorAll("button, a, input, select")], focused = controls().indexOf(document.activeElement);
  const top = panel.scrollTop, text = document.activeElement?.textContent;
  const done = shows === "list" ? showList(false) : seen.path ? showPath() : chosen?.node !== undefined ? showNode(chosen.node) : chosen ? showEdge(chosen.edge) : null;
  const own = showing;
  Promise.resolve(done).then(() => {
    if (own !== showing) return;
    panel.scrollTop = top;
    if (focused < 0 || panel.contains(document.activeElement)) return;
    const now = controls();
    (now[focused]?.textContent === text ? now[focused] : now.find((x) => x.textContent === text) ?? now[focused] ?? panel.querySelector("h2")).focus({ preventScroll: true });
  });
};
const shutPanel = () => {
  const had = panel.contains(document.activeElement);
  shows = null;
  showing++;
  panel.hidden = true;
  document.body.classList.remove("reading");
  if (had) graph.focus({ preventScroll: true });
};
const clearAll = () => {
  chosen = null;
  if (picking !== null) leavePicking();
  shutPanel();
  alter((s) => { s.path = null; s.focus = null; });
  changed();
};
// one thing at a time: the question for a path's end, the path, the focus, what is chosen
const stepBack = () => {
  if (picking !== null) { leavePicking(); say("No path"); }
  else if (seen.path) { act((s) => { s.path = null; }); if (chosen === null) shutPanel(); }
  else if (seen.focus !== null) act((s) => { s.focus = null; });
  else clearAll();
};
const focusOn = (i, depth) => {
  const same = seen.focus === m.id[i] && seen.depth === depth;
  act((s) => { s.focus = same ? null : m.id[i]; s.depth = depth; });
  if (!same) { show([...bright]); say(`${several(bright.size, "node")} within ${several(depth, "step")}`); }
};
const toggleTopic = (t) => {
  const id = m.id[t];
  act((s) => { s.closed = s.closed.includes(id) ? s.closed.filter((x) => x !== id) : [...s.closed, id]; });
  say(seen.closed.includes(id) ? `${m.name[t]} closed` : `${m.name[t]} opened`);
};
const unpin = (i) => act((s) => { s.pins = s.pins.filter(([id]) => id !== m.id[i]); });
const startPath = (i) => {
  picking = m.id[i];
  const text = "Choose the other end: click it, or search for it. Escape leaves it.";
  banner(`Path from “${cut(m.name[i], 60)}” to …  ${text}`);
  say(text);
  search.value = "";
  search.placeholder = "Path to which paper, topic or concept?";
  search.focus();
};
const leavePicking = () => {
  picking = null;
  banner(null);
  search.placeholder = SEARCH_FOR;
  search.value = "";
  closeResults();
};
const endPath = (j) => {
  const i = m.index.get(picking);
  if (i === j) { say("Choose another than where the path begins"); return; }
  leavePicking();
  if (i === undefined) return;
  chosen = null;
  act((s) => { s.focus = null; s.path = [m.id[i], m.id[j]]; }, { push: true });
};
const openPath = ({ stays = false } = {}) => {
  const shown = showPath(), own = showing;
  say(way ? `Path of ${several(way.length, "step")}` : NO_WAY);
  shown.then(() => {
    if (own !== showing) return;
    panel.querySelector("h2").focus({ preventScroll: true });
    if (!stays) show([...bright], { most: 0.9 });
  });
};
const NO_WAY = "There is no way between them in what is shown.";
// says over the picture what is asked for, or that there is nothing to see
const banner = (text, ...more) => {
  $("banner")?.remove();
  document.body.classList.toggle("picking", picking !== null);
  if (text === null) return;
  const note = make("p", text);
  note.id = "banner";
  note.append(...more);
  document.querySelector("main").append(note);
};
