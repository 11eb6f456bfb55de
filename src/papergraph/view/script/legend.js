// --- the key, which filters too: what is unticked is not shown

const showAll = () => act((s) => { s.hidden = []; s.least = 0; s.years = null; s.closed = []; });
const boxes = new Map(); // key → checkbox
const COUNTED = 24; // more values than this of one kind are cut
let rangeLeast, shownLeast, rangeYears;

const group = (title, opened = true) => {
  const set = make("details");
  set.open = opened;
  const head = make("summary", title);
  set.append(head);
  const field = make("fieldset"), name = make("legend", title, "unseen");
  field.append(name);
  set.append(field);
  legend.append(set);
  return field;
};
const toggle = (set, key, text, mark, about) => {
  const label = make("label"), box = make("input");
  box.type = "checkbox";
  box.checked = true;
  box.id = "filter-" + encodeURIComponent(key);
  box.addEventListener("change", () => {
    act((s) => { s.hidden = box.checked ? s.hidden.filter((k) => k !== key) : [...s.hidden.filter((k) => k !== key), key]; });
    say(`${several([...m.kind].filter((k, i) => on[i] && k === "P").length, "paper")} and ${several(edgeOn.subarray(0, m.told).reduce((sum, x) => sum + x, 0), "relation")} shown`);
  });
  boxes.set(key, box);
  label.append(box, ...(mark ? [mark] : []), make("span", text));
  if (about) label.title = about;
  set.append(label);
  return label;
};
const counted = (values) => { const found = new Map(); for (const v of values) found.set(v, (found.get(v) || 0) + 1); return found; };

const buildLegend = () => {
  while (legend.children.length > 1) legend.lastChild.remove();
  boxes.clear();
  rangeLeast = rangeYears = null;
  const kinds = counted([...m.kind].map((k, i) => (m.id[i].startsWith("k-") ? "Community" : KINDS[k]))), all = [...Array(m.n).keys()];
  const shapes = group("Nodes");
  for (const [key, text] of [["Paper", "papers"], ["Cited", "cited papers"], ["Concept", "concepts"], ["Topic", "topics"]]) if (kinds.get(key)) toggle(shapes, key, `${text} (${kinds.get(key).toLocaleString("en")})`, make("span", "", "shape " + key));
  if (m.from.length) {
    const lines = group("Edges"), types = counted(m.type);
    m.types.forEach((t, k) => { if (types.get(k)) toggle(lines, t.type, `${t.label} (${types.get(k).toLocaleString("en")})`, swatch(k), t.meaning); });
    lines.append(make("p", "dashed: hedged · thick: certain · sign filled: yours or accepted", "note"));
  }
  if (m.told) {
    const set = group("Confidence"), label = make("label");
    rangeLeast = make("input");
    shownLeast = make("output", "0.00");
    Object.assign(rangeLeast, { type: "range", id: "least", min: "0", max: "1", step: "0.05", value: "0" });
    label.append("at least ", shownLeast);
    label.htmlFor = "least";
    shownLeast.htmlFor = "least";
    // dragging it is one change, not one for each step of it
    let dragging = false;
    rangeLeast.addEventListener("input", () => { act((s) => { s.least = Number(rangeLeast.value); }, { keep: !dragging }); dragging = true; });
    rangeLeast.addEventListener("change", () => { dragging = false; });
    set.append(label, rangeLeast);
    const statuses = counted([...Array(m.told).keys()].map(statusOf));
    if (statuses.size > 1) { const by = group("Status"); STATUSES.forEach(([key, text], k) => { if (statuses.get(k)) toggle(by, "status:" + key, `${text} (${statuses.get(k)})`); }); }
  }
  const papers = all.filter((i) => m.kind[i] === "P");
  const valued = (title, key, values, none) => {
    const found = counted(papers.map((i) => values(i)));
    if (found.size < 2 && !(found.size === 1 && !found.has(""))) return;
    const set = group(title, found.size <= 8);
    for (const [value, count] of [...found].sort((a, b) => (a[0] === "") - (b[0] === "") || b[1] - a[1]).slice(0, COUNTED)) toggle(set, key + ":" + value, `${value || none} (${count.toLocaleString("en")})`);
    if (found.size > COUNTED) set.append(make("p", `and ${found.size - COUNTED} more`, "note"));
  };
  valued("Marks", "mark", (i) => m.marks[m.mark[i]], "none");
  valued("Decision", "decision", (i) => m.decisions[m.decision[i]], "none");
  const years = [...new Set(papers.map((i) => m.year[i]).filter(Boolean))].sort((a, b) => a - b);
  if (years.length > 1) {
    const set = group("Year"), low = years[0], high = years[years.length - 1];
    const bound = (id, text) => {
      const label = make("label", text + " "), input = make("input");
      Object.assign(input, { type: "number", id, min: String(low), max: String(high), step: "1" });
      input.addEventListener("change", () => act((s) => { const a = Number(rangeYears[0].value) || low, b = Number(rangeYears[1].value) || high; s.years = a <= low && b >= high ? null : [Math.min(a, b), Math.max(a, b)]; }));
      label.append(input);
      set.append(label);
      return input;
    };
    rangeYears = [bound("year-from", "from"), bound("year-to", "to")];
    rangeYears.low = low;
    rangeYears.high = high;
    if (papers.some((i) => !m.year[i])) set.append(make("p", "papers without a year stay", "note"));
  }
  const tops = m.areas.filter((a) => a.topic >= 0 && a.within < 0), outer = tops.length > 1 ? tops : m.areas.filter((a) => a.topic >= 0);
  if (outer.length) {
    const set = group("Topics", outer.length <= 12 && !narrow.matches);
    for (const a of outer.slice(0, COUNTED * 2)) {
      const mark = make("span", "", "shape Topic");
      mark.style.borderColor = look.border(a.hue);
      mark.style.background = look.area(a.hue, 2);
      toggle(set, "topic:" + m.id[a.topic], `${cut(m.name[a.topic], 30)} (${countIn(a.topic)})`, mark);
    }
    if (outer.length > COUNTED * 2) set.append(make("p", `and ${(outer.length - COUNTED * 2).toLocaleString("en")} more`, "note"));
    const row = make("div", undefined, "tools");
    row.append(button("Close all", "", () => act((s) => { s.closed = [...new Set([...s.closed, ...outer.map((a) => m.id[a.topic])])]; }), "Show each topic as one"), button("Open all", "", () => act((s) => { s.closed = []; }), "Show what stands in each topic"));
    set.append(row);
  }
  const row = make("div", undefined, "tools");
  row.append(button("Undo", "", undo, "Take back the last change of filters, focus, topics or pins (Ctrl+Z)"), button("Show all", "", showAll, "Take away all filters"));
  legend.append(row);
};
const syncLegend = () => {
  const shown = on.reduce((sum, x) => sum + x, 0);
  if (!shown && m.n) banner("Nothing is left to show.", " ", button("Show all", "", showAll));
  else if (picking === null) banner(null);
  for (const [key, box] of boxes) box.checked = !seen.hidden.includes(key);
  if (rangeLeast) { rangeLeast.value = String(seen.least); shownLeast.textContent = seen.least.toFixed(2); }
  if (rangeYears) { rangeYears[0].value = String(seen.years?.[0] ?? rangeYears.low); rangeYears[1].value = String(seen.years?.[1] ?? rangeYears.high); }
};
