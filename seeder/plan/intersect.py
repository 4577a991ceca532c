"""Two patterns of one column as one: ``^[A-Z]`` and ``^[A-Za-z0-9]{11}$``."""

from __future__ import annotations

from itertools import groupby

from seeder.generate import patterns
from seeder.generate.patterns import Chars, Node, Repeat, Sequence


def both(first: str, second: str) -> str:
    """A pattern of one length all of whose texts match both. Raises ValueError where none is seen.

    Both start at the beginning; one that does not say where it ends may go on.
    """
    trees = [patterns.parse(p) for p in (first, second)]
    if all(p.startswith("^") for p in (first, second)) and all(map(_single, trees)):
        ends = [patterns.widths(t) for t in trees]
        for width in range(_longest(first, second, ends), 0, -1):
            shared = _shared(first, second, width)
            if shared:
                runs = [(letters, len(list(run))) for letters, run in groupby(shared)]
                return f"^{''.join(_written(letters, times) for letters, times in runs)}$"
    raise ValueError(f"no text is seen that matches {first!r} and {second!r}")


def _longest(first: str, second: str, ends: list[tuple[int, int]]) -> int:
    """How long a text of both may be; a pattern with an open end sets no limit."""
    closed = [high for pattern, (_, high) in zip((first, second), ends, strict=True)
              if _closed(pattern)]  # fmt: skip
    return min(closed) if closed else max(high for _, high in ends)


def _shared(first: str, second: str, width: int) -> tuple[str, ...]:
    """The characters that both allow at each place; () where some place has none."""
    try:
        one, two = (_places(p, width) for p in (first, second))
    except ValueError:
        return ()
    # An empty place is an open end: it takes any character.
    found = tuple("".join(c for c in a if c in b) if a and b else a or b
                  for a, b in zip(one, two, strict=True))  # fmt: skip
    return found if all(found) else ()


def _places(pattern: str, width: int) -> tuple[str, ...]:
    """The pattern's places in texts of one width; '' behind an open end."""
    if _closed(pattern):
        return patterns.places(patterns.fit(pattern, width, width))
    places = patterns.places(patterns.fit(pattern, 0, width))
    return (*places, *[""] * (width - len(places)))


def _closed(pattern: str) -> bool:
    return pattern.endswith("$") and not pattern.endswith("\\$")


def _single(node: Node) -> bool:
    """Whether the texts have no alternatives, so that their places are all there is."""
    if isinstance(node, Sequence):
        return all(_single(part) for part in node.parts)
    return isinstance(node, Chars) or (isinstance(node, Repeat) and _single(node.part))


def _written(letters: str, times: int) -> str:
    spans = []
    codes = sorted(map(ord, letters))
    for _, run in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        found = [chr(code) for _, code in run]
        spans.append(
            f"{_quoted(found[0])}-{_quoted(found[-1])}"
            if len(found) > 2
            else "".join(map(_quoted, found))
        )
    return f"[{''.join(spans)}]" + (f"{{{times}}}" if times > 1 else "")


def _quoted(sign: str) -> str:
    return sign if sign.isalnum() or sign in " _" else f"\\{sign}"
