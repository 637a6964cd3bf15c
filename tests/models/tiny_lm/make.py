"""Makes openvino_model.xml and .bin in this folder: a language model of random weights in the form in which optimum-intel exports them.

Two layers of attention with states for keys and values that beam_idx reorders, four heads that share two pairs of keys and values, rotary
positions, and a mask made from attention_mask. It needs the Python packages openvino and numpy.
"""
import os
import re

import numpy as np
import openvino as ov
from openvino import PartialShape, Type
from openvino import opset13 as op

VOCABULARY, HIDDEN, HEADS, PAIRS, SIZE, LAYERS = 64, 32, 4, 2, 8, 2
random = np.random.default_rng(5)


def number(value, kind=np.int64):
    return op.constant(np.array(value, dtype=kind))


def weights(*shape):
    return op.constant((random.standard_normal(shape) * 0.35).astype(np.float32))


def parameter(name, shape, kind):
    made = op.parameter(PartialShape(shape), kind, name=name)
    made.output(0).get_tensor().set_names({name})
    return made


ids = parameter("input_ids", [-1, -1], Type.i64)
mask = parameter("attention_mask", [-1, -1], Type.i64)
positions = parameter("position_ids", [-1, -1], Type.i64)
beams = parameter("beam_idx", [-1], Type.i32)

hidden = op.gather(weights(VOCABULARY, HIDDEN), op.convert(ids, "i32"), number(0, np.int32))

steps = (1.0 / (10000 ** (np.arange(0, SIZE, 2) / SIZE))).astype(np.float32).reshape(1, 1, -1)
angles = op.multiply(op.unsqueeze(op.convert(positions, "f32"), number([2])), op.constant(steps))
angles = op.concat([angles, angles], -1)
cosine = op.unsqueeze(op.cos(angles), number([1]))
sine = op.unsqueeze(op.sin(angles), number([1]))


def turned(vectors):
    low = op.slice(vectors, number([0]), number([SIZE // 2]), number([1]), number([3]))
    high = op.slice(vectors, number([SIZE // 2]), number([SIZE]), number([1]), number([3]))
    swapped = op.concat([op.multiply(high, number(-1, np.float32)), low], 3)
    return op.add(op.multiply(vectors, cosine), op.multiply(swapped, sine))


total = op.gather(op.shape_of(mask), number(1), number(0))
new = op.gather(op.shape_of(ids), number(1), number(0))
keys_at = op.range(number(0), total, number(1), Type.i64)
queries_at = op.range(op.subtract(total, new), total, number(1), Type.i64)
causal = op.less_equal(op.unsqueeze(keys_at, number([0])), op.unsqueeze(queries_at, number([1])))
given = op.unsqueeze(op.unsqueeze(op.not_equal(mask, number(0)), number([1])), number([1]))
allowed = op.logical_and(op.unsqueeze(op.unsqueeze(causal, number([0])), number([0])), given)
bias = op.select(allowed, number(0, np.float32), number(-1e9, np.float32))

sequences = op.gather(op.shape_of(ids), number([0]), number(0))
assigns = []


def state(present, name):
    empty = op.broadcast(number(0, np.float32), op.concat([sequences, number([PAIRS, 0, SIZE])], 0))
    past = op.read_value(empty, name, Type.f32, PartialShape([-1, PAIRS, -1, SIZE]))
    joined = op.concat([op.gather(past, beams, number(0)), present], 2)
    assigns.append(op.assign(joined, name))
    size = op.shape_of(joined)
    wide = op.concat(
        [op.gather(size, number([0]), number(0)), number([PAIRS, HEADS // PAIRS]), op.gather(size, number([2]), number(0)), number([SIZE])], 0)
    return op.reshape(op.broadcast(op.unsqueeze(joined, number([2])), wide), number([0, HEADS, -1, SIZE]), True)


for layer in range(LAYERS):
    mean = op.reduce_mean(op.multiply(hidden, hidden), number([-1]), True)
    normal = op.divide(hidden, op.sqrt(op.add(mean, number(1e-5, np.float32))))

    def heads(count):
        return op.transpose(op.reshape(op.matmul(normal, weights(count * SIZE, HIDDEN), False, True), number([0, 0, count, SIZE]), True), number([0, 2, 1, 3]))

    query = turned(heads(HEADS))
    key = state(turned(heads(PAIRS)), f"past_key_values.{layer}.keypresent.{layer}.key")
    value = state(heads(PAIRS), f"past_key_values.{layer}.valuepresent.{layer}.value")
    attention = op.scaled_dot_product_attention(query, key, value, bias, number(SIZE ** -0.5, np.float32))
    attention = op.reshape(op.transpose(attention, number([0, 2, 1, 3])), number([0, 0, HEADS * SIZE]), True)
    hidden = op.add(hidden, op.matmul(attention, weights(HIDDEN, HEADS * SIZE), False, True))

result = op.result(op.matmul(hidden, weights(VOCABULARY, HIDDEN), False, True))
result.output(0).get_tensor().set_names({"logits"})
model = ov.Model([result], assigns, [ids, mask, positions, beams], "tiny_lm")
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "openvino_model.xml")
ov.save_model(model, path, compress_to_fp16=False)
with open(path, encoding="utf-8") as file:
    text = re.sub(r">\s+<", "><", file.read())
with open(path, "w", encoding="utf-8") as file:
    file.write(text)
