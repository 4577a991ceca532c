"""``make text-report``: how far the texts are from real ones, and whether loaded ones are true of
their rows; figures go to build/text.json, and a table of them to the screen.

SEEDER_CORPORA names a folder of open notes, ``*.jsonl`` with ``text``, ``kind`` and ``meta.split``
a line. Without it, what needs real notes is left out. Texts of the grammar and of a pool
(SEEDER_POOL, default the package's) are held against the same notes: those of the test splits,
which no training has seen. The same masking and cutting is done to all sides.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from seeder.generate import stream
from seeder.text import book, checks, fill, grammar
from seeder.text.facts import Facts
from seeder.text.pool import SLOT, TextPool, read
from tests import text_bits, text_table
from tests.helpers.servers import embedded_server
from tests.helpers.stories import story
from tests.reread.loaded import measured

_SEED = stream.key(11, "text report")
_NOTES = 100_000
_READ = 10_000  # loaded notes that are held against their rows
_LEAST = 150  # real documents of a kind, below which there is no reference
# Kinds of ours, and the sections of the open notes that they are held against.
_AGAINST = {
    "present_illness": ("genhx", "hpi", "history of present illness", "subjective"),
    "past_history": ("pastmedicalhx", "past medical history"),
    "examination": ("exam", "physical exam", "physical examination"),
    "assessment": ("assessment", "impression", "assessment and plan"),
    "plan": ("plan",),
}
_HEADING = re.compile(r"^([A-Z][A-Za-z /]{2,40}):?$|^([A-Z /]{3,40}):?\s*$", re.M)


def documents(folder: Path, held: bool = False) -> Iterator[tuple[str, str, str]]:
    """(document, section, text) of every open note, or of those held out of training; whole notes
    are cut at their headings."""
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text("utf-8").splitlines()):
            found = json.loads(line)
            kind, text = found.get("kind", ""), found["text"]
            name = f"{file.stem} {number}"
            split = (found.get("meta") or {}).get("split") or ""
            if held and ("test" not in split or "vignette" in file.stem):
                continue
            if kind.startswith("section:"):
                yield name, kind.removeprefix("section:").lower(), text
                continue
            yield name, "", text
            parts = _HEADING.split(text)
            for place in range(1, len(parts) - 2, 3):
                heading = (parts[place] or parts[place + 1] or "").strip().lower()
                yield name, heading, parts[place + 2].strip()


def masked(text: str) -> str:
    """Without what tells the sides apart for no merit: numbers, names, dates, marks of lists."""
    text = re.sub(r"\b(?:Dr|Mr|Mrs|Ms)\.? [A-Z]\w+", "NAME", text)
    text = re.sub(r"\b[A-Z]\w+ RN\b", "NAME", text)
    text = re.sub(r"\d+(?:[./:,-]\d+)*", "0", text)
    return re.sub(r"[•\s]+", " ", text).strip().lower()


def auc(real: Sequence[tuple[str, str]], made: Sequence[str], seed: int = 0) -> dict[str, Any]:
    """How well a linear classifier tells the sides apart: 5 folds by document, area under the
    curve with a bootstrap interval of 95 %."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline

    size = min(len(real), len(made))
    rng = np.random.default_rng(seed)
    chosen = [real[i] for i in rng.permutation(len(real))[:size]]
    lengths = sorted(len(masked(t)) for _, t in chosen)
    cut = lengths[len(lengths) // 2]
    texts = [masked(t)[:cut] for _, t in chosen] + [masked(t)[:cut] for t in made[:size]]
    groups = [d for d, _ in chosen] + [f"made {i}" for i in range(size)]
    label = np.array([1] * size + [0] * size)
    score = np.zeros(2 * size)
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
    for train, test in folds.split(texts, label, groups):
        model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
            LogisticRegression(C=10.0, max_iter=1000),
        )
        model.fit([texts[i] for i in train], label[train])
        score[test] = model.predict_proba([texts[i] for i in test])[:, 1]
    drawn = []
    for _ in range(500):
        at = rng.integers(0, 2 * size, 2 * size)
        if 0 < label[at].sum() < len(at):
            drawn.append(roc_auc_score(label[at], score[at]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "documents": size, "characters": cut, "auc": round(float(roc_auc_score(label, score)), 4),
        "low": round(float(low), 4), "high": round(float(high), 4),
    }  # fmt: skip


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])\s+|\n", text) if len(s.split()) >= 4]


def bigrams(texts: Sequence[str], words: int = 100_000) -> int | None:
    """Distinct pairs of words among the first 100,000 words; None where there are fewer."""
    seen: set[tuple[str, str]] = set()
    count = 0
    for text in texts:
        found = re.findall(r"[a-z']+", masked(text))
        seen.update(pairwise(found))
        count += len(found)
        if count >= words:
            return len(seen)
    return None


def skeletons(kind: str, source: book.Book, charts: int = _NOTES // 20) -> dict[str, int]:
    """Distinct skeletons among notes of so many charts of 20, all slots masked as a reader would,
    and the charts that have one twice."""
    pages = fill.fitting(source, None)
    notes = 20 * charts
    state = story(notes, charts=charts)
    said = [*(SLOT.sub("{}", source.text(n)) for n in range(len(source.first))), ""]
    texts = [
        "".join(said[body] for body in row)
        for low in range(0, notes, fill.CHUNK)
        for row in fill.choose(
            pages, Facts(state.take(slice(low, low + fill.CHUNK)), _SEED)
        ).tolist()
    ]
    twice = sum(len(set(texts[c::charts])) < 20 for c in range(charts))
    return {"skeletons": len(set(texts)), "charts_that_repeat": twice}


Source = Callable[[str], book.Book]


def _written(kind: str, rows: int, source: Source) -> list[str]:
    texts: list[str] = fill.write(kind, story(rows), _SEED, from_book=source(kind)).to_pylist()
    return texts


def _realism(real: dict[str, list[tuple[str, str]]], sources: dict[str, Source]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind, sections in _AGAINST.items():
        mine = [(d, t) for s in sections for d, t in real.get(s, ()) if len(t.split()) >= 5]
        if len(mine) < _LEAST:
            found[kind] = {"real": len(mine), "auc": "no real reference"}
            continue
        apart = [(d, s) for d, t in mine for s in sentences(t)]
        found[kind] = {"real": len(mine), "sentences": len(apart)}
        for name, source in sources.items():
            # More sentences than there are real ones are needed: each text has few of them.
            made = _written(kind, 4 * len(mine), source)
            ours = list(dict.fromkeys(s for t in made for s in sentences(t)))
            found[kind][name] = {
                "texts": auc(mine, made),
                "sentences": auc(apart[:4000], ours[:4000]),
            }
    return found


def _pool(pool: TextPool, source: Source) -> dict[str, Any]:
    """The figures of one pool that need no real notes."""
    kinds = [k for k, v in grammar.load().kinds.items() if v.patient]
    mixed = [t for kind in ("progress_note", "history_physical", "consultation")
             for t in _written(kind, 1000, source)]  # fmt: skip
    return {
        "bodies": len(pool),
        "sha256": pool.digest,
        "problems": dict(Counter(p.code for p in checks.problems(pool.bodies()))),
        "kinds": {kind: skeletons(kind, source(kind)) for kind in kinds},
        "bigrams": bigrams(mixed),
    }


def report(folder: Path | None, written: str | None) -> dict[str, Any]:
    """All figures; ``written`` is the pool's file, or the word for the package's."""
    pools, sources = {"grammar": grammar.load().pool}, {"grammar": book.book}
    if written is not None:
        file = book.shipped() if written == book.SHIPPED else Path(written)
        pools["pool"] = read(file)
        sources["pool"] = partial(_pooled, written)
    found: dict[str, Any] = {name: _pool(pools[name], sources[name]) for name in pools}
    if folder is None:
        return found
    given = list(documents(folder))
    found["real"] = {"bigrams": bigrams([t for _, section, t in given if not section])}
    for name, pool in pools.items():
        found[name]["longest_shared_run"] = shared(
            [SLOT.sub("|", b.body) for b in pool.bodies()], [t for *_, t in given]
        )
    kept: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for document, section, text in documents(folder, held=True):
        kept[section].append((document, text))
    found["realism"] = _realism(kept, sources)
    if text_bits.has_model():
        found["bits_per_character"] = text_bits.figures(folder, text_bits.shipped())
    return found


def shared(mine: Sequence[str], notes: Sequence[str]) -> int:
    """How many words the longest run has that stands in both; a slot ends a run."""
    pieces = [re.findall(_WORD, p) for t in mine for p in t.lower().split("|")]
    texts = [re.findall(_WORD, t.lower()) for t in notes]
    size = 1
    while _runs(pieces, size) & _runs(texts, size):
        size += 1
    return size - 1


_WORD = r"[a-z][a-z'-]*"


def _runs(texts: Sequence[list[str]], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + size]) for words in texts for at in range(len(words) - size + 1)}


def _pooled(written: str, kind: str) -> book.Book:
    return book.pooled(kind, written)


def _loaded(written: str | None) -> dict[str, Any]:
    """What loaded texts state, held against their rows, by side and schema."""
    sides = {"grammar": "grammar"} | ({"pool": written} if written is not None else {})
    with embedded_server() as server:
        return {side: measured(server, _READ, (writer,))[writer] for side, writer in sides.items()}


def main() -> int:
    given = os.environ.get("SEEDER_CORPORA", "")
    folder = Path(given) if given else None
    written = os.environ.get("SEEDER_POOL") or (book.SHIPPED if book.has_shipped() else None)
    if folder is not None and not folder.is_dir():
        print(f"SEEDER_CORPORA: no folder {folder}", file=sys.stderr)
        return 2
    found = report(folder, written)
    for side, schemas in _loaded(written).items():
        found[side]["loaded"] = schemas
    file = Path("build/text.json")
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(found, indent=2) + "\n")
    print(text_table.table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
