"""Writes and reads sparse bitmasks by the rule of docs/interop.md, with Python's standard library alone.

Usage: sparse_bitmask.py write FILE | read FILE
Both print name, rows, columns and the CRC-32 of the matrices' little-endian 32-bit floats.
"""

import json
import random
import struct
import sys
import zlib

LETTERS = {"F32": "f", "F16": "e", "I64": "q", "U8": "B"}


def pack(dtype, values):
    if dtype == "BF16":  # the upper half of a 32-bit float
        return b"".join(struct.pack("<f", v)[2:] for v in values)
    return struct.pack(f"<{len(values)}{LETTERS[dtype]}", *values)


def unpack(dtype, data):
    if dtype == "BF16":
        return [struct.unpack("<f", b"\0\0" + data[i : i + 2])[0] for i in range(0, len(data), 2)]
    letter = LETTERS[dtype]
    return list(struct.unpack(f"<{len(data) // struct.calcsize(letter)}{letter}", data))


def report(name, rows, columns, dense):
    print(name, rows, columns, f"{zlib.crc32(pack('F32', dense)):08x}")


def compress(prefix, dtype, rows, columns, dense):
    """The four tensors of a matrix: name -> (dtype, shape, values)."""
    stride = (columns + 7) // 8
    bitmask, offsets, values = [0] * (rows * stride), [], []
    for row in range(rows):
        offsets.append(len(values))
        for column in range(columns):
            value = dense[row * columns + column]
            if value != 0:
                bitmask[row * stride + column // 8] |= 1 << column % 8
                values.append(value)
    return {
        prefix + ".shape": ("I64", [2], [rows, columns]),
        prefix + ".compressed": (dtype, [len(values)], values),
        prefix + ".bitmask": ("U8", [rows, stride], bitmask),
        prefix + ".row_offsets": ("I64", [rows], offsets),
    }


def decompress(compressed, bitmask, row_offsets, shape):
    rows, columns = shape
    stride, dense, values = (columns + 7) // 8, [0.0] * (rows * columns), iter(compressed)
    for row in range(rows):
        before = sum(byte.bit_count() for byte in bitmask[: row * stride])
        assert row_offsets[row] == before, (row, row_offsets[row], before)
        for column in range(columns):
            if bitmask[row * stride + column // 8] >> column % 8 & 1:
                dense[row * columns + column] = next(values)
    assert next(values, None) is None
    return rows, columns, dense


def write(path):
    generator = random.Random(1)
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for number, (dtype, rows, columns) in enumerate(
        [("F32", 9, 70), ("F16", 3, 64), ("BF16", 17, 1), ("F32", 1, 7)]
    ):
        # Halves, quarters and so on: every type holds them as they are.
        dense = [
            generator.randint(-15, 15) / 16 if generator.random() < row / rows else 0.0
            for row in range(rows)
            for _ in range(columns)
        ]
        report(f"layer.{number}.weight", rows, columns, dense)
        tensors = compress(f"layer.{number}", dtype, rows, columns, dense)
        for name, (dtype, shape, values) in tensors.items():
            data = pack(dtype, values)
            offsets = [len(body), len(body) + len(data)]
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
            body += data
    head = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head + body)


def read(path):
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8:start])

    def tensor(name):
        begin, end = header[name]["data_offsets"]
        return unpack(header[name]["dtype"], content[start + begin : start + end])

    for name in header:
        prefix, _, part = name.rpartition(".")
        if part == "shape":
            parts = ("compressed", "bitmask", "row_offsets", "shape")
            report(prefix + ".weight", *decompress(*(tensor(f"{prefix}.{p}") for p in parts)))


{"write": write, "read": read}[sys.argv[1]](sys.argv[2])
