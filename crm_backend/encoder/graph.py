"""The encoder's layers as an ONNX graph: from the rows of the words (and their places) to the mean over the sentence.

A layer is BERT's (Devlin et al., 2019): attention, then two multiplications with GELU between them; attention and those
two are each followed by the sum with what went in and a normalisation. The multiplications are onnxruntime's
`MatMulNBits`, for which weights stay in blocks of 4-bit numbers and the sentence is rounded to 8 bits block by block
(`accuracy_level=4`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from crm_backend.encoder.weights import BLOCK, Weights, unpacked

OPSET = 18
FORMAT = 9
"""The version of the file's format: the newest that both environments' onnxruntime read."""
OWN = "com.microsoft"
"""Where onnxruntime keeps the operations that the ONNX standard does not name."""


class _Layers:
    """A graph that is being written."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, operation: str, inputs: list[str], outputs: list[str], **settings: Any) -> None:
        self.nodes.append(helper.make_node(operation, inputs, outputs, **settings))

    def constant(self, name: str, numbers: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(numbers), name))
        return name

    def vector(self, name: str) -> str:
        return self.constant(name, self._weights.numbers(name))

    def product(self, given: str, parts: list[str], columns: int, result: str) -> None:
        """`result` = `given` times the matrices `parts`, one below the other, plus their biases."""
        tables = [self._weights.table(f"{part}.w", columns) for part in parts]
        numbers = unpacked(np.concatenate([table.packed for table in tables]))
        packed = numbers[..., 0::2] | (numbers[..., 1::2] << 4)
        factors = np.concatenate([table.factor for table in tables]).astype(np.float32)
        bias = np.concatenate([self._weights.numbers(f"{part}.b") for part in parts])
        inputs = [given, self.constant(f"{result}.w", packed), self.constant(f"{result}.f", factors.reshape(-1))]
        sizes = {"K": columns, "N": len(bias), "bits": 4, "block_size": BLOCK, "accuracy_level": 4}
        self.add("MatMulNBits", [*inputs, "", "", self.constant(f"{result}.b", bias)], [result], domain=OWN, **sizes)

    def normal(self, given: str, more: str, name: str, result: str) -> None:
        """`result` = the layer normalisation of `given` + `more`."""
        inputs = [given, more, self.vector(f"{name}.w"), self.vector(f"{name}.b")]
        self.add("SkipLayerNormalization", inputs, [result], domain=OWN, epsilon=self._weights.epsilon)

    def layer(self, number: int, given: str) -> str:
        """Adds one layer to what has the name `given`, and returns its result's name."""
        width, name = self._weights.width, f"l{number}"
        self.product(given, [f"{name}.q", f"{name}.k", f"{name}.v"], width, f"{name}.qkv")
        self.add("Split", [f"{name}.qkv"], [f"{name}.{part}" for part in "qkv"], axis=-1, num_outputs=3)
        heads = {"domain": OWN, "num_heads": self._weights.heads}
        self.add("MultiHeadAttention", [f"{name}.{part}" for part in "qkv"], [f"{name}.attention"], **heads)
        self.product(f"{name}.attention", [f"{name}.ao"], width, f"{name}.attended")
        self.normal(given, f"{name}.attended", f"{name}.aln", f"{name}.middle")
        self.product(f"{name}.middle", [f"{name}.fi"], width, f"{name}.inner")
        self.add("Gelu", [f"{name}.inner"], [f"{name}.active"], domain=OWN)
        self.product(f"{name}.active", [f"{name}.fo"], self._weights.inner, f"{name}.outer")
        self.normal(f"{name}.middle", f"{name}.outer", f"{name}.oln", f"{name}.out")
        return f"{name}.out"


def graph(weights: Weights) -> bytes:
    """The model, as onnxruntime reads it. In: `words` [1, pieces, 384]; out: their mean [1, 384]."""
    layers = _Layers(weights)
    edge = [layers.vector("emb.ln.w"), layers.vector("emb.ln.b")]
    layers.add("LayerNormalization", ["words", *edge], ["embedded"], epsilon=weights.epsilon, axis=-1)
    last = "embedded"
    for number in range(weights.layers):
        last = layers.layer(number, last)
    layers.add("ReduceMean", [last, layers.constant("pieces", np.array([1], dtype=np.int64))], ["mean"], keepdims=0)
    whole = helper.make_graph(
        layers.nodes,
        "multilingual-e5-small",
        [helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "pieces", weights.width])],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [1, weights.width])],
        layers.constants,
    )
    sets = [helper.make_opsetid("", OPSET), helper.make_opsetid(OWN, 1)]
    return bytes(helper.make_model(whole, opset_imports=sets, ir_version=FORMAT).SerializeToString())
