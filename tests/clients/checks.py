"""Runs the checks of a script: every function whose name begins with check_, in turn. Each prints one line of JSON."""

import json
import sys
import traceback

import ml_dtypes
import numpy as np
from tritonclient.utils import InferenceServerException

# KServe datatype, name in the model all_types, values: the limits of each type. OpenVINO's CPU plugin computes I64, U64 and F64 with
# 32 bits and a float's precision, even where a model only copies them: their values fit into that.
TYPES = [
    ("BOOL", "boolean", np.array([[True, False, False, True]], bool)),
    ("INT8", "i8", np.array([[-128, -1, 0, 127]], np.int8)),
    ("UINT8", "u8", np.array([[0, 1, 128, 255]], np.uint8)),
    ("INT16", "i16", np.array([[-32768, -1, 0, 32767]], np.int16)),
    ("UINT16", "u16", np.array([[0, 1, 32768, 65535]], np.uint16)),
    ("INT32", "i32", np.array([[-(2**31), -1, 0, 2**31 - 1]], np.int32)),
    ("UINT32", "u32", np.array([[0, 1, 2**31, 2**32 - 1]], np.uint32)),
    ("INT64", "i64", np.array([[-(2**31), -1, 0, 2**31 - 1]], np.int64)),
    ("UINT64", "u64", np.array([[0, 1, 2**30, 2**31 - 1]], np.uint64)),
    ("FP16", "f16", np.array([[-65504, -0.5, 0.1, 65504]], np.float16)),
    ("BF16", "bf16", np.array([[-1.5, 0, 0.5, 256]], ml_dtypes.bfloat16)),
    ("FP32", "f32", np.array([[-1e38, -0.1, 0.1, 3.4e38]], np.float32)),
    ("FP64", "f64", np.array([[-1.5, 0.25, 2**20, -3]], np.float64)),
]

# Short, too long for the string object's own buffer, empty, not ASCII, with a NUL, not UTF-8.
STRINGS = np.array([b"short", b"x" * 5000, b"", "Grüße, 世界".encode(), b"nul\0inside", b"\xff\xfe\x00\x01"], dtype=object)


def fails(status, *words):
    """Expects an InferenceServerException with this status and a message that contains these words."""
    return _Fails(status, words)


class _Fails:
    def __init__(self, status, words):
        self._status = status
        self._words = words

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        assert kind is not None, f"expected a failure with {self._status}, the call succeeded"
        if not issubclass(kind, InferenceServerException):
            return False
        self.check(error)
        return True

    def check(self, error):
        assert error.status() == self._status, f"expected {self._status}, got {error.status()}: {error.message()}"
        for word in self._words:
            assert word in error.message(), f"expected '{word}' in: {error.message()}"


def equal(actual, expected):
    """Expects the same type, shape and elements."""
    assert actual is not None, "the output is missing"
    assert actual.dtype == expected.dtype, f"expected {expected.dtype}, got {actual.dtype}"
    assert actual.shape == expected.shape, f"expected {expected.shape}, got {actual.shape}"
    assert np.array_equal(actual, expected), f"expected {expected}, got {actual}"


def run(names):
    """Runs the checks among the names; the arguments of the script are the servers' addresses, by model."""
    servers = dict(argument.split("=", 1) for argument in sys.argv[1:])
    for name, check in names.items():
        if not name.startswith("check_"):
            continue
        why = None
        try:
            check(servers)
        except BaseException:
            why = traceback.format_exc()
        print(json.dumps({"check": name, "why": why}), flush=True)
