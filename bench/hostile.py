"""Notes that nobody would write: small seeds of every layout, put together, cut up and mutated, each from a number of its own."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
Note = tuple[str, str]
"""A path and a text."""

LONGEST = 250_000
"""Characters of the longest line that is made: above what readers read of a line."""

# --- seeds: what people write

SEEDS: list[Note] = [
    (
        "bullets.md",
        "# Reading list\n\n## Attention\n- [An Early Study of Attention Heads](https://arxiv.org/abs/1701.00001) (oral) 🔴\n  - Same claim as the previous paper.\n  - 「上の論文と主張が一致」\n"
        "- **Later Findings on Attention Heads**, Ann Lee, Bo Chen, ICML 2020 [[code](https://github.com/x/y)]\n  - Extends [the above](https://arxiv.org/abs/1701.00001), but not the same as Vaswani et al. (2017).\n"
        "1. [Deep Sets](https://papers.nips.cc/paper/6931.pdf) - Zaheer et al., NIPS 2017.\n2. [ ] Set Transformer (Lee+, ICML'19) ★★\n",
    ),
    (
        "headings.md",
        "# Papers of 2021\n## [Learning to Read Notes](https://openreview.net/forum?id=abc123)\nAnn Lee, Bo Chen and Cy Diaz\nICLR 2021 (spotlight)\n\nThis paper proposes **NoteNet (NN)**, which is similar to BERT. Is it the same as the paper above?\n\n"
        "## Another Way of Reading Notes\n**Authors:** Dee Eco; Fay Gu\n**Venue:** NeurIPS 2020\n**Link:** https://arxiv.org/abs/2001.00001v2\n\n> The abstract, quoted.\n\n- Contradicts the previous paper.\n- See also: [[NoteNet]], [[raft|Raft]]\n",
    ),
    (
        "yaml.md",
        "---\ntitle: \"In Search of an Understandable Consensus Algorithm\"\nauthors:\n  - Diego Ongaro\n  - John Ousterhout\nyear: 2014\nvenue: USENIX ATC\ndoi: 10.5555/2643634.2643666\ntags: [consensus, 合意]\naliases: [Raft]\n"
        "related: [Paxos, \"Viewstamped Replication\"]\ndate: 2023-11-14\n---\n# Raft\nRaft is equivalent to Paxos in what it does. It builds on [[Viewstamped Replication]].\n\n## References\n1. L. Lamport. The part-time parliament. ACM TOCS, 1998.\n",
    ),
    ("toml.md", "+++\ntitle = \"Scaling Laws for Notes\"\nauthors = [\"Ann Lee\", \"Bo Chen\"]\ndate = 2024-01-02\npaper = \"https://arxiv.org/abs/2001.08361\"\n+++\nUnlike Kaplan et al. [1], they find the opposite.\n\n[1]: https://arxiv.org/abs/2001.00002 \"Older\"\n"),
    (
        "dataview.md",
        "# Zab\ntitle:: Zab: High-performance broadcast for primary-backup systems\nauthors:: [[Flavio Junqueira]], Benjamin Reed\nyear:: 2011\nvenue:: DSN\nextends:: [[Paxos Made Simple]]\ncontradicts:: [[Raft]], [[EPaxos|the other]]\n#consensus/broadcast\n\n"
        "- similar to:: [[Viewstamped Replication Revisited]]\n![[figure.png]]\n![[Raft#Safety]]\n",
    ),
    ("logseq.md", "title:: WavLM\ntype:: paper\n\n- authors:: Sanyuan Chen, Chengyi Wang\n  citekey:: chen2022wavlm\n- ## 感想\n\t- [[HuBERT]] の拡張。データを増やしただけでは？ #speech\n\t- TODO ((64b1-ref)) と [[wav2vec 2.0]] を比べる\n\t  id:: 64b1\n- DONE 下の論文と発想が似ている気がする\n"),
    ("table.md", "| Paper | Venue | Year | Summary |\n|---|:--:|---:|---|\n| [Raft Refloated](https://dl.acm.org/doi/10.1145/2723872) | SIGOPS | 2015 | Reproduces Raft; *the same* results as **Ongaro** \\| Ousterhout. |\n| Paxos Made Live ★ | PODC | 2007 | Uses Paxos at Google, differs from the original. |\n"),
    (
        "details.md",
        "## Papers\n<details open>\n<summary><b>[2019] Attention, please</b></summary>\n\n- A remark that extends <a href=\"https://arxiv.org/abs/1\">An Early Study of Heads</a>.<br>And goes on &amp; on.\n\n</details>\n\n<!-- - [Hidden](https://arxiv.org/abs/2) -->\n<d-cite key=\"vaswani2017,lee2020\"></d-cite>\n",
    ),
    (
        "awesome.md",
        "# Awesome Things [![Awesome](https://awesome.re/badge.svg)](https://awesome.re)\n- [Contents](#contents)\n## Surveys\n* (NeurIPS 2020) **A Survey of Everything in Particular** [[pdf]](https://arxiv.org/pdf/2001.1.pdf) [[code]](https://github.com/a/b) ![](https://img.shields.io/github/stars/a/b)\n"
        "* [ICLR'21] Lee et al. \"Learning Nothing at All: A Study\" [[paper](https://openreview.net/pdf?id=x)]\n* `2019/05` | `ACL` | What Does BERT Look At? | Clark et al. | [arXiv](https://arxiv.org/abs/1906.04341)\n",
    ),
    (
        "prose.md",
        "# On attention\nVaswani et al. (2017) introduced the Transformer; later work (Lee and Chen, 2019; Diaz et al., ICML 2020) contradicts it [3, 4]. The same idea is found in [@lee2019] and in Schmidhuber’s paper.[^a] Kraska et al. propose learned indexes, an extension of B-trees.\n\n"
        "Isn't this the opposite of \"Attention Is All You Need\"? See #1127.\n\n[^a]: J. Schmidhuber. Learning to control fast-weight memories. Neural Computation, 1992.\n\n## References\n[3] A. Lee, B. Chen. Attention Revisited, Again and Again. In ICML, 2019. https://arxiv.org/abs/1903.00001\n"
        "[4] Diaz, C., & Eco, D. (2020). Attention considered harmful. *Proceedings of ICML*, 1(2), 3–4.\n",
    ),
    ("prose-ja.md", "# Transformer について\n栗原ら（2022）は、構文注目構造（Syntactic Attention Structure：SAS）を提案した。これは 田中ら(NLP2021) の手法と似ている。一方で、[こちら](https://arxiv.org/abs/2301.1)とは知見が逆である。「Vision Mamba」の論文って「Transformers are multi state RNNs?」ってこれと同じ？論文関連リンクの2を参照。\n\n## 論文関連リンク\n1. [Attention Is All You Need](https://arxiv.org/abs/1706.03762)\n2. Gu, A., Dao, T. Mamba: Linear-Time Sequence Modeling, 2023.\n"),
    ("flat.txt", "本記事の注意\n- 「」: 僕の発言\n- 🔴: 主観的興味\n- 🔵: 客観的興味\nアーキテクチャ系\n全体的に\n- Merge, Then Compress: Demystify Efficient SMoE (spotlight) 🟡\n- 専門家の順番を揃える- 「面白い」\n- Simplifying Transformer Blocks 🔴\n<pause-token>\nが出る間は待つ。「下の論文と主張が一致」\n部分的に\n- Scaling Laws of RoPE-based Extrapolation (oral) 🔵\n- 「上の手法の改良? arxiv 見たことある」\n"),
    ("flat-en.txt", "Notes on storage\n\n1 Key-value stores\n----\n● The Log-Structured Merge-Tree. O'Neil, Cheng, Gawlick, O'Neil. Acta Informatica 1996.\n  Similar to the paper above, see http://example.org/a_(b).\n○ Bigtable: A Distributed Storage System for Structured Data, Chang et al., OSDI 2006\n   uses the LSM-tree; the same idea as in [1].\n2.1 Caches\n◎ Skimmed: TinyLFU (Einziger, Friedman, Manes)\n"),
    (
        "refs.bib",
        "% --- Attention ---\n@string{icml = \"International Conference on Machine Learning\"}\n@inproceedings{lee2019,\n  title = {{A}ttention Revisited: {\\\"O}ver and Over},\n  author = \"Lee, Ann and van den {Berg}, Bo and {Some Lab, Inc.}\",\n  booktitle = icml # { 2019}, year = 2019,\n"
        "  url = {https://arxiv.org/abs/1903.00001}, note = {To appear},\n  annote = {The same claim as \\cite{vaswani2017}. \\emph{Very} similar to BERT.\n\n- extends @diaz2020},\n  abstract = {We revisit $x_{1}$ attention.},\n}\n@comment{jabref-meta: x}\n@article{diaz2020, title={Attention considered harmful}, crossref = {lee2019}, keywords={a, b; c}}\n"
        "A remark between entries, which contradicts the previous paper.\n",
    ),
    (
        "notes.org",
        "#+title: Sketches\n#+filetags: :stream:sketch:\n* Papers\n** TODO [#A] [[https://arxiv.org/abs/1201.1][Count-Min Sketch Revisited Again]] (2/3) :sketch:\n:PROPERTIES:\n:AUTHOR: Cormode, Graham and Muthukrishnan, S.\n:YEAR: 2005\n:CUSTOM_ID: cormode2005\n:ROAM_REFS: @cormode2005 [cite:@a;@b]\n:END:\n"
        "- extends [[id:abc][the older one]] and cite:flajolet2007\n  1. *bold* /it/ =code= ~x~ \\\\\n#+begin_quote\nSomebody else's words.\n#+end_quote\n| a | b |\n|---+---|\n| c | d |\n# a comment\nSCHEDULED: <2024-01-01 Mon>\n[fn:1] A footnote. The opposite of HyperLogLog.\n",
    ),
    (
        "page.html",
        "<!DOCTYPE html><html><head><title>読んだ論文 | blog</title><meta name=\"citation_author\" content=\"Lee, Ann\"><meta property=\"article:published_time\" content=\"2022-03-04\"></head><body><nav><a href=\"/\">home</a></nav><main><article>\n<h1>読んだ論文</h1>\n<h2><a href=\"https://arxiv.org/abs/2004.1\">Dense Passage Retrieval for Everyone</a></h2>\n"
        "<p>Karpukhin et al. (2020)。<b>BM25</b> と&nbsp;似ている&hellip; &#x1F534;<br>次の行\n<ul><li>上の論文と主張が一致<ul><li>deep</ul><li>x &lt; y</ul>\n<table><tr><th>a<th>b<tr><td>c<td>d</table><pre>code\n</pre><blockquote>quoted</blockquote><dl><dt>t<dd>d</dl></article></main><script>x=\"</p>\"</script></body></html>\n",
    ),
    ("dated/2024-05-07.md", "# 2024-05-07\n- [Deep Sets](https://arxiv.org/abs/1703.06114): yesterday's paper is similar to this one.\n- 昨日の論文と同じ著者。先週の論文の続き？\n```bibtex\n@article{a2020, title={Deep Sets, Deeper}, author={A, B}, year=2020}\n```\n~~~\ncode\n~~~\n"),
]

TITLES = ["An Early Study of Attention Heads", "Deep Sets", "Raft: In Search of Consensus", "大規模言語モデルの分析", "What Does BERT Look At?", "NoteNet", "On the Opposite of Everything, Again"]
PEOPLE = ["Vaswani et al.", "Lee and Chen", "Ann Lee, Bo Chen", "van der Maaten, L.", "田中ら", "栗原健太郎", "O'Neil", "J. Long & E. Shelhamer", "Some Lab", "Lee+"]
PLACES = ["NeurIPS 2020", "ICML'19", "Proc. of the VLDB Endowment, 2011", "言語処理学会第28回年次大会", "arXiv:2001.08361", "ACL Findings", "(oral)", "2017", "(2017)", "NLP2022", "https://arxiv.org/abs/1706.03762", "doi:10.1000/182"]
CUES = [
    "Same claim as the previous paper", "the opposite of", "extends", "is similar to", "unlike", "contradicts", "builds on", "see also:", "isn't this the same as", "not the same as", "uses", "consistent with the paper below",
    "上の論文と主張が一致", "と知見が逆", "って これと同じ？", "の拡張", "下の論文と発想が似ている気がする", "を使っている", "とは違う", "この手法は", "昨日の論文", "上の二つ", "に当てはまるらしい",
]  # fmt: skip
LABELS = ["authors::", "Authors:", "著者：", "venue:", "**Link:**", "related:", "extends::", "関連:", "次に読む：", "See also:", "year:", "tags:", "Summary:", "「」:", "🔴:", "doi:", "alias::", "[1]", "[^a]:", "[^a]", "1."]
MARKS = ["- ", "* ", "  - ", "\t- ", "1. ", "> ", "# ", "## ", "### ", "| ", "・", "■ ", "【", "● ", "- [ ] ", "+ ", "** ", "*** TODO ", "<li>", "<p>", "  ", "\t", "", "@article{a,\n", "  title = {", "}\n", ":END:", "#+begin_quote", "---", "```", "<details>", "<!--"]
TOKENS = [
    "[", "]", "(", ")", "![", "[[", "]]", "](", "[a](b)", "[a](https://arxiv.org/abs/1) ", "[[a]] ", "[[a|b]]", "[1] ", "[1, 2", "[@a2020] ", "(Lee 2020) ", "(A, ", "(Lee, 2020; ", "「", "」", "『", "（", "）", "「あ」", "\"", "“", "'", "’s ", "**", "*", "_", "_a_ ", "`", "```", "~~", "$", "$$",
    "<", ">", "</", "<a ", "<a href='", "<b>", "</b>", "<li>", "<ul>", "<td>", "<p>", "<!--", "-->", "<script>", "<br>", "&", "&amp;", "&#x", "\\", "\\\\", "\\\"{", "\\c ", "{", "}", "{}", "{{", "@", "@a ", "@a{", "@article{a,", "= {", " = ", "#", "#1 ", "# ", "#a ", "%", "% ", "|", "| ", "|a", "|-", "\t", "\n", "\r", "\r\n", "\n\n",
    "- ", "* ", "1. ", "> ", "-", "--", "—", " - ", "=", "~", "+", "/", " / ", ":", ": ", "::", "a: ", "a:: ", "：", ";", ", ", ",", "、", "。", ".", ". ", "..", "!", "? ", "？", "...", "…",
    "http://", "https://a.b/", "https://a.b/ ", "https://arxiv.org/abs/1701.00001 ", "www.", "10.1000/", "arXiv:", "arXiv:2001.00001 ", "doi:10.1/x ", "2020", "2020 ", "2020)", "(2020) ", "'20 ", "1", "1.", "1.1 ", "0", "1,",
    "A", "a", "Ab ", "AB ", "aB", "A. ", "A.", "A-", "a-", "Smith, ", "Smith and ", "Smith & ", "Smith et al. ", "et al. ", "et al ", "van ", "van der Aa ", "A. Smith, ", "Smith, A., ", "O'", "In ", "In Proc. ", "Proceedings of ", "ICML ", "ICML 2020, ", "ICML/", "NLP2022 ", "IEEE ", "by ", "the ", "and ", "not ", "or ", "is ", "a ",
    "similar to ", "extends ", "the previous paper ", "same as ", "unlike X, ", "Unlike ", "BERT ", "BERT-", "NoteNet (NN) ", "the Foo paper ", "Deep Sets ", "Attention Is All You Need ",
    "あ", "論", "ア", "ら", "田中ら", "田中、", "と", "は", "って", "という", "の論文", "論文", "上の論文", "これと同じ", "似ている", "が逆", "学会", "文献1", "論文リンクの1", "ＡＢ", "ー", "・", "々",
    "😀", "★", "🔴 ", "🇯🇵", "👩\u200d👧", "\u200d", "\ufe0f", "e\u0301", "\u0301", "\u0b95\u0bcd", "\u200b", "\u202e", "\u2066", "\ufeff", "\u3000", "\xa0", "\u2028", "\x85", "\x0b", "\x0c", "\x1c", "\0", "\x1b", "\ud800", "\udfff", "𠮷", "𝐀", "ﬁ", "ß", "İ", "ǆ", "½", "Ⅳ", "²", "\U0010ffff", "\u0660", "༳",
    "TODO ", "DONE ", ":a:", ":END:\n", "#+a: ", "[fn:1] ", "cite:a,b ", "[cite:@a;", "((a)) ", "id:: ", "#[[a]] ", "![[a]]", "title: ", "---\n", "+++\n", "\\item ", "\\cite{", "\\url{", "``", "''", "@string{a=", "@comment{", "# a\n", "- a\n", "- [A Title of Some Work](https://arxiv.org/abs/1)\n", "  - a\n", "> a\n", "| a | b |\n", "@a{b, title={c}}\n", "* a\n",
]  # fmt: skip
"""What is inserted, repeated and made long lines of: every mark of every layout, words of every rule, and characters that break programs."""

PATHS = ["a.md", "a.txt", "a.org", "a.bib", "a.html", "2024-05-07.md", "読書/メモ: 1:2-3.md", "README", ".md", "papers/2021 (x)/lee2020.md", "a b.markdown"]
_PAIRS = ["()", "[]", "（）", "「」", "『』", "{}", "<>", "**", "__", "\"\"", "``", "$$", "“”", "【】"]
_NESTS = [("> ", ""), ("- ", ""), ("<div>", "</div>"), ("<ul><li>", "</li></ul>"), ("<b>", "</b>"), ("\\emph{", "}"), ("[a", "](b)"), ("[[", "]]"), ("{", "}"), ("<table><tr><td>", "</td></tr></table>"), ("<!--", "-->"), ("*", "*"), ("\\\"", "")]


def sources() -> list[Note]:
    """The seeds, the sample notes and the annotated notes of the benchmark, as far as they are here."""
    files = sorted(f for folder in ("data", "bench/extraction/golds") for f in (ROOT / folder).rglob("*") if f.suffix in (".md", ".txt", ".org", ".bib", ".html"))
    return [*SEEDS, *((f.name, f.read_text(encoding="utf-8")) for f in files)]


# --- making notes


def made(number: int, known: list[Note]) -> Note:
    """The note of that number: the same for the same number and sources."""
    r = random.Random(number)
    path, text = _written(r) if r.random() < 0.35 else _piece(r, r.choice(known))
    for _ in range(_few(r, 6)):
        text = r.choice(_MUTATIONS)(r, text, known)
    if r.random() < 0.004:
        text = _with_long_line(r, text)
    if r.random() < 0.25:
        path = r.choice(PATHS)
    return path, text[: 2 * LONGEST]


def _few(r: random.Random, most: int) -> int:
    """0 to `most`, small numbers more often."""
    return int(most * r.random() ** 2 + 0.5)


def _piece(r: random.Random, note: Note) -> Note:
    """The note, or some lines of a long one, its head with them now and then."""
    path, text = note
    lines = text.splitlines(keepends=True)
    if len(lines) <= 24:
        return note
    start, head = r.randrange(len(lines)), lines[: r.choice((0, 0, 4, 12))]
    return path, "".join([*head, *lines[start : start + 2 + _few(r, 24)]])


def _written(r: random.Random) -> Note:
    """A note of lines put together from marks, titles, people, places, cues and labels."""
    lines = []
    for _ in range(1 + _few(r, 14)):
        words = [r.choice(r.choice((TITLES, PEOPLE, PLACES, CUES, LABELS, TOKENS))) for _ in range(1 + _few(r, 7))]
        if r.random() < 0.3:
            words.insert(0, f"[{r.choice(TITLES)}]({r.choice(PLACES)})")
        lines.append(r.choice(MARKS) + r.choice((" ", " ", "", ", ", ". ")).join(words))
    return r.choice(PATHS), "\n".join(lines) + r.choice(("\n", ""))


# --- mutations

Mutation = Callable[[random.Random, str, list[Note]], str]


def _characters(r: random.Random, text: str, _: list[Note]) -> str:
    chars = list(text)
    for _n in range(1 + _few(r, 8)):
        i = r.randrange(len(chars) + 1)
        j = min(i + 1 + _few(r, 6), len(chars))
        match r.randrange(4):
            case 0:
                del chars[i:j]
            case 1:
                chars[i:i] = chars[i:j]
            case 2:
                chars[i:j] = chars[i:j][::-1]
            case _:
                chars[i:i] = r.choice(TOKENS)
    return "".join(chars)


def _pieces(parts: list[str], r: random.Random, known: list[Note]) -> list[str]:
    if not parts:
        return parts
    i, j = r.randrange(len(parts)), r.randrange(len(parts))
    match r.randrange(5):
        case 0:
            del parts[i]
        case 1:
            parts[i:i] = [parts[i]] * (1 + _few(r, 12))
        case 2:
            parts[i], parts[j] = parts[j], parts[i]
        case 3:
            parts[i:i] = _piece(r, r.choice(known))[1].splitlines(keepends=True)[: 1 + _few(r, 6)]
        case _:
            parts[i] = r.choice(MARKS) + parts[i].lstrip() if r.random() < 0.5 else r.choice(("  ", "\t", "    ", " ")) * (1 + _few(r, 4)) + parts[i]
    return parts


def _lines(r: random.Random, text: str, known: list[Note]) -> str:
    return "".join(_pieces(text.splitlines(keepends=True), r, known))


def _blocks(r: random.Random, text: str, known: list[Note]) -> str:
    return "".join(_pieces(re.split(r"(?<=\n)(?=\n)", text), r, known))


def _splice(r: random.Random, text: str, known: list[Note]) -> str:
    other = _piece(r, r.choice(known))[1]
    i, j = r.randrange(len(text) + 1), r.randrange(len(other) + 1)
    return text[:i] + (other[j:] if r.random() < 0.5 else other + text[i:])


def _cut(r: random.Random, text: str, _: list[Note]) -> str:
    i = r.randrange(len(text) + 1)
    return text[:i] if r.random() < 0.7 else text[i:]


def _repeat(r: random.Random, text: str, _: list[Note]) -> str:
    i = r.randrange(len(text) + 1)
    token = r.choice(TOKENS) if r.random() < 0.6 else text[i : i + 1 + _few(r, 12)]
    # a token is repeated thousands of times now and then only, for time's sake
    return text[:i] + token * int((5_000 if r.random() < 0.1 else 60) ** r.random()) + text[i:]


def _nest(r: random.Random, text: str, _: list[Note]) -> str:
    i = r.randrange(len(text) + 1)
    j = min(i + _few(r, 60), len(text))
    before, after = r.choice([*((p[0], p[1]) for p in _PAIRS), *_NESTS])
    depth = int((600 if r.random() < 0.1 else 20) ** r.random())
    return text[:i] + before * depth + text[i:j] + after * (depth if r.random() < 0.7 else _few(r, depth)) + text[j:]


def _unbalance(r: random.Random, text: str, _: list[Note]) -> str:
    for _n in range(1 + _few(r, 4)):
        i = r.randrange(len(text) + 1)
        text = text[:i] + r.choice(r.choice(_PAIRS)) + text[i:]
    return text


def _strange(r: random.Random, text: str, _: list[Note]) -> str:
    """Control, bidirectional, zero-width, combining and astral characters, lone surrogates, code points at random."""
    for _n in range(1 + _few(r, 6)):
        i = r.randrange(len(text) + 1)
        char = chr(r.choice((r.randrange(0x20), r.randrange(0x7F, 0xA1), r.randrange(0x300, 0x370), r.randrange(0x2000, 0x2070), r.randrange(0xD800, 0xE000), r.randrange(0xFE00, 0x10000), r.randrange(0x10000, 0x110000), r.randrange(0x110000))))
        text = text[:i] + char * (1 + _few(r, 3)) + text[i:]
    return text


def _line_ends(r: random.Random, text: str, _: list[Note]) -> str:
    ends = r.choice((["\r\n"], ["\r"], ["\n", "\r\n", "\r"], ["\n", "\n", "\u2028", "\x0b", "\x85", "\n\r"], ["\n\n"], [" "]))
    return "".join(r.choice(ends) if c == "\n" else c for c in text)


def _cases(r: random.Random, text: str, _: list[Note]) -> str:
    i = r.randrange(len(text) + 1)
    j = min(i + _few(r, 200), len(text))
    return text[:i] + r.choice((str.upper, str.lower, str.title, str.swapcase))(text[i:j]) + text[j:]


_MUTATIONS: list[Mutation] = [_characters, _characters, _lines, _lines, _blocks, _splice, _cut, _repeat, _nest, _unbalance, _strange, _line_ends, _cases]


def _with_long_line(r: random.Random, text: str) -> str:
    length = int(1_000 * (LONGEST / 1_000) ** r.random())
    lines = text.splitlines(keepends=True) or [""]
    i = r.randrange(len(lines))
    lines[i] = r.choice(MARKS) + long_line(r.choice(TOKENS), length) + lines[i]
    return "".join(lines)


def long_line(token: str, length: int) -> str:
    """A line of about that many characters made of one token."""
    return token * (length // len(token) + 1)
