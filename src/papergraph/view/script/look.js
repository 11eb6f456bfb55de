// --- how it looks, and small makers of elements; text reaches the page through textContent and the canvas only

const $ = (id) => document.getElementById(id);
const panel = $("panel"), results = $("results"), search = $("search"), hint = $("hint"), legend = $("legend"), graph = $("graph");
const narrow = matchMedia("(max-width: 700px)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const FONT = "system-ui, 'Noto Sans CJK JP', 'Noto Sans JP', 'Hiragino Sans', 'Yu Gothic', Meiryo, sans-serif";

const lookOf = (d) => ({
  dark: d,
  ground: d ? "#14181d" : "#fbfbfc",
  text: d ? "#e8ecf1" : "#1d2733",
  soft: d ? "#a8b4c2" : "#526070",
  card: d ? "#20272f" : "#ffffff",
  accent: d ? "#86b6ff" : "#1f5fbf",
  faint: d ? "#6d7987" : "#8c97a4",
  area: (hue, depth) => (hue < 0 ? (d ? "#1a1f26" : "#f2f4f6") : `hsl(${hue}, ${d ? 26 : 60}%, ${d ? 13 + 3.5 * Math.min(depth, 3) : 96.5 - 2.6 * Math.min(depth, 3)}%)`),
  rim: (hue) => (hue < 0 ? (d ? "#39434f" : "#cfd6de") : `hsl(${hue}, ${d ? 28 : 38}%, ${d ? 36 : 76}%)`),
  heading: (hue) => (hue < 0 ? (d ? "#c4ccd6" : "#3d4854") : `hsl(${hue}, ${d ? 55 : 60}%, ${d ? 80 : 24}%)`),
  border: (hue) => (hue < 0 ? (d ? "#8592a0" : "#6b7886") : `hsl(${hue}, ${d ? 40 : 42}%, ${d ? 58 : 45}%)`),
  edge: (t) => (m.types[t].colours ? m.types[t].colours[d ? 1 : 0] : d ? "#7e8a98" : "#7b8794"),
});
let look = lookOf(dark.matches);

const japanese = /[\u3040-\u30ff]/;
const make = (tag, text, className) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  // kana tell that the Han characters beside them are to be drawn, and read aloud, as Japanese
  if (text && japanese.test(text)) element.lang = "ja";
  if (className) element.className = className;
  return element;
};
const button = (text, className, act, label) => {
  const element = make("button", text, className);
  element.type = "button";
  if (label) { element.setAttribute("aria-label", label); element.title = label; }
  element.addEventListener("click", act);
  return element;
};
const line = (...parts) => parts.filter(Boolean).join("  ·  ");
const cut = (text, most) => (text.length > most ? text.slice(0, most).trimEnd() + "…" : text);
const say = (text) => { $("said").textContent = text; };
const several = (count, one, more = one + "s") => `${count.toLocaleString("en")} ${count === 1 ? one : more}`;
const saidKind = { Paper: "paper", Cited: "cited paper", Topic: "topic", Concept: "concept" };

// as papergraph.folding.fold: width, case, punctuation and spaces make no difference
const fold = (text) => {
  const normal = text.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
  return normal.replace(/[^\p{L}\p{N}]+/gu, "") || normal.replace(/\s+/g, "");
};
