"""Odd files of weights: their headers, their config, what the metadata say, and networks of every kind of layer."""
import json
import math
import struct

import odd_texts
from odd_configs import MINIMAL, whole


def tensor(name="x", dtype="F32", shape="[2, 2]", offsets="[0, 16]"):
    return f'"{name}": {{"dtype": "{dtype}", "shape": {shape}, "data_offsets": {offsets}}}'


# Headers of weights, with the bytes of data behind them.
HEADERS = (
    *((header, 16) for header in (*odd_texts.PLAIN, "", " ", "{", "{} {}", "nul", '{"a"', '{"a": {}}', f"{{{tensor()}, {tensor()}}}")),
    *((f"{{{members}}}", 16) for members in (
        tensor(), tensor()[:-1] + ', "more": 1}', f'"__metadata__": 1, {tensor()}', f'"__metadata__": {{"a": 1}}, {tensor()}',
        *(tensor(dtype=dtype) for dtype in ("F64", "F16", "I8", "BOOL", "", "f32")),
        *(tensor(shape=shape) for shape in (*odd_texts.PLAIN, "[0]", "[-1]", "[4.5]", "[1, 1, 1, 1, 1, 1, 1, 4]",
            "[1, 1, 1, 1, 1, 1, 1, 1, 4]",
                                            "[4294967296, 4294967296]")),
        *(tensor(offsets=offsets) for offsets in (*odd_texts.PLAIN, "[0]", "[0, 15]", "[16, 0]", "[4, 20]", "[0, 80]", "[0, 16, 16]",
            "[-16, 0]",
                                                  "[18446744073709551600, 0]")))),
    *((f"{{{tensor()}, {tensor('y', offsets=offsets)}}}", size) for offsets, size in (
        ("[16, 32]", 32), ("[0, 16]", 16), ("[8, 24]", 24), ("[20, 36]", 36), ("[16, 32]", 40))),
    (f"{{{tensor(offsets='[2, 18]')}}}", 18), (f"{{{tensor()}}}", 20),
    *((f"{{{tensor().replace(key, key + 's')}}}", 16) for key in ("dtype", "shape", "data_offset")),
    # of so many bytes that a message has to be cut, in a character or between two
    *((f"{{{tensor(start + character * (2100 // len(character.encode())), dtype='F64')}}}", 16)
      for character in "\u00e9\u20ac" for start in ("", "a", "ab")),
)
# Of a network of one layer for images of 4 x 4.
WEIGHTS = tensor("linear1.weight", shape="[10, 16]", offsets="[0, 640]") + ", " + tensor("linear1.bias", shape="[10]", offsets="[640, 680]")


ESCAPES = (
    "\\u00e9", "\\u20AC", "\\uD83D\\uDE00", "\\uD83D", "\\uDE00", "\\uD83Dx", "\\uD83D\\n", "\\uD83D\\u0041", "\\uD83D\\uE000",
    "\\uD83D\\u", "\\u0000", "\\u00g0", "\\u00", "\\n\\t\\r\\b\\f", "\\/\\\\\\\"", "\\x", "\\", "\x01", "\n", "\x7F", "\uFEFF", "\u202E",
)
# What a JSON reader may stumble over, in a header.
JSON = (
    '{"a"\t:\r\n 1 , "b" : [ ] }', '{"a":1}\t', '{"a": 1E5}', '{"a": 1e+5}', '{"a": 1e-5}', '{"a": 1.}', '{"a": .5}', '{"a": 1e}',
    '{"a": 1e400}', '{"a": -}', '{"a": +1}', '{"a": 01}', '{"a": -0}', '{"a": 0.5e1}',
    *(text for escape in ESCAPES for text in (
        f'{{"a": "{escape}"}}', f'{{"__metadata__": {{"a": "{escape}"}}}}', f'{{"__metadata__": {{"{escape}": ""}}}}')),
    '{"a": "', '{"a', '{"a" 1}', '{"a": 1,}', '{"a": 1 "b": 2}', '{,}', '{1: 2}', '{"a": [1,]}', '{"a": [1 2]}', '{"a": [1', '{"a": {}',
    '{"a": 1, "a": 2}', '{"a": tru}', '{"a": trux}', '{"a": fals', '{"a": null}', '{"a": nul',
    *('{"a": ' + "[" * depth + "]" * depth + "}" for depth in (62, 63, 64)), '{"a": ' + "[" * 70, '{"a":' * 70, '{"a": 1} x', "x", "\x00",
    '{"": {}}', '{"__metadata__": {"config": "", "config": ""}}', '{"__metadata__": {}}',
    *(f"{{{', '.join(f'{key!r}: 1' for key in keys)}}}".replace("'", '"') for keys in ("abab", "abba", "baab", "aabb", "bbaa", "aaa")),
    '{"a": "\\', *(f'{{"a": "{pair}"}}' for pair in ("\\uD83D\\u00g0", "\\uD83D\\uD83D", "\\uDBFF\\uDFFF", "\\uD800\\uDC00")),
)
# The same, where it is no text.
NO_TEXT = (
    b"\\\0", b"\\u\0", b"\\u00\0", b"\\uD83D\0", b"\xFF", b"\xC3", b"\xC3(", b"\xE2\x82", b"\xF0\x9F\x98", b"\xC0\xAF", b"\xED\xA0\x80",
    b"\xF4\x90\x80\x80",
)
# Of a network for images of 4 x 4: the layers, and the shapes of their weights.
NETWORKS = (
    *((f"pool: {{type: {kind}, size: {size}, stride: {stride}, pad: {pad}}}, linear: 10",
       {"linear1": (10, ((4 + 2 * pad - size) // stride + 1) ** 2)})
      for kind in ("max", "average", *(f"lp, p: {p}" for p in (1, 2, 2.5, 4, 8)))
      for size, stride, pad in ((2, 2, 0), (2, 1, 1), (3, 1, 0), (3, 2, 2), (4, 1, 0), (1, 1, 0))),
    *((f"conv: {{maps: {maps}, kernel: {kernel}, stride: {stride}, pad: {pad}}}, relu, linear: 10",
       {"conv1": (maps, 1, kernel, kernel), "linear1": (10, maps * ((4 + 2 * pad - kernel) // stride + 1) ** 2)})
      for maps, kernel, stride, pad in ((1, 1, 1, 0), (3, 2, 1, 1), (17, 4, 1, 0), (33, 4, 1, 0), (2, 3, 2, 2), (16, 5, 3, 1))),
    *((f"{layer}, linear: 10", {"linear1": (10, 16)}) for layer in (
        "dropout: 0.5", "tanh", "sigmoid", "relu", "softmax", "subtractive-norm: 3", "subtractive-norm: 9")),
    ("batch-norm, linear: 10", {"batch-norm1": (1,), "linear1": (10, 16)}),
    ("linear: 10, batch-norm", {"linear1": (10, 16), "batch-norm1": (10,)}),
    *((f"linear: {units}, tanh, dropout: 0.5, linear: {classes}", {"linear1": (units, 16), "linear2": (classes, units)})
      for units, classes in ((17, 2), (1, 40))),
    ("conv: {maps: 2, kernel: 3}, pool: max, conv: {maps: 10, kernel: 1}", {"conv1": (2, 1, 3, 3), "conv2": (10, 2, 1, 1)}),
    ("linear: {units: 10, name: a}", {"a": (10, 16)}), ("linear: 10", {"linear1": (10, 15)}), ("linear: 10", {"linear1": (10, 4, 4)}),
    ("linear: 10", {"linear2": (10, 16)}), ("linear: {units: 10, name: null}", {"linear1": (10, 16)}),
    # only planned, for their weights are not there: most have more than an input has room for
    *((f"conv: {{maps: {inner}, {first}}}, conv: {{maps: {maps}, kernel: {kernel}, pad: {pad}}}, linear: 10", {"linear1": (10, 16)})
      for inner in (16, 33, 100) for first in ("kernel: 1", "kernel: 4, pad: 2") for maps in (1, 17, 100)
      for kernel, pads in ((3, (1, 2, 4, 8)), (5, (2, 3, 5, 9))) for pad in pads),
)
METADATA = (
    {"input_sd": "0"}, {"input_sd": "-1"}, {"input_sd": "1e-300"}, {"input_sd": "nan"}, {"input_sd": ""}, {"input_mean": "1e300"},
    {"input_mean": "x"}, {"input_mean": None}, {"input_sd": None}, {"config": None}, {"config": ""}, {"config": "x: 1"},
    {"sha256": "0" * 64}, {"sha256": ""}, {"input_sd": "1e308"},
    *({"classes": count} for count in ("0", "10", "-1", "10.5", "100", "x", "", "1e5", "65536", "4294967296")),
)


def tensors(shapes):
    """The tensors' part of a header, and their data."""
    parts, data = [], b""
    for layer, shape in shapes.items():
        running = (("running_mean", shape), ("running_var", shape)) if layer.startswith("batch-norm") else ()
        for name, dimensions in (("weight", shape), ("bias", shape[:1]), *running):
            size = 4 * math.prod(dimensions)
            parts.append(tensor(f"{layer}.{name}", shape=list(dimensions), offsets=[len(data), len(data) + size]))
            data += struct.pack("<f", 0.5 - 0.01 * len(parts)) * (size // 4)
    return ", ".join(parts), data


def file_of(header, data=b""):
    header = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(header)) + header + data


def json_texts():
    return (*JSON, *(said for wrong in NO_TEXT for said in (b'{"a": "' + wrong + b'"}', b'{"' + wrong + b'": 1}')))


def safetensors():
    """Files of tensors whose header is odd, and odd configs with the weights of a network."""
    yield from (file_of(header, bytes(size)) for header, size in (*HEADERS, *((header, 0) for header in json_texts())))
    yield from (struct.pack("<Q", length) + b"{}" for length in (0, 1, 3, 1 << 23, (1 << 64) - 1))
    yield from (b"", b"\1\0\0\0\0\0\0")
    for layers, shapes in NETWORKS:
        header, data = tensors(shapes)
        yield b"\0".join((b"config\n" + MINIMAL.replace("linear: 10", layers).encode(), header.encode(), data))
    header, data = tensors({"linear1": (10, 16)})
    for wrong in (tensor(shape=[], offsets=[0, 684]), header + ", " + tensor("y", shape=[1], offsets=[680, 684]), "",
                  tensor(shape=[9999], offsets=[0, 39996])):
        yield b"\0".join(((b"config\n" + MINIMAL.encode()), wrong.encode(), data + bytes(4)))
    for before in (0, 16):  # infinity less infinity, in the first class or in the next
        values = (bytes(4 * before) + struct.pack("<ff", 3e38, -3e38) * 8).ljust(680, b"\0")
        yield b"\0".join((b"config\n" + MINIMAL.encode(), header.encode(), values))
    for number in (b"\0\0\x80\x7F", b"\0\0\xC0\x7F", b"\0\0\x80\xFF", b"\1\0\0\0", b"\xFF\xFF\x7F\x7F"):
        yield b"\0".join((b"config\n" + MINIMAL.encode(), header.encode(), number + data[4:]))
        yield b"\0".join((b"config\n" + MINIMAL.encode(), header.encode(), 170 * number))
    shapes = {"batch-norm1": (1,), "linear1": (10, 16)}
    for variance in (-1, -0.0, 0, 1e-45, 3e38):
        header, data = tensors(shapes)
        yield b"\0".join((b"config\n" + MINIMAL.replace("linear: 10", "batch-norm, linear: 10").encode(), header.encode(),
                          data[:12] + struct.pack("<f", variance) + data[16:]))
    for small in ("linear: 10, batch-norm", "conv: {maps: 10, kernel: 4}, batch-norm"):
        yield b"\0".join((b"config\n" + MINIMAL.replace("linear: 10", small).replace("sgd: 0.1}", "sgd: 0.1}, batch_size: 1").encode(),
                          header.encode(), data))
    for said in ("optimizer: {x: 1}", "optimizer: null", "optimizer: [1]", "optimizer: x", "loss: {x: 1}"):
        yield b"\0".join((b"config\n" + MINIMAL.replace("optimizer: {sgd: 0.1}", said).encode(), header.encode(), data))
    header, data = tensors({"linear1": (10, 16)})
    for change in METADATA:
        metadata = {"config": MINIMAL, "input_mean": "0.5", "input_sd": "0.25"} | change
        said = json.dumps({key: value for key, value in metadata.items() if value is not None})
        yield file_of(f'{{"__metadata__": {said}, {header}}}', data)
    said = json.dumps({"config": MINIMAL, "input_mean": "0.5", "input_sd": "0.25"})
    yield file_of(f'{{"__metadata__": {said}}}')
    yield file_of(f'{{"__metadata__": {said}, {tensor(shape=[], offsets=[0, 4])}}}', bytes(4))
    for text in whole():
        yield b"\0".join((b"config\n" + (text if isinstance(text, bytes) else text.encode()), WEIGHTS.encode(), bytes(680)))
