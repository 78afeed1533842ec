"""Writes tiny.safetensors and samples.npy beside this script, with Python's standard library alone.

An independent writer of both formats: the tests read what it wrote. Run it again after a change:
python3 make_tiny.py
"""

import json
import pathlib
import random
import struct

HERE = pathlib.Path(__file__).parent


def safetensors(tensors):
    """tensors: name -> (dtype, shape, bytes), in the order of the data."""
    header, offset = {"__metadata__": {"made_by": "make_tiny.py"}}, 0
    for name, (dtype, shape, data) in tensors.items():
        end = offset + len(data)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, end]}
        offset = end
    head = json.dumps(header).encode()
    return struct.pack("<Q", len(head)) + head + b"".join(t[2] for t in tensors.values())


def npy(shape, data):
    head = repr({"descr": "<f4", "fortran_order": False, "shape": shape})
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + data


def gaussian(generator, count, code):
    return struct.pack(f"<{count}{code}", *(generator.gauss(0, 1) for _ in range(count)))


generator = random.Random(1)
(HERE / "tiny.safetensors").write_bytes(
    safetensors(
        {
            "layer.0.weight": ("F32", [24, 70], gaussian(generator, 24 * 70, "f")),
            "layer.0.bias": ("F32", [24], gaussian(generator, 24, "f")),
            "layer.1.weight": ("F16", [7, 24], gaussian(generator, 7 * 24, "e")),
            "steps": ("I64", [1], struct.pack("<q", 1000)),
        }
    )
)
(HERE / "samples.npy").write_bytes(npy((5, 70), gaussian(generator, 5 * 70, "f")))
