"""Streams: stateless 64-bit words for any array of row numbers.

A stream is a key; ``words(key, rows, draw)`` mixes (key, row, draw), so that any slice, in any
order, on any machine gives the same words. The mixer is the finaliser of SplitMix64 (Steele, Lea,
Flood 2014) with the second half of the key added between its two multiplications, so that two
keys do not walk one another's sequence. Only integer arithmetic: the same everywhere.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MUL1 = np.uint64(0xBF58476D1CE4E5B9)
_MUL2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S32 = (np.uint64(n) for n in (30, 27, 31, 32))
_LOW = np.uint64(0xFFFFFFFF)
_MASK = (1 << 64) - 1

# 32 Ki words are 256 KiB: the three buffers of a chunk stay in the second-level cache.
_CHUNK = 1 << 15


class Key(NamedTuple):
    """Two 64-bit halves of a stream's identity."""

    first: int
    second: int


def key(seed: int, *parts: str) -> Key:
    """The key of a stream, from the plan's seed and a path such as (table, column, purpose)."""
    text = "\x1f".join((str(seed), *parts)).encode()
    digest = hashlib.blake2b(text, digest_size=16).digest()
    return Key(int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little"))


def words(stream: Key, rows: Ints, draw: int = 0) -> Words:
    """One uniform 64-bit word for each row number; ``draw`` numbers independent words of a row."""
    start = np.uint64((stream.first + draw * 0xD1B54A32D192ED03) & _MASK)
    second = np.uint64(stream.second)
    numbers = rows.view(np.uint64) if rows.dtype == np.int64 else rows.astype(np.uint64)
    out = np.empty(len(numbers), np.uint64)
    tmp = np.empty(min(_CHUNK, len(numbers)), np.uint64)
    for low in range(0, len(numbers), _CHUNK):
        z = out[low : low + _CHUNK]
        t = tmp[: len(z)]
        np.multiply(numbers[low : low + _CHUNK], _GAMMA, out=z)
        z += start
        np.right_shift(z, _S30, out=t)
        z ^= t
        z *= _MUL1
        np.right_shift(z, _S27, out=t)
        z ^= t
        z += second
        z *= _MUL2
        np.right_shift(z, _S31, out=t)
        z ^= t
    return out


def _high(product: Words) -> Ints:
    """The upper half of products of 32-bit numbers, as row numbers."""
    half: Ints = (product >> _S32).view(np.int64)
    return half


def below(word: Words, limit: int | Ints) -> Ints:
    """Map words to [0, limit) by multiply-high, never by remainder. ``limit`` < 2**63, or an
    array of limits, one a row (each at least 1).

    Up to 2**32 the upper half of the word is used; above, both halves, by schoolbook multiply.
    The bias is below limit / 2**32, or limit / 2**64.
    """
    if isinstance(limit, (int, np.integer)):
        if limit <= 0:
            raise ValueError("limit must be positive")
        if limit <= 1 << 32:
            return _high((word >> _S32) * np.uint64(limit))
        limits = np.full(1, limit, np.uint64)
    else:
        limits = limit.view(np.uint64) if limit.dtype == np.int64 else limit.astype(np.uint64)
        if len(limits) == 0 or int(limits.max()) <= 1 << 32:
            return _high((word >> _S32) * limits)
    high, low = word >> _S32, word & _LOW
    limit_high, limit_low = limits >> _S32, limits & _LOW
    middle = high * limit_low + (low * limit_low >> _S32)
    cross = low * limit_high + (middle & _LOW)
    product: Ints = (high * limit_high + (middle >> _S32) + (cross >> _S32)).view(np.int64)
    return product


def chance(word: Words, share: float) -> npt.NDArray[np.bool_]:
    """True for the given share of rows (0 to 1, resolution 2**-32)."""
    return (word >> _S32) < np.uint64(min(max(int(share * 4294967296.0), 0), 1 << 32))
