"""What happens to files: on disks, in transfers, in editors, and in the hands of somebody who means harm."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Literal

HUGE = (2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 1)  #: what a count in a header may claim
LONG = (b"1" + b"0" * 12, b"9" * 20, b"9" * 400, b"9" * 5000, b"1e400", b"-1", b"nan", b"0x7f", b"1_000")
BRACKETS = (b"[", b"{", b'{"a":', b"(", b"<", b'"')
DEPTH = 20_000


def flip_bits(data: bytes, luck: Random) -> bytes:
    """One to eight bits anywhere."""
    made = bytearray(data)
    for _ in range(luck.randint(1, 8)):
        made[luck.randrange(len(made))] ^= 1 << luck.randrange(8)
    return bytes(made)


def truncate(data: bytes, luck: Random) -> bytes:
    """The first part only."""
    return data[: luck.randrange(1, len(data)) if len(data) > 1 else 0]


def empty(data: bytes, luck: Random) -> bytes:
    """No bytes at all, or white space."""
    return luck.choice((b"", b"\n", b" \t\n" * 9, b"\0" * 512))


def cut_block(data: bytes, luck: Random) -> bytes:
    """A part from the middle is missing."""
    start, end = block(data, luck)
    return data[:start] + data[end:]


def repeat_block(data: bytes, luck: Random) -> bytes:
    """A part comes again, up to a thousand times."""
    start, end = block(data, luck)
    end = min(end, start + 4096)
    return data[:end] + data[start:end] * luck.choice((1, 2, 30, 1000)) + data[end:]


def swap_bytes(data: bytes, luck: Random) -> bytes:
    """A part with its bytes in pairs the other way round."""
    start, end = block(data, luck)
    part = bytearray(data[start : start + (end - start) // 2 * 2])
    part[0::2], part[1::2] = part[1::2], part[0::2]
    return data[:start] + bytes(part) + data[start + len(part) :]


def claim_huge(data: bytes, luck: Random) -> bytes:
    """A number that is much too large, among the first bytes or anywhere, binary or written out."""
    written = list(re.finditer(rb"\d+", data[:4096]))
    if written and luck.random() < 0.5:
        found = luck.choice(written)
        return data[: found.start()] + luck.choice(LONG) + data[found.end() :]
    size = luck.choice((4, 8))
    order: Literal["little", "big"] = luck.choice(("little", "big"))
    number: bytes = (luck.choice(HUGE) % 256**size).to_bytes(size, order)
    place = luck.randrange(min(len(data), luck.choice((64, len(data)))))
    return data[:place] + number + data[place + size :]


def add_mark(data: bytes, luck: Random) -> bytes:
    """A byte order mark in front."""
    return luck.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00")) + data


def encode_otherwise(data: bytes, luck: Random) -> bytes:
    """The same text in another encoding, or bytes that are no UTF-8 in it."""
    text = data.decode("utf-8", "replace")
    encoding = luck.choice(("utf-16", "utf-32", "utf-7", "cp037", "no utf-8"))
    return (
        data[: len(data) // 2] + b"\xe9\xff\xc3" + data[len(data) // 2 :]
        if encoding == "no utf-8"
        else (text.encode(encoding, "replace"))
    )


def insert_nul(data: bytes, luck: Random) -> bytes:
    """Zeros, and other bytes that terminals obey."""
    place = luck.randrange(len(data) + 1)
    return data[:place] + luck.choice((b"\0", b"\0" * 64, b"\x1b[2J", b"\r", b"\x85", b"\xe2\x80\xa8")) + data[place:]


def nest_deeply(data: bytes, luck: Random) -> bytes:
    """Brackets in brackets: in place of all, or of one word or number."""
    bracket, depth = luck.choice(BRACKETS), luck.choice((500, DEPTH))
    words = list(re.finditer(rb"\w+", data[:4096]))
    if not words or luck.random() < 0.3:
        return bracket * depth
    found = luck.choice(words)
    closing = {b"[": b"]", b"(": b")", b'{"a":': b"}"}.get(bracket, b"")
    return data[: found.start()] + bracket * depth + b"1" + closing * depth + data[found.end() :]


MUTATIONS: dict[str, Callable[[bytes, Random], bytes]] = {
    "bits flipped": flip_bits,
    "cut short": truncate,
    "empty": empty,
    "block missing": cut_block,
    "block repeated": repeat_block,
    "bytes swapped": swap_bytes,
    "huge numbers": claim_huge,
    "byte order mark": add_mark,
    "other encoding": encode_otherwise,
    "control characters": insert_nul,
    "nested deeply": nest_deeply,
}


def block(data: bytes, luck: Random) -> tuple[int, int]:
    """Start and end of a part."""
    start = luck.randrange(max(1, len(data)))
    return start, luck.randint(start, len(data))
