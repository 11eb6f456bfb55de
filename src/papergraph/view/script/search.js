// --- search as one types: names first, then facts, then what the notes say

const SEARCH_FOR = search.placeholder;
const HITS = 40;
let index = null, texts = null;
const names = () => (index ??= m.name.map(fold));
// the words of the notes come with the details; until then names alone are looked through
const readTexts = async () => {
  if (texts || m.live) return;
  const d = await tell();
  texts = new Map();
  for (let i = 0; i < m.n; i++) {
    const facts = d.nodes[i] || {}, told = (d.notes[i] || []).map((x) => x.text);
    const other = [...(facts.aliases || []), ...(facts.altLabels || [])], rest = [...(facts.authors || []), facts.venue || "", m.decisions[m.decision[i]], ...(facts.markers || []), ...(facts.tags || []), facts.arxivId || "", facts.doi || ""];
    if (told.length || other.length || rest.some(Boolean)) texts.set(i, { also: other.map(fold), facts: rest.filter(Boolean).map(fold).join("\n"), told: told.map((t) => [fold(t), t]) });
  }
  for (let e = 0; e < m.told; e++) for (const x of d.relations[e] || []) for (const i of [m.from[e], m.to[e]]) {
    if (!texts.has(i)) texts.set(i, { also: [], facts: "", told: [] });
    const own = texts.get(i).told, key = fold(x.quote);
    if (!own.some(([k]) => k === key)) own.push([key, x.quote]);
  }
};
const find = (asked) => {
  const words = asked.split(/\s+/).map(fold).filter(Boolean), whole = fold(asked), found = [];
  if (!words.length) return found;
  const all = names();
  for (let i = 0; i < all.length; i++) {
    const name = all[i], t = texts?.get(i);
    let rank = -1, text;
    if (words.every((w) => name.includes(w))) rank = name.startsWith(whole) ? 0 : name.includes(whole) ? 1 : 2;
    else if (t) {
      const named = (w) => name.includes(w) || t.also.some((a) => a.includes(w));
      if (words.every(named)) rank = t.also.some((a) => a === whole) ? 0 : 2;
      else if (words.every((w) => named(w) || t.facts.includes(w) || t.told.some(([k]) => k.includes(w)))) { rank = 3; text = t.told.find(([k]) => words.some((w) => k.includes(w)))?.[1]; }
    }
    if (rank >= 0) found.push({ node: i, rank: rank * 1000 + Math.min(name.length, 999), text });
  }
  return found.sort((a, b) => a.rank - b.rank || a.node - b.node);
};

let hits = [], at = -1;
const select = (k) => {
  at = k;
  [...results.children].forEach((row, j) => row.setAttribute("aria-selected", String(j === k)));
  const row = results.children[k];
  if (row && hits.length) { row.scrollIntoView({ block: "nearest" }); search.setAttribute("aria-activedescendant", row.id); } else search.removeAttribute("aria-activedescendant");
};
const shut = () => { results.hidden = true; search.setAttribute("aria-expanded", "false"); search.removeAttribute("aria-activedescendant"); };
const row = (k, name, facts, act_) => {
  const item = make("li", name);
  item.id = "result-" + k;
  item.setAttribute("role", "option");
  item.append(make("small", facts));
  item.addEventListener("pointerdown", (event) => event.preventDefault());
  item.addEventListener("click", act_);
  return item;
};
const list = (many, asked) => {
  results.replaceChildren(...hits.map((hit, k) => row(k, hit.name ?? m.name[hit.node], line(hit.kind ?? saidKind[kindOf(hit.node)], hit.text && `“${cut(hit.text, 90)}”`), () => take(k))));
  if (asked && !many) { const none = make("li", "Nothing found", "none"); none.setAttribute("role", "option"); none.setAttribute("aria-disabled", "true"); none.setAttribute("aria-selected", "false"); results.append(none); }
  say(asked ? `${many} found` : "");
  results.hidden = !asked;
  search.setAttribute("aria-expanded", String(!results.hidden));
  select(hits.length ? 0 : -1);
};
const ask = () => {
  if (m.live) { liveAsk(search.value); return; }
  const found = find(search.value);
  hits = found.slice(0, HITS);
  list(found.length, Boolean(search.value.trim()));
};
const take = (k) => { if (hits[k]) { shut(); if (hits[k].id !== undefined) liveGo(hits[k].id); else choose(hits[k], { focus: true }); } };
const startSearch = () => {
  search.addEventListener("input", ask);
  search.addEventListener("focus", () => { readTexts(); if (search.value) ask(); });
  search.addEventListener("blur", shut);
  search.addEventListener("keydown", (event) => {
    // Enter also ends the choice of an input method
    if (event.isComposing) return;
    if (event.key === "ArrowDown") { event.preventDefault(); if (results.hidden) ask(); else select(Math.min(at + 1, hits.length - 1)); }
    else if (event.key === "ArrowUp") { event.preventDefault(); select(Math.max(at - 1, 0)); }
    else if (event.key === "Enter") { event.preventDefault(); if (results.hidden) ask(); take(at); }
    else if (event.key === "Escape") { event.stopPropagation(); if (picking !== null) leavePicking(); else if (results.hidden) search.blur(); else { event.preventDefault(); shut(); } }
  });
};
const leavePicking = () => { picking = null; document.body.classList.remove("picking"); search.placeholder = SEARCH_FOR; shut(); search.blur(); say("No path"); };
