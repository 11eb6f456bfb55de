// --- a page that a running papergraph serves: at most some hundred nodes at once, the rest is asked for

const token = new URLSearchParams(location.search).get("token") || "";
const problem = (text) => {
  const trail = $("trail");
  trail?.querySelector(".problem")?.remove();
  if (!text) return;
  trail?.append(make("span", text, "problem"));
  say(text);
};
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
  try { const done = await work(); problem(null); return done; } catch (error) { problem(error.message); return null; }
};

// --- sheets: the map, a place, a neighbourhood

const sheetOf = (at) => {
  const [kind, id, depth] = (at || "map").split(" ");
  return kind === "place" ? ["place", { id }] : kind === "around" ? ["around", { id, depth: depth || "1" }] : ["map", {}];
};
let asked = 0; // so that an answer that comes late replaces nothing newer
const openSheet = (at, { chosenId = null, address = false, push = true, anew = false } = {}) => tried(async () => {
  const own = ++asked, [path, what] = sheetOf(at);
  say("Loading …");
  const core = await request(path, anew ? { ...what, anew: "1" } : what);
  if (own !== asked) return;
  panel.hidden = true;
  document.body.classList.remove("reading");
  load(core, { address });
  tellTrail();
  // before anything is chosen on it, which would overwrite the entry of the sheet before
  if (push) writeAddress(true);
  const found = chosenId === null ? null : elementOf(chosenId);
  if (found) { await choose(found, { push: false, move: false }); if (!address) overview(false); }
  say(`${several(m.n, "node")} shown${m.live.leftOut ? `, ${m.live.leftOut.toLocaleString("en")} left out` : ""}`);
});
const tellTrail = () => {
  const trail = $("trail");
  trail.replaceChildren(button("Map", "", () => openSheet("map", { anew: true }), "The map of topics and communities"));
  if (m.live.at !== "map") trail.append(make("span", `› ${m.live.at.startsWith("around") ? "around " : ""}${cut(m.live.name, 60)}`));
  if (m.live.leftOut) trail.append(make("span", `${several(m.n, "node")} of ${(m.n + m.live.leftOut).toLocaleString("en")}`, "place"));
};

// --- what the panel asks

const liveEvidence = new Map();
const liveToldOf = async (i) => {
  const found = await tried(() => request("node", { id: m.id[i] }));
  const d = found || { facts: {}, notes: [], related: [], relations: {} };
  for (const [id, evidence] of Object.entries(d.relations)) liveEvidence.set(id, evidence);
  return {
    facts: d.facts, notes: d.notes, evidence: (e) => d.relations[edgeId(e)] || [],
    related: d.related.map((r) => (m.index.has(r.id) ? { ...r, node: m.index.get(r.id) } : r)),
  };
};
const liveEvidenceOf = async (e) => {
  const id = edgeId(e);
  if (!liveEvidence.has(id)) liveEvidence.set(id, (await tried(() => request("edge", { id })))?.evidence || []);
  return liveEvidence.get(id);
};
const goTo = (id, name) => button(name, "go", () => liveGo(id));
const liveGo = (id) => (m.index.has(id) ? choose(elementOf(id), { focus: true }) : openSheet(`around ${id} 1`, { chosenId: id }));

let typing = 0;
const liveAsk = (text) => {
  clearTimeout(typing);
  if (!text.trim()) { hits = []; list(0, false); return; }
  typing = setTimeout(() => tried(async () => {
    const found = await request("search", { text });
    if (search.value !== text) return;
    hits = found.hits.map((h) => ({ id: h.id, name: h.name, kind: h.kind, text: h.text }));
    list(hits.length, true);
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
const relationForm = (i) => {
  const form = make("form"), target = make("input"), known = make("datalist"), type = make("select"), note = make("input"), hedged = make("input"), hedgedLabel = make("label");
  const ids = new Map();
  Object.assign(target, { type: "text", required: true, autocomplete: "off", placeholder: "paper or concept" });
  target.setAttribute("aria-label", "Related to which paper or concept");
  known.id = "known-targets";
  target.setAttribute("list", known.id);
  target.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => tried(async () => {
    const found = await request("search", { text: target.value });
    known.replaceChildren(...found.hits.filter((h) => h.kind !== "topic" && h.id !== m.id[i]).map((h) => { ids.set(h.name, h.id); const o = make("option"); o.value = h.name; return o; }));
  }), 120); });
  type.setAttribute("aria-label", "Type of relation");
  for (const r of m.live.relations) { const o = make("option", r.active); o.value = r.type; type.append(o); }
  Object.assign(note, { type: "text", placeholder: "why, in your words (may be left out)" });
  note.setAttribute("aria-label", "Why, in your words");
  hedged.type = "checkbox";
  hedgedLabel.append(hedged, " not sure");
  const add = make("button", "Add");
  add.type = "submit";
  form.append(type, target, known, note, hedgedLabel, add);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tried(async () => {
      await request("relation", {}, { source: m.id[i], type: type.value, target: ids.get(target.value) ?? target.value, note: note.value, hedged: hedged.checked });
      await openSheet(`around ${m.id[i]} 1`, { chosenId: m.id[i] });
      say("Added");
    });
  });
  return form;
};
const decisionTools = (e) => {
  const row = make("div", undefined, "tools"), id = edgeId(e);
  const decide = (decision) => tried(async () => {
    await request("decision", {}, { id, decision });
    const at = m.live.at, own = chosen?.node !== undefined ? m.id[chosen.node] : m.id[m.from[e]];
    await openSheet(at, { chosenId: own, push: false });
    say(decision === "accept" ? "Accepted" : "Rejected; papergraph undo takes it back");
  });
  if (statusOf(e) === 0) row.append(button("Accept", "", () => decide("accept"), "It is so: it stays whatever the notes say"));
  row.append(button("Reject", "", () => decide("reject"), "It is not so: it is in no answer any more"));
  return row;
};
const startLive = () => {
  const trail = make("div");
  trail.id = "trail";
  document.querySelector("main").append(trail);
  tellTrail();
  const at = new URLSearchParams(location.hash.slice(1)).get("sheet");
  if (at) openSheet(at, { address: true, push: false });
};
