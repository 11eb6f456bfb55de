// --- search as one types: names first, then facts, then what the notes say

const SEARCH_FOR = search?.placeholder; // an empty page has no search
const HITS = 40;
let index = null, texts = null, all = null;
const names = () => (index ??= all ??= m.name.map(fold));
// the words of the notes come with the details; until then names alone are looked through
let reading = null;
const readTexts = () => { if (!m.live) reading ??= tell().then(indexTexts).then(() => { if (!results.hidden) ask(); }); };
const indexTexts = (d) => {
  const found = new Map();
  const at_ = (i) => { if (!found.has(i)) found.set(i, { also: [], facts: "", shown: [], told: new Map() }); return found.get(i); };
  for (let i = 0; i < m.n; i++) {
    const facts = d.nodes[i] || {}, told = d.notes[i] || [], also = [...(facts.aliases || []), ...(facts.altLabels || [])];
    const rest = [...(facts.authors || []), facts.venue || "", m.decisions[m.decision[i]], ...(facts.markers || []), ...(facts.tags || []), facts.arxivId || "", facts.doi || ""].filter(Boolean);
    if (!told.length && !also.length && !rest.length) continue;
    Object.assign(at_(i), { also: also.map(fold), facts: rest.map(fold).join("\n"), shown: rest });
    for (const x of told) at_(i).told.set(fold(x.text), x.text);
  }
  for (let e = 0; e < m.told; e++) for (const x of d.relations[e] || []) { const key = fold(x.quote); for (const i of [m.from[e], m.to[e]]) at_(i).told.set(key, x.quote); }
  all = names().map((name, i) => { const t = found.get(i); return t ? [name, ...t.also, t.facts, ...t.told.keys()].join("\n") : name; });
  texts = found;
};
// an author, venue or other fact that holds what is asked for
const factFor = (i, whole) => (texts?.get(i)?.facts.includes(whole) ? texts.get(i).shown.find((x) => fold(x).includes(whole)) : undefined);
// how well a node fits: its name begins with what is asked, holds it; a fact of it does; its name holds the words; or only its notes do
const ONLY_TOLD = 4;
const rankOf = (i, words, whole) => {
  const name = index[i], t = texts?.get(i);
  if (name.includes(whole)) return name.startsWith(whole) ? 0 : 1;
  if (t?.also.some((a) => a.includes(whole)) || t?.facts.includes(whole)) return 2;
  return words.every((w) => name.includes(w) || t?.also.some((a) => a.includes(w))) ? 3 : ONLY_TOLD;
};
// the nodes that hold all words, best first, the shorter name before the longer: sorted by counting, for one letter finds nearly all
const find = (asked) => {
  const words = asked.split(/\s+/).map(fold).filter(Boolean), whole = fold(asked), ranked = [];
  if (!words.length) return [];
  names();
  for (let i = 0; i < all.length; i++) {
    const name = index[i], begins = name.indexOf(whole), text = all[i];
    if (begins < 0 && !(words.length === 1 ? text.includes(whole) : words.every((w) => text.includes(w)))) continue;
    const key = (begins < 0 ? rankOf(i, words, whole) : begins === 0 ? 0 : 1) * 1000 + Math.min(name.length, 999);
    if (ranked[key]) ranked[key].push(i); else ranked[key] = [i];
  }
  return ranked.flat();
};
const quoteFor = (i, asked) => {
  const words = asked.split(/\s+/).map(fold).filter(Boolean);
  const rank = rankOf(i, words, fold(asked));
  if (rank === 2) return factFor(i, fold(asked));
  if (rank < ONLY_TOLD) return undefined;
  for (const [key, text] of texts?.get(i)?.told || []) if (words.some((w) => key.includes(w))) return text;
};

let hits = [], at = -1;
const select = (k) => {
  at = k;
  [...results.children].forEach((row, j) => row.setAttribute("aria-selected", String(j === k)));
  const row = results.children[k];
  if (row && hits.length) { row.scrollIntoView({ block: "nearest" }); search.setAttribute("aria-activedescendant", row.id); } else search.removeAttribute("aria-activedescendant");
};
const closeResults = () => { results.hidden = true; search.setAttribute("aria-expanded", "false"); search.removeAttribute("aria-activedescendant"); };
const hitRow = (k, name, facts, act_) => {
  const item = make("li", name);
  item.id = "result-" + k;
  item.setAttribute("role", "option");
  item.append(make("small", facts));
  item.addEventListener("pointerdown", (event) => event.preventDefault());
  item.addEventListener("click", act_);
  return item;
};
// a row that tells something and leads nowhere
const noHit = (text) => { const item = make("li", text, "none"); for (const [name, value] of [["role", "option"], ["aria-disabled", "true"], ["aria-selected", "false"]]) item.setAttribute(name, value); return item; };
const listHits = (many, asked) => {
  results.replaceChildren(...hits.map((hit, k) => hitRow(k, hit.name ?? m.name[hit.node], line(hit.kind ?? saidKind[kindOf(hit.node)], hit.text && `“${cut(hit.text, 90)}”`), () => take(k))));
  if (asked && !many) results.append(noHit("Nothing found"));
  say(asked ? `${many.toLocaleString("en")} found` : "");
  if (many > hits.length) results.append(noHit(`${(many - hits.length).toLocaleString("en")} more: type more of it`));
  results.hidden = !asked;
  search.setAttribute("aria-expanded", String(!results.hidden));
  select(hits.length ? 0 : -1);
};
const ask = () => {
  if (m.live) { liveAsk(search.value); return; }
  const found = find(search.value);
  hits = found.slice(0, HITS).map((node) => ({ node, text: quoteFor(node, search.value) }));
  listHits(found.length, Boolean(search.value.trim()));
};
const take = (k) => { if (hits[k]) { closeResults(); if (hits[k].id !== undefined) liveGo(hits[k].id); else choose(hits[k], { focus: true }); } };
const startSearch = () => {
  search.addEventListener("input", ask);
  search.addEventListener("focus", () => { readTexts(); if (search.value) ask(); });
  search.addEventListener("blur", closeResults);
  search.addEventListener("keydown", (event) => {
    // Enter also ends the choice of an input method
    if (event.isComposing) return;
    if (event.key === "ArrowDown") { event.preventDefault(); if (results.hidden) ask(); else select(Math.min(at + 1, hits.length - 1)); }
    else if (event.key === "ArrowUp") { event.preventDefault(); select(Math.max(at - 1, 0)); }
    else if (event.key === "Enter") { event.preventDefault(); if (results.hidden) ask(); take(at); }
    else if (event.key === "Escape") { event.stopPropagation(); if (picking !== null) { stepBack(); search.blur(); } else if (results.hidden) search.blur(); else { event.preventDefault(); closeResults(); } }
  });
};
