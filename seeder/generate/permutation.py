"""Keyed permutations of [0, size): a unique column is a bijection of the row number.

An alternating Feistel network over the smallest power of two that holds ``size``, walked along
its cycle until the value falls inside (Black and Rogaway 2002): fewer than two steps on average.
"""

from __future__ import annotations

import numpy as np

from seeder.generate.stream import Ints, Key, Words, words

ROUNDS = 6


def _halves(size: int) -> tuple[int, int]:
    bits = max((size - 1).bit_length(), 2)
    return bits // 2, bits - bits // 2


def _round(stream: Key, number: int, value: Words, bits: int) -> Words:
    return words(stream, value.view(np.int64), number) >> np.uint64(64 - bits)


def _forward(stream: Key, value: Words, low: int, high: int) -> Words:
    low_mask, high_bits = np.uint64((1 << low) - 1), np.uint64(low)
    left, right = value >> high_bits, value & low_mask
    for number in range(0, ROUNDS, 2):
        right = right ^ _round(stream, number, left, low)
        left = left ^ _round(stream, number + 1, right, high)
    return (left << high_bits) | right


def _backward(stream: Key, value: Words, low: int, high: int) -> Words:
    low_mask, high_bits = np.uint64((1 << low) - 1), np.uint64(low)
    left, right = value >> high_bits, value & low_mask
    for number in range(ROUNDS - 2, -1, -2):
        left = left ^ _round(stream, number + 1, right, high)
        right = right ^ _round(stream, number, left, low)
    return (left << high_bits) | right


def _walk(stream: Key, size: int, numbers: Ints, forward: bool) -> Ints:
    if size < 1:
        raise ValueError("a permutation needs a size of at least 1")
    step = _forward if forward else _backward
    low, high = _halves(size)
    limit = np.uint64(size)
    out = step(stream, numbers.astype(np.uint64), low, high)
    outside = np.flatnonzero(out >= limit)
    while len(outside):
        moved = step(stream, out[outside], low, high)
        out[outside] = moved
        outside = outside[moved >= limit]
    return out.view(np.int64)


def permute(stream: Key, size: int, numbers: Ints) -> Ints:
    """Where each number of [0, size) goes. ``size`` is a capacity below 2**62."""
    return _walk(stream, size, numbers, True)


def unpermute(stream: Key, size: int, numbers: Ints) -> Ints:
    """The inverse of ``permute``."""
    return _walk(stream, size, numbers, False)


def permute_each(stream: Key, sizes: Ints, groups: Ints, numbers: Ints) -> Ints:
    """The k-th element of a permutation of its own for each group, vectorised.

    ``sizes``, ``groups`` and ``numbers`` have one entry a row: the row's value is element
    ``numbers`` of group ``groups``' permutation of [0, sizes). A rotation by a keyed offset
    times a keyed odd stride over a power of two, walked into range: distinct for distinct
    numbers of one group, and cheap for the few elements that a parent has.
    """
    bits = np.ones(len(sizes), np.int64)
    largest = int(sizes.max(initial=1))
    for bit in range(1, largest.bit_length() + 1):
        bits = np.where(sizes > (1 << bit), bit + 1, bits)
    mask = ((np.int64(1) << bits) - 1).view(np.uint64)
    stride = words(stream, groups, 0) | np.uint64(1)
    offset = words(stream, groups, 1)
    shift = ((bits + 1) // 2).view(np.uint64)
    limit = sizes.view(np.uint64)

    def step(value: Words, at: slice | Ints) -> Words:
        m, s = mask[at], shift[at]
        value = (value * stride[at] + offset[at]) & m
        value = value ^ (value >> s)
        return (value * (stride[at] ^ (offset[at] & ~np.uint64(1)))) & m

    out = step(numbers.astype(np.uint64), slice(None))
    outside = np.flatnonzero(out >= limit)
    while len(outside):
        moved = step(out[outside], outside)
        out[outside] = moved
        outside = outside[moved >= limit[outside]]
    return out.view(np.int64)
