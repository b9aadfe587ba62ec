"""Which of OpenBLAS's kernels the processor can run, told to OpenBLAS before numpy loads it.

The one that comes with numpy 1.23 does not know processors made after it, and then computes as on one of 2004: a
training takes three times as long. `bot/__init__.py` calls this, so that it comes before any import of numpy.
"""

from __future__ import annotations

import os
from pathlib import Path

KERNELS = (
    ("SkylakeX", frozenset({"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"})),
    ("Haswell", frozenset({"avx2", "fma"})),
)
"""OpenBLAS's names, and what a processor must be able to do; the best first."""


def choose_kernels(described: Path = Path("/proc/cpuinfo")) -> None:
    """Sets OPENBLAS_CORETYPE unless somebody has. Leaves it alone where `described` is no such file (macOS), or names
    none of the abilities (arm64)."""
    if "OPENBLAS_CORETYPE" in os.environ:
        return
    try:
        lines = described.read_text(errors="replace").splitlines()
    except OSError:
        return
    able = set(next((line for line in lines if line.startswith("flags")), "").split())
    for name, needs in KERNELS:
        if needs <= able:
            os.environ["OPENBLAS_CORETYPE"] = name
            return
