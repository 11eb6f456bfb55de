// --- how it looks, and small makers of elements; text reaches the page through textContent and the canvas only

const $ = (id) => document.getElementById(id);
const panel = $("panel"), results = $("results"), search = $("search"), hint = $("hint"), legend = $("legend"), graph = $("graph");
const narrow = matchMedia("(max-width: 700px)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const FONT = "system-ui, 'Noto Sans CJK JP', 'Noto Sans JP', 'Hiragino Sans', 'Yu Gothic', Meiryo, sans-serif";

// OKLCH (Ottosson 2020) as hex: hues of one lightness are equally bright, so that one contrast holds for all of them
const oklch = (lightness, chroma, hue) => {
  const a = chroma * Math.cos((hue * Math.PI) / 180), b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3, m_ = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3, s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb = [4.0767416621 * l - 3.3077115913 * m_ + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m_ - 0.3413193965 * s, -0.0041960863 * l - 0.7034186147 * m_ + 1.707614701 * s];
  return "#" + rgb.map((x) => Math.round(255 * Math.min(1, Math.max(0, x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055))).toString(16).padStart(2, "0")).join("");
};
const shades = new Map();
const shade = (lightness, chroma, hue) => {
  const key = `${lightness} ${chroma} ${hue}`;
  if (!shades.has(key)) shades.set(key, oklch(lightness, hue < 0 ? chroma / 5 : chroma, hue < 0 ? 250 : hue));
  return shades.get(key);
};
const lookOf = (d) => ({
  dark: d,
  ground: d ? "#14181d" : "#fbfbfc",
  text: d ? "#e8ecf1" : "#1d2733",
  soft: d ? "#b0bbc8" : "#4c5968",
  card: d ? "#20272f" : "#ffffff",
  accent: d ? "#86b6ff" : "#1f5fbf",
  faint: d ? "#6d7987" : "#8c97a4",
  area: (hue, depth) => (d ? shade(0.225 + 0.03 * Math.min(depth, 3), 0.03, hue) : shade(0.977 - 0.018 * Math.min(depth, 3), 0.013 + 0.006 * Math.min(depth, 3), hue)),
  rim: (hue) => (d ? shade(0.42, 0.05, hue) : shade(0.84, 0.05, hue)),
  bar: (hue) => (d ? shade(0.58, 0.09, hue) : shade(0.69, 0.1, hue)),
  heading: (hue) => (d ? shade(0.87, 0.07, hue) : shade(0.38, 0.1, hue)),
  border: (hue) => (d ? shade(0.73, 0.1, hue) : shade(0.52, 0.12, hue)),
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
  if (label) element.title = label;
  // a sign is no name; words are
  if (label && text.length < 3) element.setAttribute("aria-label", label);
  element.addEventListener("click", act);
  return element;
};
const line = (...parts) => parts.filter(Boolean).join("  ·  ");
// never in the middle of a character
const startOf = (text, most) => text.slice(0, most).replace(/[\ud800-\udbff]$/, "");
const cut = (text, most) => (text.length > most ? startOf(text, most).trimEnd() + "…" : text);
// not every browser tells when it has nothing to do
const idle = (work) => (window.requestIdleCallback ? requestIdleCallback(work, { timeout: 1000 }) : setTimeout(work, 60));
const say = (text) => { $("said").textContent = text; };
const several = (count, one) => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
const saidKind = { Paper: "paper", Cited: "cited paper", Topic: "topic", Concept: "concept" };

// as papergraph.folding.fold: width, case, punctuation and spaces make no difference
const fold = (text) => {
  const normal = text.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
  return normal.replace(/[^\p{L}\p{N}]+/gu, "") || normal.replace(/\s+/g, "");
};
