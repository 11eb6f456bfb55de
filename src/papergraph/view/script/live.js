// --- a page that a running papergraph serves: at most some hundred nodes at once, the rest is asked for

const token = new URLSearchParams(location.search).get("token") || "";
const notice = (text, kind, ...more) => {
  const trail = $("trail");
  trail?.querySelector(".notice")?.remove();
  if (!text) return;
  const note = make("span", text, `notice ${kind}`);
  note.append(...more);
  trail?.append(note);
  say(text);
};
const problem = (text) => notice(text, "problem");
const request = async (path, asked = {}, body = null) => {
  let answer, told_;
  try {
    answer = await fetch(`api/${path}?${new URLSearchParams(asked)}`, { method: body ? "POST" : "GET", headers: { "X-Papergraph-Token": token, ...(body && { "Content-Type": "application/json" }) }, body: body && JSON.stringify(body), cache: "no-store" });
    told_ = await answer.json();
  } catch {
    throw new Error("papergraph does not answer; is `papergraph serve` still running?");
  }
  if (!answer.ok) throw new Error(told_.error || `papergraph answered ${answer.status}`);
  return told_;
};
// does what asks the server; what goes wrong is said where one looks
const tried = async (work) => {
  try { const done = await work(); $("trail")?.querySelector(".problem")?.remove(); return done; } catch (error) { problem(error.message); return null; }
};

// --- sheets: the map, a place, a neighbourhood

const sheetOf = (at) => {
  const [kind, id, depth] = (at || "map").split(" ");
  return kind === "path" ? ["path", { from: id, to: depth }] : kind === "place" ? ["place", { id }] : kind === "around" ? ["around", { id, depth: depth || "1" }] : ["map", {}];
};
let asked = 0; // so that an answer that comes late replaces nothing newer
const openSheet = (at, { chosenId = null, address = false, push = true } = {}) => tried(async () => {
  const own = ++asked, [path, what] = sheetOf(at), had = panel.contains(document.activeElement) || $("trail").contains(document.activeElement);
  say("Loading …");
  const core = await request(path, what);
  if (own !== asked) return;
  shutPanel();
  load(core, { address });
  tellTrail();
  // before anything is chosen on it, which would overwrite the entry of the sheet before
  if (push) writeAddress(true);
  const found = chosenId === null ? null : elementOf(chosenId);
  if (found) { await choose(found, { push: false, move: false }); if (!address && own === asked) overview(false); }
  if (had && [document.body, graph].includes(document.activeElement)) (panel.querySelector("h2") ?? graph).focus({ preventScroll: true });
  say(`${several(m.n, "node")} shown${m.live.leftOut ? `, ${m.live.leftOut.toLocaleString("en")} left out` : ""}`);
});
// the same again, as it is now
const reloadSheet = () => openSheet(m.live.at, { address: true, push: false });
const tellTrail = () => {
  const trail = $("trail");
  trail.replaceChildren(button("Map", "", () => openSheet("map"), "The map of topics and communities"));
  if (m.live.at !== "map") trail.append(make("span", `› ${m.live.at.startsWith("around") ? "around " : m.live.at.startsWith("path") ? "path " : ""}${cut(m.live.name, 60)}`));
  if (m.live.leftOut) trail.append(make("span", `${several(m.n, "node")} of ${(m.n + m.live.leftOut).toLocaleString("en")}`, "place"));
};

// --- what the panel asks

const liveEvidence = new Map();
const liveToldOf = async (i) => {
  const found = await tried(() => request("node", { id: m.id[i] }));
  const d = found || { facts: {}, notes: [], related: [], relations: [] };
  const evidence = new Map(d.relations.map((r) => [r.edge, r.evidence]));
  for (const [id, e] of evidence) liveEvidence.set(id, e);
  return {
    facts: d.facts, notes: d.notes, evidence: (e) => evidence.get(edgeId(e)) || [],
    beyond: d.relations.filter((r) => !m.index.has(r.id)),
    related: d.related,
  };
};
const liveEvidenceOf = async (e) => {
  const id = edgeId(e);
  if (!liveEvidence.has(id)) liveEvidence.set(id, (await tried(() => request("edge", { id })))?.evidence || []);
  return liveEvidence.get(id);
};
// a way on to a node, whether it is loaded or not
const goTo = (id, name) => (m.index.has(id) ? go(m.index.get(id)) : button(name, "go", () => liveGo(id)));
// a path may lead anywhere in the library: the server finds it, and its sheet holds all of it
const liveGo = (id) => {
  if (picking !== null) { const from = picking; leavePicking(); openSheet(`path ${from} ${id}`).then(() => { if (m.index.has(from) && m.index.has(id)) act((s) => { s.path = [from, id]; }); }); return; }
  if (m.index.has(id)) choose(elementOf(id), { focus: true });
  else openSheet(`around ${id} 1`, { chosenId: id });
};

let typing = 0;
const liveAsk = (text) => {
  clearTimeout(typing);
  if (!text.trim()) { hits = []; listHits(0, false); return; }
  typing = setTimeout(() => tried(async () => {
    const found = await request("search", { text });
    if (search.value !== text) return;
    hits = found.hits.map((h) => ({ id: h.id, name: h.name, kind: h.kind, text: h.text }));
    listHits(hits.length, true);
  }), 90);
};

// --- changes: add, accept, reject

const liveTools = (i) => {
  const row = make("div", undefined, "tools"), id = m.id[i];
  if (isTopic(i) && m.live.at !== `place ${id}`) row.append(button("Open this place", "", () => openSheet(`place ${id}`, { chosenId: id }), "Show what stands in it"));
  if (!id.startsWith("k-")) for (const depth of [1, 2]) row.append(button(depth === 1 ? "Load neighbours" : "2 steps", "", () => openSheet(`around ${id} ${depth}`, { chosenId: id }), `Show what is within ${several(depth, "step")} of it in the library`));
  if ("PR".includes(m.kind[i])) row.append(button("Add relation …", "", () => { if (!panel.querySelector("form")) row.after(relationForm(i)); panel.querySelector("form input").focus(); }));
  return row;
};
// says what was done, with a way back
const doneNote = (text, changeSet) => notice(text, "done", " ", ...(changeSet ? [button("Undo", "", () => tried(async () => {
  await request("undo", {}, { changeSet });
  await reloadSheet();
  notice("Undone", "done");
}))] : []));
const relationForm = (i) => {
  const form = make("form"), target = make("input"), known = make("datalist"), type = make("select"), note = make("input"), hedged = make("input"), hedgedLabel = make("label"), wrong = make("p", "", "problem");
  const own = m.id[i], ids = new Map();
  Object.assign(target, { type: "text", required: true, autocomplete: "off", placeholder: "paper or concept" });
  target.setAttribute("aria-label", "Related to which paper or concept");
  known.id = "known-targets";
  target.setAttribute("list", known.id);
  const offer = async () => {
    const asked_ = target.value, found = await request("search", { text: asked_ });
    if (target.value !== asked_) return;
    // a paper and a concept may have one name
    known.replaceChildren(...found.hits.filter((h) => h.kind !== "topic" && h.id !== own).map((h) => { const o = make("option"); o.value = h.kind === "concept" ? `${h.name} (concept)` : h.name; ids.set(o.value, h.id); return o; }));
  };
  target.addEventListener("input", () => { wrong.textContent = ""; clearTimeout(typing); typing = setTimeout(() => tried(offer), 120); });
  type.setAttribute("aria-label", "Type of relation");
  for (const r of m.live.relations) { const o = make("option", r.active); o.value = r.type; type.append(o); }
  Object.assign(note, { type: "text", placeholder: "why, in your words (may be left out)" });
  note.setAttribute("aria-label", "Why, in your words");
  hedged.type = "checkbox";
  hedgedLabel.append(hedged, " not sure");
  wrong.setAttribute("role", "alert");
  const add = make("button", "Add"), row = make("div", undefined, "tools");
  add.type = "submit";
  row.append(add, button("Cancel", "", () => { form.remove(); panel.querySelector("h2").focus(); }));
  form.append(type, target, known, wrong, note, hedgedLabel, row);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!ids.has(target.value)) await offer().catch(() => {});
    if (!ids.has(target.value)) { wrong.textContent = known.children.length ? "Choose one of those that are offered as you type." : "Nothing in the library is called so."; target.focus(); return; }
    try {
      const { changeSet } = await request("relation", {}, { source: own, type: type.value, target: ids.get(target.value), note: note.value, hedged: hedged.checked });
      form.remove();
      await openSheet(`around ${own} 1`, { chosenId: own });
      doneNote(changeSet ? "Added." : "It stands just so already.", changeSet);
    } catch (error) { wrong.textContent = error.message; }
  });
  return form;
};
const decisionTools = (e) => {
  const row = make("div", undefined, "tools"), id = edgeId(e), status = statusOf(e) ? "accepted" : "proposed";
  const decide = (decision) => tried(async () => {
    const { changeSet } = await request("decision", {}, { id, decision, status });
    await reloadSheet();
    doneNote(decision === "accept" ? "Accepted." : "Rejected.", changeSet);
  });
  if (statusOf(e) === 0) row.append(button("Accept", "", () => decide("accept"), "It is so: it stays whatever the notes say"));
  row.append(button("Reject", "", () => decide("reject"), "It is not so: it is in no answer any more"));
  return row;
};
const startLive = () => {
  const trail = make("div"), at = new URLSearchParams(location.hash.slice(1)).get("sheet");
  trail.id = "trail";
  document.querySelector("main").append(trail);
  tellTrail();
  if (at) openSheet(at, { address: true, push: false });
  else onAddress();
};
