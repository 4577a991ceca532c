"""Receive formats that pgpq does not know, built from PostgreSQL's text form, without a loop.

Each function maps an Arrow string array to an array of the bytes that the type's receive function
reads. NULL stays NULL. Raises ValueError naming the first text that does not parse.
"""

from __future__ import annotations

from socket import AF_INET6, inet_pton
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes = npt.NDArray[np.uint8]
# What a byte is worth as a hexadecimal digit; 255 for any other character.
_HEX = np.full(256, 255, np.uint8)
_HEX[[ord(c) for c in "0123456789abcdef"]] = np.arange(16)
_HEX[[ord(c) for c in "ABCDEF"]] = np.arange(10, 16)
# src/include/utils/inet.h: PGSQL_AF_INET is the server's AF_INET, and one more for version 6.
_FAMILY_4, _FAMILY_6 = 2, 3


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type is one of text."""
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def present(array: pa.Array) -> tuple[pa.Array, npt.NDArray[np.bool_] | None]:
    """The values that are there, and where they stand, or None when all are."""
    if array.null_count == 0:
        return array, None
    present = array.is_valid()
    return array.filter(present), present.to_numpy(zero_copy_only=False)


def spread(values: pa.Array, there: npt.NDArray[np.bool_] | None) -> pa.Array:
    """The inverse of ``present``."""
    if there is None:
        return values
    return values.take(pa.array(np.cumsum(there) - 1, mask=~there))


def _characters(array: pa.Array, width: int) -> Bytes:
    """Texts of exactly ``width`` bytes as a matrix. Raises ValueError on any other length."""
    wrong = pc.not_equal(pc.binary_length(array), width)
    if pc.any(wrong).as_py():
        raise ValueError(f"{array.filter(wrong)[0].as_py()!r} has not {width} characters")
    same = pc.cast(pc.cast(array, pa.binary()), pa.binary(width))
    flat = np.frombuffer(same.buffers()[1], np.uint8)
    start = same.offset * width
    return flat[start : start + len(same) * width].reshape(len(same), width)


def _unhex(digits: Bytes) -> Bytes:
    """Pairs of hexadecimal digits, along the last axis, as bytes."""
    nibbles = _HEX[digits]
    if (nibbles == 255).any():
        bad = digits[(nibbles == 255).any(axis=1)][0]
        raise ValueError(f"{bytes(bad)!r} is not hexadecimal")
    return np.ascontiguousarray(nibbles[:, 0::2] << 4 | nibbles[:, 1::2])


def fixed(matrix: Bytes) -> pa.Array:
    """Rows of a matrix as Arrow fixed-size binary."""
    data = np.ascontiguousarray(matrix)
    kind = pa.binary(matrix.shape[1])
    return pa.Array.from_buffers(kind, len(matrix), [None, pa.py_buffer(data.tobytes())])


def ragged(matrix: Bytes, lengths: npt.NDArray[Any]) -> pa.Array:
    """The first ``lengths[i]`` bytes of each row as Arrow binary."""
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    data = matrix[np.arange(matrix.shape[1]) < lengths[:, None]]
    return pa.Array.from_buffers(
        pa.binary(), len(lengths), [None, pa.py_buffer(offsets), pa.py_buffer(data.tobytes())]
    )


def uuid(array: pa.Array) -> pa.Array:
    """Texts such as 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' as 16 bytes."""
    values, there = present(array)
    digits = pc.replace_substring(values, "-", "")
    return spread(fixed(_unhex(_characters(digits, 32))), there)


def macaddr(array: pa.Array) -> pa.Array:
    """Texts such as '08:00:2b:01:02:03', or eight groups, as 6 or 8 bytes."""
    values, there = present(array)
    digits = pc.replace_substring_regex(values, "[:.-]", "")
    width = 12 if len(digits) == 0 else len(digits[0].as_py())
    return pc.cast(spread(fixed(_unhex(_characters(digits, width))), there), pa.binary())


def bits(array: pa.Array) -> pa.Array:
    """Texts of 0 and 1 as the number of bits and the bits, the last byte filled with zeros."""
    values, there = present(array)
    counts = pc.binary_length(values).to_numpy().astype(np.int64)
    width = int(counts.max(initial=0))
    padded = _characters(pc.utf8_rpad(values, width, "0"), width)
    if ((padded != 48) & (padded != 49)).any():
        raise ValueError("a bit string holds something else than 0 and 1")
    packed = np.packbits(padded == 49, axis=1)
    head = counts.astype(">i4").view(np.uint8).reshape(-1, 4)
    return spread(ragged(np.hstack([head, packed]), 4 + (counts + 7) // 8), there)


def cents(array: pa.Array) -> pa.Array:
    """Amounts of money, as text or decimals of scale 2, in whole cents."""
    exact = pc.cast(array, pa.decimal128(20, 2)) if is_text(array.type) else array
    # A decimal is 128 bits, low half first.
    data = np.frombuffer(exact.buffers()[1], np.int64)[0::2]
    whole = data[exact.offset : exact.offset + len(exact)]
    mask = None if exact.null_count == 0 else exact.is_null().to_numpy(zero_copy_only=False)
    return pa.array(whole, mask=mask)


def unsigned(array: pa.Array) -> pa.Array:
    """Numbers, as text or integers, as the signed integer of the same 32 bits."""
    return pc.cast(array, pa.uint32()).view(pa.int32())


def inet(array: pa.Array) -> pa.Array:
    """Addresses, with or without '/bits'."""
    return _addresses(array, 0)


def cidr(array: pa.Array) -> pa.Array:
    """Networks, with or without '/bits'."""
    return _addresses(array, 1)


def _addresses(array: pa.Array, is_cidr: int) -> pa.Array:
    values, there = present(array)
    six = pc.match_substring(values, ":").to_numpy(zero_copy_only=False)
    matrix = np.zeros((len(values), 20), np.uint8)
    if not six.all():
        matrix[~six, :8] = _version_4(values.filter(pa.array(~six)), is_cidr)
    if six.any():
        matrix[six] = _version_6(values.filter(pa.array(six)), is_cidr)
    return spread(ragged(matrix, np.where(six, 20, 8)), there)


def _version_4(values: pa.Array, is_cidr: int) -> Bytes:
    """Family, bits, cidr flag, length 4, four bytes."""
    pattern = r"^(?P<a>\d+)\.(?P<b>\d+)\.(?P<c>\d+)\.(?P<d>\d+)(?:/(?P<bits>\d+))?$"
    parts = pc.extract_regex(values, pattern)
    if parts.null_count:
        raise ValueError(f"{values.filter(parts.is_null())[0].as_py()!r} is no address")
    out = np.zeros((len(values), 8), np.uint8)
    bits_text = parts.field("bits")
    bits_text = pc.if_else(pc.equal(bits_text, ""), "32", bits_text)
    numbers = [pc.cast(p, pa.uint8()).to_numpy() for p in (*parts.flatten()[:4], bits_text)]
    out[:, 0], out[:, 1], out[:, 2], out[:, 3] = _FAMILY_4, numbers[4], is_cidr, 4
    for place in range(4):
        out[:, 4 + place] = numbers[place]
    return out


def _version_6(values: pa.Array, is_cidr: int) -> Bytes:
    """Family, bits, cidr flag, length 16, sixteen bytes; the C library reads each address."""
    texts = [text.partition("/") for text in values.to_pylist()]
    out = np.zeros((len(texts), 20), np.uint8)
    out[:, 0], out[:, 2], out[:, 3] = _FAMILY_6, is_cidr, 16
    out[:, 1] = [int(bits or 128) for _, _, bits in texts]
    packed = b"".join(inet_pton(AF_INET6, address) for address, _, _ in texts)
    out[:, 4:] = np.frombuffer(packed, np.uint8).reshape(-1, 16)
    return out
