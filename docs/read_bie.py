#!/usr/bin/env python3
"""Decodes the matrices of an encoded model file, as docs/format.md specifies it. No dependencies.

Usage: read_bie.py FILE   prints name, rows, columns and the CRC-32 of the decoded little-endian floats.
"""
import fractions, json, math, struct, sys, zlib


def coefficients(code):
    if code["name"] == "binary":
        return [1]
    if code["name"] == "ternary":
        return [1, -1]
    if code["name"] == "affine":
        return [1 << s for s in reversed(range(code["bits"]))]
    return [c << s for s in reversed(range(code["bits"] - 1)) for c in (1, -1)]  # symmetric


def container(data, at, width):
    """The columns of one adaptive block, and where the next begins."""
    header, at = data[at], at + 1
    if header < 2:
        return range(width if header else 0), at
    if header == 2:  # bitmap
        return [j for j in range(width) if data[at + j // 8] >> j % 8 & 1], at + (width + 7) // 8
    count, at = data[at] + 256 * data[at + 1] + 1, at + 2
    if header == 3:  # list
        letter, size = ("B", 1) if width <= 256 else ("H", 2)
        return struct.unpack_from(f"<{count}{letter}", data, at), at + count * size
    if header == 4:  # runs
        pairs = struct.unpack_from(f"<{2 * count}H", data, at)
        runs = zip(pairs[::2], pairs[1::2])
        return [j for start, more in runs for j in range(start, start + more + 1)], at + 4 * count
    k, bit, column, columns = header - 16, 8 * at, -1, []  # Rice-coded gaps
    for _ in range(count):
        gap = 0
        while data[bit // 8] >> bit % 8 & 1:
            gap, bit = gap + (1 << k), bit + 1
        bit += 1
        for b in range(k):
            gap, bit = gap + ((data[bit // 8] >> bit % 8 & 1) << b), bit + 1
        column += gap + 1
        columns.append(column)
    return columns, (bit + 7) // 8


def plane(layout, rows, columns, array):
    """The columns of the set bits of each row."""
    if layout["name"] == "flat":
        result = [[] for _ in range(rows)]
        for index in array("indices"):
            result[index // columns].append(index % columns)
        return result
    width, offsets, result = layout["block_columns"], array("offsets"), []
    blocks = -(-columns // width)
    adaptive = layout["name"] == "adaptive"
    data = bytes(array("data")) if adaptive else array("indices")
    for row in range(rows):
        result.append([])
        at = offsets[row] if adaptive else 0
        for block in range(blocks):
            first, b = block * width, row * blocks + block
            if adaptive:
                local, at = container(data, at, min(width, columns - first))
            else:
                local = data[offsets[b] : offsets[b + 1]]
            result[row] += [first + j for j in local]
    return result


def fma(scale, q, offset):
    """scale * q + offset, rounded once to a 32-bit float: first to odd in 64 bits, then to even."""
    exact = fractions.Fraction(scale) * q + fractions.Fraction(offset)
    value = float(exact)
    if value != exact and struct.unpack("<q", struct.pack("<d", value))[0] % 2 == 0:
        value = math.nextafter(value, math.inf if exact > value else -math.inf)
    return struct.pack("<f", value)


def matrices(path):
    """Yields name, rows, columns and the decoded floats as bytes of each matrix."""
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8:start])
    metadata = header["__metadata__"]
    assert (metadata["format"], metadata["format_version"]) == ("bit-index-encoding", "1")

    def tensor(name):
        begin, end = header[name]["data_offsets"]
        letter = {"U8": "B", "U16": "H", "U32": "I", "U64": "Q", "F32": "f"}[header[name]["dtype"]]
        count = (end - begin) // struct.calcsize("<" + letter)
        return struct.unpack_from(f"<{count}{letter}", content, start + begin)

    for name, m in json.loads(metadata["description"])["matrices"].items():
        rows, columns = m["rows"], m["columns"]
        q = [[0] * columns for _ in range(rows)]
        for p, coefficient in enumerate(coefficients(m["code"])):
            array = lambda part: tensor(f"{name}.bie.plane{p}.{part}")
            for row, bits in enumerate(plane(m["layout"], rows, columns, array)):
                for column in bits:
                    q[row][column] += coefficient
        scales = tensor(name + ".bie.scales")
        offsets = tensor(name + ".bie.offsets") if name + ".bie.offsets" in header else [0.0]
        floats = bytearray()
        for row in range(rows):
            scale, offset = scales[row % len(scales)], offsets[row % len(offsets)]
            values = {v: fma(scale, v, offset) for v in set(q[row])}
            floats += b"".join(values[v] for v in q[row])
        yield name, rows, columns, bytes(floats)


if __name__ == "__main__":
    for name, rows, columns, floats in matrices(sys.argv[1]):
        print(name, rows, columns, f"{zlib.crc32(floats):08x}")
