"""The benchmark of ranking runs, and plans the same queue from single files and packed."""

from argparse import ArgumentParser

from mlbackend.bench import rank
from mlbackend.bench.registry import BENCHES, bench


def test_a_small_run_plans_the_same_queue_twice() -> None:
    assert bench("rank") is rank and "rank" in BENCHES
    parser = ArgumentParser()
    rank.add_arguments(parser)
    options = vars(parser.parse_args(["--tubes", "60", "--also", "margin"]))
    lines: list[str] = []
    figures = rank.run(options, lines.append)
    first, packed, margin = figures["runs"]
    assert first["hash"] == packed["hash"] != margin["hash"]
    assert (packed["acquisition"], margin["acquisition"]) == (
        "mean_binary_entropy_k_means", "margin",
    )  # fmt: skip
    assert figures["windows"] > 600 and len(lines) >= 6
