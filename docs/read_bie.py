#!/usr/bin/env python3
"""Decodes the matrices of an encoded model file, as docs/format.md specifies it. No dependencies.

Usage: read_bie.py FILE [BITS]   prints name, rows, columns and the CRC-32 of the decoded little-endian
floats, of at most BITS bits of each weight.
"""
import fractions, functools, heapq, itertools, json, math, pathlib, struct, sys, zlib


def coefficients(code):
    signs = (1, -1) if code["name"] in ("ternary", "symmetric") else (1,)
    bits = code.get("bits", len(signs))
    return [sign << s for s in reversed(range(bits + 1 - len(signs))) for sign in signs]


def number(bits, count):
    """The next bits as a number, the lowest first."""
    return sum(next(bits) << b for b in range(count))


@functools.cache
def density_code(step):
    """The byte of each code word, a string of 0s and 1s, for bits of density step / 32."""
    weight = lambda ones: max(step**ones * (32 - step) ** (8 - ones), 1 << 28)
    heap = [(weight(bin(byte).count("1")), byte, [byte]) for byte in range(256)]
    heapq.heapify(heap)
    depths = [0] * 256
    for node in range(256, 511):
        (first, _, some), (second, _, others) = heapq.heappop(heap), heapq.heappop(heap)
        for byte in some + others:
            depths[byte] += 1
        heapq.heappush(heap, (first + second, node, some + others))
    words, code, length = {}, 0, 0
    for depth, byte in sorted((depth, byte) for byte, depth in enumerate(depths)):
        code, length = code << depth - length, depth
        words[format(code, f"0{depth}b")] = byte
        code += 1
    return words


def string(bits, count):
    """A string of bits: its form, then what the form says. Of no bits nothing is stored."""
    if count == 0:
        return []
    flip, kind, values = 0, number(bits, 6), []
    if kind >= 32:
        flip, kind = 1, kind - 32
    if kind == 0:
        values = [0] * count
    elif kind < 16:
        words = density_code(kind)
        while len(values) < count:
            word = ""
            while word not in words:
                word += str(next(bits))
            values += [words[word] >> b & 1 for b in range(8)]
    elif kind == 16:
        values = [next(bits) for _ in range(count)]
    else:
        while len(values) <= count:
            ones = len(list(itertools.takewhile(int, bits)))  # also takes the zero that ends them
            values += [0] * ((ones << kind - 15) + number(bits, kind - 15)) + [1]
    return [value ^ flip for value in values[:count]]


def block(streams, count, signed):
    """The integers of a block, from the stream of each plane."""
    magnitudes, negative = [0] * count, [0] * count
    for plane, stream in enumerate(streams):
        bits = (byte >> b & 1 for byte in stream for b in range(8))
        new, rest = [0] * count, set(range(count))

        def fill(members, target):
            for i, bit in zip(members, string(bits, len(members))):
                target[i] = bit

        for _ in range(number(bits, 5) if next(bits) else 0):
            prefix = number(bits, plane)
            members = [i for i in range(count) if magnitudes[i] == prefix]
            rest -= set(members)
            fill(members, new)
        fill(sorted(rest), new)
        if signed:
            fill([i for i in range(count) if new[i] and magnitudes[i] == 0], negative)
        magnitudes = [2 * value + bit for value, bit in zip(magnitudes, new)]
    return [-value if minus else value for value, minus in zip(magnitudes, negative)]


def adaptive(m, array):
    """The integers of a matrix in the adaptive layout, row after row."""
    rows, columns, size = m["rows"], m["columns"], m["layout"]["block_rows"]
    blocks = -(-rows // size) if columns else 0
    signed = m["code"]["name"] in ("ternary", "symmetric")
    planes = [bytes(array(p)) for p in range(len(coefficients(m["code"])) // (2 if signed else 1))]
    ends = []
    for plane in planes:
        sizes = struct.unpack_from(f"<{max(blocks - 1, 0)}I", plane)
        ends.append(list(itertools.accumulate(sizes, initial=4 * len(sizes))) + [len(plane)])
    q = []
    for b in range(blocks):
        streams = [plane[end[b] : end[b + 1]] for plane, end in zip(planes, ends)]
        q += block(streams, min(size, rows - b * size) * columns, signed)
    return q


def plane(layout, rows, columns, array):
    """Yields the set bits of a flat or blocked plane as row * columns + column."""
    if layout["name"] == "flat":
        yield from array("indices")
        return
    indices, offsets = array("indices"), array("offsets")
    starts = itertools.product(range(rows), range(0, columns, layout["block_columns"]))
    for block, (row, first) in enumerate(starts):
        yield from (row * columns + first + j for j in indices[offsets[block] : offsets[block + 1]])


@functools.cache
def fma(scale, q, offset):
    """scale * q + offset, rounded once to a 32-bit float: first to odd in 64 bits, then to even."""
    exact = fractions.Fraction(scale) * q + fractions.Fraction(offset)
    value = float(exact)
    if value != exact and struct.pack("<d", value)[0] % 2 == 0:
        value = math.nextafter(value, math.inf if exact > value else -math.inf)
    return struct.pack("<f", value)


def single(value):
    """The nearest 32-bit float, none beyond the largest."""
    largest = (2 - 2**-23) * 2.0**127
    return struct.unpack("<f", struct.pack("<f", max(-largest, min(value, largest))))[0]


def matrices(path, bits=8):
    """Yields name, rows, columns and the decoded floats as bytes of each matrix."""
    content = pathlib.Path(path).read_bytes()
    start = 8 + struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8:start])
    metadata = header["__metadata__"]
    assert (metadata["bie.format"], metadata["bie.format_version"]) == ("bit-index-encoding", "1")

    def tensor(name):
        begin, end = (start + offset for offset in header[name]["data_offsets"])
        letters = {"U8": "B", "U16": "H", "U32": "I", "U64": "Q", "F16": "e", "F32": "f"}
        letter = letters[header[name]["dtype"]]
        return [value for (value,) in struct.iter_unpack("<" + letter, content[begin:end])]

    for name, m in json.loads(metadata["bie.description"])["matrices"].items():
        rows, columns, prefix = m["rows"], m["columns"], m["tensors"]
        slope, intercept = 1, 0
        if m["code"].get("bits", 0) > bits:
            least = 2 if m["code"]["name"] == "symmetric" else 1
            slope, intercept = m["fewer_bits"][bits - least]
            m["code"]["bits"] = bits
        if m["layout"]["name"] == "adaptive":
            q = adaptive(m, lambda p: tensor(f"{prefix}.plane{p}"))
        else:
            q = [0] * (rows * columns)
            for p, coefficient in enumerate(coefficients(m["code"])):
                array = lambda part: tensor(f"{prefix}.plane{p}.{part}")
                for i in plane(m["layout"], rows, columns, array):
                    q[i] += coefficient
        scales = [math.ldexp(v, m.get("scale_exponent", 0)) for v in tensor(prefix + ".scales")]
        offsets = [0.0]
        if prefix + ".offsets" in header:
            offset_exponent = m.get("offset_exponent", 0)
            offsets = [math.ldexp(v, offset_exponent) for v in tensor(prefix + ".offsets")]
        if slope != 1 or intercept:
            rows_of = range(max(len(scales), len(offsets)))
            of = lambda values, i: values[i % len(values)]
            offsets = [single(of(offsets, i) + of(scales, i) * intercept) for i in rows_of] if intercept else offsets
            scales = [single(scale * slope) for scale in scales]
        of_row = lambda values, i: values[i // columns % len(values)]
        floats = (fma(of_row(scales, i), v, of_row(offsets, i)) for i, v in enumerate(q))
        yield name, rows, columns, b"".join(floats)


if __name__ == "__main__":
    for name, rows, columns, floats in matrices(sys.argv[1], *map(int, sys.argv[2:])):
        print(name, rows, columns, f"{zlib.crc32(floats):08x}")
