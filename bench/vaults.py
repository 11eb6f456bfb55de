"""A vault of notes and a bibliography of any size, made up: the same size gives the same files."""

from __future__ import annotations

import random
from pathlib import Path

_WHAT = "Attention Parsing Retrieval Consensus Hashing Caching Distillation Pruning Alignment Translation Indexing Sampling Scheduling Replication Segmentation Summarization Clustering Ranking".split()
_HOW = "Contrastive Sparse Robust Adaptive Neural Learned Incremental Probabilistic Causal Hierarchical Approximate Federated Lazy Private Streaming Recursive Modular Symbolic".split()
_OF = "Graphs Speech Documents Images Transactions Proofs Programs Molecules Tables Dialogues Queries Sensors Videos Maps Logs Streams Ontologies Markets".split()
_FAMILIES = "Abe Baker Chen Diaz Endo Fischer Garcia Hara Ito Jansen Kato Lee Mori Novak Okada Petrov Quinn Rossi Sato Tanaka Ueda Vogel Watanabe Xu Yamada Zhang".split()
_VENUES = ("NeurIPS", "ICML", "ACL", "SIGMOD", "OSDI", "ICLR", "EMNLP", "VLDB")


def title(n: int) -> str:
    """The n-th title; no two are the same."""
    r = random.Random(n * 7_919 + 1)
    return f"{r.choice(_HOW)} {r.choice(_WHAT)} of {r.choice(_HOW)} {r.choice(_OF)} in {_letters(n)} Steps"


def page(n: int) -> str:
    """The name of the n-th note's file, without ending."""
    r = random.Random(n * 7_919 + 1)
    return f"{r.choice(_HOW).lower()}-{r.choice(_WHAT).lower()}-{n}"


def _letters(n: int) -> str:
    # a word of its own that reads as a name
    out = ""
    while True:
        out += "bdfgklmnprst"[n % 12] + "aeiou"[n // 12 % 5]
        n //= 60
        if not n:
            return out.capitalize()


def _authors(r: random.Random) -> list[str]:
    return [f"{r.choice('ABCDEFGHJKLMNPRSTVWY')}. {r.choice(_FAMILIES)}{r.choice(('', '', 'son', 'ov', 'moto'))}" for _ in range(r.randint(1, 4))]


def note(n: int, count: int) -> str:
    """The n-th of `count` notes: on one paper, in one of four layouts, naming other notes near it and at random."""
    r = random.Random(n * 104_729 + 3)
    other = (n + r.randint(1, 40)) % count if r.random() < 0.8 else r.randrange(count)
    third = r.randrange(count)
    authors, venue, year = _authors(r), r.choice(_VENUES), r.randint(2005, 2024)
    address = f"https://arxiv.org/abs/{10 + n // 99_999 % 15:02}{1 + n % 12:02}.{n % 99_999 + 1:05}"
    told = r.choice(("extends", "is similar to", "contradicts", "uses the loss of", "makes the same claim as"))
    match n % 4:
        case 0:
            return (
                f"title:: {title(n)}\nauthors:: {', '.join(authors)}\nyear:: {year}\nvenue:: {venue}\nurl:: {address}\n\n## Notes\n- It {told} [[{page(other)}]], with a bound on the number of rounds.\n"
                f"- Half the memory of the baseline in table {r.randint(1, 9)}.\n- I am not sure whether [[{page(third)}|{title(third)}]] would survive this.\n\nextends:: [[{page(other)}]]\n"
            )
        case 1:
            return (
                f"# {title(n)}\n{', '.join(authors)}. {venue} {year}.\n{address}\n\n## Summary\nThe paper proposes a way to train with fewer labels. It {told} [{title(other)}]({page(other)}.md).\n\n"
                f"> We show that labels are not needed.\n\n## Remarks\n1. Why does this work at all? See section {r.randint(2, 7)}.\n2. The opposite of what {authors[0].split()[1]} et al. ({year}) found.\n\n## Related work\n- [{title(third)}]({page(third)}.md)\n"
            )
        case 2:
            return (
                f"---\ntitle: {title(n)}\nauthors: [{', '.join(authors)}]\nyear: {year}\nvenue: {venue}\nurl: {address}\ntags: [paper, {r.choice(_WHAT).lower()}]\n---\n# Notes\nSimple and strong. The key trick {told} [[{page(other)}]].\n\n"
                f"Numbers are close to those of “{title(third)}”, but the code is not out yet. Maybe the data set is too small.\n\n- [ ] reread the proof\n- [x] run the code\n"
            )
        case _:
            return (
                f"# [{title(n)}]({address})\n- 著者: {', '.join(authors)}\n- 会議: {venue} {year}\n\n## メモ\n- ラベルを減らしても精度が落ちない手法を提案する。\n- [[{page(other)}]] と発想が似ている気がする。\n"
                f"- 「{title(third)}」の論文とは知見が逆では？\n- 実験は表{r.randint(1, 9)}だけで、もう少し大きいデータでも見たい。\n"
            )


def write_vault(folder: Path, count: int) -> int:
    """Write `count` notes into `folder`; how many characters they have."""
    size = 0
    for n in range(count):
        file = folder / f"{n // 500:03}" / f"{page(n)}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = note(n, count)
        file.write_text(text, encoding="utf-8")
        size += len(text)
    return size


def write_bibliography(file: Path, count: int) -> int:
    """Write a BibTeX file of `count` entries, every fourth with a remark, every third with an abstract; how many characters it has."""
    size = 0
    with file.open("w", encoding="utf-8") as out:
        for n in range(count):
            size += out.write(_record(n))
    return size


def _record(n: int) -> str:
    r = random.Random(n * 15_485_863 + 5)
    authors, year = _authors(r), r.randint(1995, 2024)
    key = f"{authors[0].split()[1].lower()}{year}{_letters(n).lower()}"
    fields = [f"title = {{{{{title(n)}}}}}", f"author = {{{' and '.join(authors)}}}", f"year = {year}", f"booktitle = {{Proceedings of {r.choice(_VENUES)}}}", f"pages = {{{n % 900 + 1}--{n % 900 + 12}}}", f"doi = {{10.1145/{n}.{r.randint(1, 999)}}}"]
    if n % 3 == 0:
        fields.append("abstract = {We study the problem of labels. We show that our method needs fewer of them than was thought, and that the bound is tight.}")
    if n % 4 == 0:
        fields.append(f"annote = {{Similar to \\cite{{{key}}}, but simpler. Uses {r.choice(_HOW)}{r.choice(_WHAT)} for the first stage.}}")
    return f"@inproceedings{{{key},\n  " + ",\n  ".join(fields) + "\n}\n\n"
