"""Another population than that of the files: shares that a user gives, laid over its figures.

What a share says is met exactly; what it leaves open keeps the proportions of the files (the sexes
within ages, the languages within origins). Tables that two shares bear on are scaled to one after
the other until both hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from seeder.clinical.chance import Floats
from seeder.clinical.model import MILLION, Aged, Population, Race, Scores
from seeder.generate.stream import Ints

SCALE = 1_000_000_000  # of which weights are whole numbers
OLDEST = 110
_ROUNDS = 200
_SEED = 0.02  # of what the files never combine: so much of the share, so that it can be met


@dataclass(frozen=True)
class Mix:
    """Shares in millionths of a million, so that they are whole: () and None leave the files'.

    ``ages`` are bands of years, both ends included; ``regions`` may be regions or states."""

    ages: tuple[tuple[tuple[int, int], int], ...] = ()
    women: int | None = None
    races: Scores = ()
    hispanic: int | None = None
    languages: Scores = ()
    regions: Scores = ()
    insurance: Scores = ()


NO_MIX = Mix()


def mixed(population: Population, mix: Mix) -> Population:
    """The population with the shares of ``mix``; the very same where it has none."""
    if mix == NO_MIX:
        return population
    pyramid = _pyramid(population, mix)
    races = _races(population.races, mix)
    found = replace(population, pyramid=pyramid, races=races)
    return replace(
        found,
        regions=_regions(found.regions, mix.regions),
        languages=_languages(found, mix.languages),
        insurance=_insurance(found, mix.insurance),
    )


def whole(share: float) -> int:
    return int(share * SCALE + 0.5)


# Ages and sexes ---------------------------------------------------------------------------------


def _pyramid(population: Population, mix: Mix) -> tuple[Aged, ...]:
    rows = _divided(population.pyramid, [a for a, _ in mix.ages]) if mix.ages else [
        (a, np.asarray([n for _, n in a.figures], np.float64), 0) for a in population.pyramid
    ]  # fmt: skip
    table = np.stack([f for _, f, _ in rows])
    band = np.asarray([b for _, _, b in rows])
    bands = np.asarray([s for _, s in mix.ages], np.float64) if mix.ages else None
    sexes = None if mix.women is None else np.asarray([SCALE - mix.women, mix.women], np.float64)
    table = _scaled(table, band, bands, sexes)
    return tuple(
        replace(aged, figures=(("male", _int(m)), ("female", _int(f))))
        for (aged, _, _), (m, f) in zip(rows, table.tolist(), strict=True)
    )


def _int(value: float) -> int:
    return int(value + 0.5)


def _divided(
    pyramid: tuple[Aged, ...], bands: list[tuple[int, int]]
) -> list[tuple[Aged, Floats, int]]:
    """The parts of the pyramid's rows that lie in each band, with its number."""
    found = []
    for number, (low, high) in enumerate(bands):
        for aged in pyramid:
            first, last = max(low, aged.ages[0]), min(high, aged.ages[1])
            if first > last:
                continue
            part = _below(aged, last + 1) - _below(aged, first)
            figures = np.asarray([n for _, n in aged.figures], np.float64) * part
            found.append((replace(aged, ages=(first, last)), figures, number))
    return sorted(found, key=lambda f: f[0].ages)


def _below(aged: Aged, year: int) -> float:
    """The share of a row's people who are younger; of the open band each year has fewer."""
    share = (year - aged.ages[0]) / (aged.ages[1] + 1 - aged.ages[0])
    return _root(share) if aged.ages[1] == OLDEST else share


def _root(cube: float) -> float:
    """The cube root of a share, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * middle * middle <= cube else (low, middle)
    return high if cube >= 1 else low


def _scaled(table: Floats, band: Ints, bands: Floats | None, columns: Floats | None) -> Floats:
    """A table scaled until its bands of rows and its columns have these sums, as far as given."""
    table = table * (SCALE / table.sum())
    for _ in range(_ROUNDS):
        if bands is not None:
            for number, wanted in enumerate(bands.tolist()):
                mine = band == number
                table[mine] *= wanted / max(float(table[mine].sum()), 1e-9)
        if columns is not None:
            for number, wanted in enumerate(columns.tolist()):
                table[:, number] *= wanted / max(float(table[:, number].sum()), 1e-9)
    return table


# Race, origin, language, region, insurance --------------------------------------------------------


def _races(races: tuple[Race, ...], mix: Mix) -> tuple[Race, ...]:
    asked = dict(mix.races)
    found = [replace(r, weight=asked.get(r.name, 0)) for r in races] if asked else list(races)
    if mix.hispanic is None:
        return tuple(found)
    total = sum(r.weight for r in found)
    now = sum(r.weight * r.hispanic for r in found) / (total * MILLION)
    wanted = mix.hispanic / SCALE
    if wanted <= now:
        return tuple(replace(r, hispanic=_int(r.hispanic * wanted / now)) for r in found)
    rest = (1 - wanted) / (1 - now)
    return tuple(replace(r, hispanic=MILLION - _int((MILLION - r.hispanic) * rest)) for r in found)


Row3 = tuple[str, str, int]


def _regions(states: tuple[Row3, ...], asked: Scores) -> tuple[Row3, ...]:
    if not asked:
        return states
    found: list[Row3] = []
    for state, region, weight in states:
        for name, share in asked:
            if name in (state, region):
                total = sum(w for s, r, w in states if name in (s, r))
                found.append((state, region, _int(share * weight / total)))
                break
        else:
            found.append((state, region, 0))
    return tuple(found)


def _languages(population: Population, asked: Scores) -> tuple[Row3, ...]:
    """Languages by race and origin, so that each is spoken by its share of all."""
    if not asked:
        return population.languages
    names = [*(r.name for r in population.races), "hispanic"]
    codes = [code for _, code, _ in population.languages]
    codes = list(dict.fromkeys([*codes, *(c for c, _ in asked)]))
    people = [r.weight * (MILLION - r.hispanic) for r in population.races]
    people.append(sum(r.weight * r.hispanic for r in population.races))
    table = np.zeros((len(names), len(codes)))
    for group, code, weight in population.languages:
        table[names.index(group), codes.index(code)] += weight
    shares = np.asarray([dict(asked).get(c, 0) for c in codes], np.float64)
    made = _met(table, np.asarray(people, np.float64), shares)
    return tuple(
        (group, code, _int(made[n, c]))
        for n, group in enumerate(names)
        for c, code in enumerate(codes)
    )


def _insurance(population: Population, asked: Scores) -> tuple[Aged, ...]:
    if not asked:
        return population.insurance
    rows = population.insurance
    table = np.asarray([[n for _, n in r.figures] for r in rows], np.float64)
    shares = np.asarray([dict(asked).get(name, 0) for name, _ in rows[0].figures], np.float64)
    made = _met(table, np.asarray([_living(population, r.ages) for r in rows]), shares)
    return tuple(
        replace(
            row, figures=tuple((n, _int(v)) for (n, _), v in zip(row.figures, line, strict=True))
        )
        for row, line in zip(rows, made.tolist(), strict=True)
    )


def _living(population: Population, ages: tuple[int, int]) -> float:
    total = 0.0
    for aged in population.pyramid:
        low, high = max(ages[0], aged.ages[0]), min(ages[1], aged.ages[1])
        if low <= high:
            part = _below(aged, high + 1) - _below(aged, low)
            total += part * sum(n for _, n in aged.figures)
    return total


def _met(table: Floats, people: Floats, shares: Floats) -> Floats:
    """Rows of ``people`` each, columns of ``shares`` of all; as near to the table as can be."""
    people = np.maximum(people, 1e-6 * people.sum())  # a row is never empty
    table = table / table.sum(axis=1)[:, None] + _SEED * shares / SCALE
    table = table / table.sum(axis=1)[:, None] * people[:, None]
    rows = people * (SCALE / people.sum())
    made = _scaled(table, np.arange(len(people)), rows, shares)
    found: Floats = made / made.sum(axis=1)[:, None] * SCALE
    return found
