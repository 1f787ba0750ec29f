"""How deep a parquet file nests its columns, found in its footer before a library reads it.

Libraries follow a schema by recursion: a file of a few kilobytes that nests it thousands deep ends their process.
Format: https://parquet.apache.org/docs/file-format/metadata/, in Thrift's compact protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gancheck.errors import BadData

MAGIC = b"PAR1"
SCHEMA, CHILDREN = 2, 5  #: numbers of two fields: of the file's facts, and of an element of its schema
BOOLEANS, BYTE, WHOLE, DOUBLE, BINARY, GROUPS, MAP, STRUCT, UUID = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 11, 12, 13
DEEPEST_VALUE = 16  #: structs within structs; the format has four


def nesting_of(path: Path) -> int:
    """The levels of a file's deepest column, 1 for plain ones; 0 where the file does not end as parquet does.

    BadData for a footer that is none.
    """
    data = read_footer(path)
    try:
        return deepest(children_of_schema(CompactReader(data))) if data else 0
    except (IndexError, ValueError):
        raise BadData(f"{path.name} is no whole parquet file: its footer cannot be read") from None


def read_footer(path: Path) -> bytes:
    """The bytes of the facts, without what stands after them."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - 8, 0))
        end = file.read(8)
        length = int.from_bytes(end[:4], "little")
        if end[4:] != MAGIC or length > size - 8:
            return b""
        file.seek(size - 8 - length)
        return file.read(length)


def deepest(children: Iterator[int]) -> int:
    """The depth of a tree whose elements say how many follow below them, root first."""
    open_groups, depth = list[int](), 0
    for count in children:
        depth = max(depth, len(open_groups))
        open_groups.append(count)
        while open_groups and open_groups[-1] == 0:
            open_groups.pop()
            if open_groups:
                open_groups[-1] -= 1
    return depth


def children_of_schema(reader: CompactReader) -> Iterator[int]:
    """How many elements every element of the schema has below it, in the file's order."""
    for number, kind in reader.fields():
        if number != SCHEMA:
            reader.skip(kind)
            continue
        for _ in range(reader.group_size()[0]):
            yield read_children(reader)
        return


def read_children(reader: CompactReader) -> int:
    """Of one element; 0 for a column."""
    count = 0
    for number, kind in reader.fields():
        if number == CHILDREN and kind in WHOLE:
            count = max(reader.whole(), 0)
        else:
            reader.skip(kind)
    return count


class CompactReader:
    """Values of Thrift's compact protocol, one after the other; IndexError where the bytes end too soon."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def byte(self) -> int:
        """One byte."""
        self.at += 1
        return self.data[self.at - 1]

    def size(self) -> int:
        """A number of any length, seven bits a byte."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self.byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise ValueError("a number of more than ten bytes")

    def whole(self) -> int:
        """A number with its sign in the last bit."""
        value = self.size()
        return value >> 1 ^ -(value & 1)

    def fields(self) -> Iterator[tuple[int, int]]:
        """The number and type of each field of a struct; whoever asks reads or skips its value before the next."""
        number = 0
        while head := self.byte():
            number = number + (head >> 4) if head >> 4 else self.whole()
            yield number, head & 15

    def group_size(self) -> tuple[int, int]:
        """How many values a list or set has, and of which type; no more than there are bytes."""
        head = self.byte()
        count = self.size() if head >> 4 == 15 else head >> 4
        if count > len(self.data) - self.at:
            raise ValueError("a list that is longer than the file")
        return count, head & 15

    def skip(self, kind: int, depth: int = 0, inside: bool = False) -> None:
        """Pass over a value; a truth takes a byte inside of lists alone."""
        if depth > DEEPEST_VALUE:
            raise ValueError("values nested too deep")
        if kind in WHOLE:
            self.size()
        elif kind in GROUPS:
            count, kind = self.group_size()
            for _ in range(count):
                self.skip(kind, depth + 1, inside=True)
        elif kind == MAP:
            self.skip_map(depth)
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        else:
            width = self.width(kind, inside)  # moves on where it is written
            self.at += width

    def skip_map(self, depth: int) -> None:
        """Pass over pairs of keys and values."""
        count = self.size()
        kinds = self.byte() if count else 0
        if count > len(self.data) - self.at:
            raise ValueError("a map that is longer than the file")
        for _ in range(count):
            self.skip(kinds >> 4, depth + 1, inside=True)
            self.skip(kinds & 15, depth + 1, inside=True)

    def width(self, kind: int, inside: bool) -> int:
        """The bytes of a value of fixed length, or of a text."""
        if kind in BOOLEANS:
            return int(inside)
        if kind == BINARY:
            return self.size()
        if kind not in (BYTE, DOUBLE, UUID):
            raise ValueError(f"no type has the number {kind}")
        return {BYTE: 1, DOUBLE: 8, UUID: 16}[kind]
