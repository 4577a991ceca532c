"""Plain words for texts of which only the length is known, and pools of phrases made of them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from seeder.generate.stream import key, words

# Neutral nouns and adjectives; short ones too, so that narrow columns read well.
_TEXT = """
an as at by go in it no of on or so to up we all and any box day end few for key lot map new now
off old one out own row set sum top two use way year able area back base best body book both
call card case city code copy date deep door each edge even face fact fair file fine firm flat
form free full good half hand help here high home idea item kind last late left life line link
list long main mark mean mind more most name near need next note open over page part past path
plan play port post rate read real rest ring road role room rule safe same save seat self shop
short side sign site size slow some song soon sort spot star stay step such sure task team term
test text then time tone tool tour town tree true turn type unit used user very view wait walk
wall warm week well west wide wind wish with word work yard zone above along basic blank board
brief broad chain chart check clean clear close count cover daily draft early entry event exact
extra field final first fixed focus frame fresh front grade grand great green group guide house
image index inner input issue joint label large later layer level light limit local lower major
match metal minor model month north novel offer order other outer owner panel paper party phase
piece place plain plant point power press prior proof quick quiet quota range rapid ratio ready
right river round route scale scope score sense seven share sheet shift simple single sixth
small smart solid sound south space spare speed spring stage stand start state steady still
stock stone store storm study style sugar table theme third title today total touch track trade
trend trial under union upper usual valid value video visit voice water weight wheel white whole
window winter wood world yellow account balance bridge budget center change choice common
corner course custom decade design detail device direct double effect engine factor family
figure folder formal garden general global harbour history income island journal kitchen
language library manual margin market matter meadow measure medium meeting member method middle
minute mirror module moment morning mountain natural network normal notice number object
office option orange outline output parcel partial pattern pending period picture planned
pocket present primary private problem process product profile program project public purpose
quality quarter question random reading reason recent record region regular related release
remote report request reserve result return review schedule second section sector segment
senior series service session signal silver sample source special standard station status
storage stream street strong subject summary summer supply support surface survey system target
tender thread ticket timber transfer travel update urgent useful valley variant vehicle version
village visible volume weather weekend welcome western workshop
"""
WORDS = tuple(_TEXT.split())


@lru_cache(maxsize=64)
def pool(shortest: int, longest: int, size: int = 2048) -> pa.StringArray:
    """Phrases of ``shortest`` to ``longest`` characters (1 <= shortest <= longest <= 200).

    A phrase ends at a word's end wherever one fits; it never starts or ends with a space.
    """
    rows = np.arange(size, dtype=np.int64)
    stream = key(0, "vocabulary")
    goals = words(stream, rows, 0)
    picks = [words(stream, rows, draw).tolist() for draw in range(1, 41)]
    texts = [_phrase([p[i] for p in picks], shortest, longest, int(goals[i])) for i in range(size)]
    return pa.array(texts, pa.string())


def _phrase(picks: list[int], shortest: int, longest: int, goal: int) -> str:
    wanted = shortest + goal % (longest - shortest + 1)
    text = ""
    for number in range(200):
        room = wanted - len(text) - bool(text)
        fitting = _up_to(room)
        if not fitting:
            break
        word = fitting[(picks[number % len(picks)] + number) % len(fitting)]
        text += (" " if text else "") + (word if text else word.capitalize())
        if len(text) >= max(shortest, 4 * wanted // 5):
            break
    # One or two places can be left where no word fits: letters of a list ('section b').
    missing = shortest - len(text)
    return text + (" " + "abcdefgh"[goal % 8] * (missing - 1) if missing > 1 else "s" * missing)


@lru_cache(maxsize=256)
def _up_to(length: int) -> tuple[str, ...]:
    """Words that fit, the longer ones only where there is room for them."""
    fitting = [w for w in WORDS if len(w) <= length]
    return tuple(w for w in fitting if len(w) >= min(length - 1, 4)) or tuple(fitting)


def fitting(shortest: int, longest: int) -> tuple[str, ...]:
    """Single words of that many characters."""
    return tuple(w for w in WORDS if shortest <= len(w) <= longest)
