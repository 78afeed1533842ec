#!/usr/bin/env python3
"""Decodes the matrices of an encoded model file, as docs/format.md specifies it. No dependencies.

Usage: read_bie.py FILE   prints name, rows, columns and the CRC-32 of the decoded little-endian floats.
"""
import fractions, functools, itertools, json, math, pathlib, struct, sys, zlib


def coefficients(code):
    signs = (1, -1) if code["name"] in ("ternary", "symmetric") else (1,)
    bits = code.get("bits", len(signs))
    return [sign << s for s in reversed(range(bits + 1 - len(signs))) for sign in signs]


def container(data, at, width):
    """The columns of one adaptive block, and where the next begins."""
    kind, at = data[at], at + 1
    if kind < 2:  # empty, full
        return range(kind * width), at
    if kind == 2:  # bitmap
        return [j for j in range(width) if data[at + j // 8] >> j % 8 & 1], at + (width + 7) // 8
    count, at = data[at] + 256 * data[at + 1] + 1, at + 2
    if kind == 3:  # list
        letter, size = ("B", 1) if width <= 256 else ("H", 2)
        return struct.unpack_from(f"<{count}{letter}", data, at), at + count * size
    if kind == 4:  # runs
        runs = struct.iter_unpack("<HH", data[at : at + 4 * count])
        return [j for first, more in runs for j in range(first, first + more + 1)], at + 4 * count
    k, used, column, columns = kind - 16, 0, -1, []  # Rice-coded gaps
    bits = (data[b // 8] >> b % 8 & 1 for b in itertools.count(8 * at))
    for _ in range(count):
        ones = len(list(itertools.takewhile(int, bits)))  # also takes the zero that ends them
        column += 1 + (ones << k) + sum(next(bits) << b for b in range(k))
        used += ones + 1 + k
        columns.append(column)
    return columns, at + (used + 7) // 8


def plane(layout, rows, columns, array):
    """Yields the set bits as row * columns + column."""
    if layout["name"] == "flat":
        yield from array("indices")
        return
    blocked, width, at = layout["name"] == "blocked", layout["block_columns"], 0
    data, offsets = array("indices") if blocked else bytes(array("data")), array("offsets")
    for block, (row, first) in enumerate(itertools.product(range(rows), range(0, columns, width))):
        if blocked:
            local = data[offsets[block] : offsets[block + 1]]
        else:
            local, at = container(data, at, min(width, columns - first))
        yield from (row * columns + first + j for j in local)


@functools.cache
def fma(scale, q, offset):
    """scale * q + offset, rounded once to a 32-bit float: first to odd in 64 bits, then to even."""
    exact = fractions.Fraction(scale) * q + fractions.Fraction(offset)
    value = float(exact)
    if value != exact and struct.pack("<d", value)[0] % 2 == 0:
        value = math.nextafter(value, math.inf if exact > value else -math.inf)
    return struct.pack("<f", value)


def matrices(path):
    """Yields name, rows, columns and the decoded floats as bytes of each matrix."""
    content = pathlib.Path(path).read_bytes()
    start = 8 + struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8:start])
    metadata = header["__metadata__"]
    assert (metadata["bie.format"], metadata["bie.format_version"]) == ("bit-index-encoding", "1")

    def tensor(name):
        begin, end = (start + offset for offset in header[name]["data_offsets"])
        letter = {"U8": "B", "U16": "H", "U32": "I", "U64": "Q", "F32": "f"}[header[name]["dtype"]]
        return [value for (value,) in struct.iter_unpack("<" + letter, content[begin:end])]

    for name, m in json.loads(metadata["bie.description"])["matrices"].items():
        rows, columns, prefix = m["rows"], m["columns"], m["tensors"]
        q = [0] * (rows * columns)
        for p, coefficient in enumerate(coefficients(m["code"])):
            array = lambda part: tensor(f"{prefix}.plane{p}.{part}")
            for i in plane(m["layout"], rows, columns, array):
                q[i] += coefficient
        scales = tensor(prefix + ".scales")
        offsets = tensor(prefix + ".offsets") if prefix + ".offsets" in header else [0.0]
        of_row = lambda values, i: values[i // columns % len(values)]
        floats = (fma(of_row(scales, i), v, of_row(offsets, i)) for i, v in enumerate(q))
        yield name, rows, columns, b"".join(floats)


if __name__ == "__main__":
    for name, rows, columns, floats in matrices(sys.argv[1]):
        print(name, rows, columns, f"{zlib.crc32(floats):08x}")
