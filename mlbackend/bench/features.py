"""`manage.py bench features`: what `manage.py simulate --features` reads, from labeled clips.

A clip is a tube: the annotated actor's, or the whole picture where nobody drew one. Its windows are
the rows. The source a clip was cut from is written too, so that no film is in pool and test both.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.bench import along_svm
from mlbackend.bench.appearance import Appearance, appearance_rows
from mlbackend.bench.clips import SETS, LabeledClip
from mlbackend.bench.data_sets import add_data
from mlbackend.bench.registry import Say

HELP = "Write HOG/HOF along the tubes of J-HMDB or UT-Interaction as a file for `simulate`."
WAYS = ("windows", "whole")
SAY_EVERY = 20


def add_arguments(parser: ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--set", choices=sorted(SETS), default="jhmdb")
    parser.add_argument(
        "--rows", choices=WAYS, default="windows", help="a row a window, or one for all of a tube"
    )
    parser.add_argument(
        "--appearance", type=Path, metavar="FILE.pt",
        help="also what the body of this TorchScript Faster R-CNN sees at each row's middle",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.npz")


def run(options: dict[str, Any], say: Say) -> dict[str, Any]:
    """Write X, y, tubes and sources; see docs/simulate.md.

    Raises:
        InvalidInput: the folder has no such clips, or the file cannot be written.
    """
    clip_set = SETS[options["set"]]
    clips = clip_set.read(options["data"])
    rows = _described(clips, options["rows"], options["appearance"], say)
    counts = [len(part) for part in rows]
    arrays = {
        "X": np.concatenate(rows),
        "y": np.repeat([clip_set.classes[clip.label] for clip in clips], counts),
        "tubes": np.repeat([clip.name for clip in clips], counts),
        "sources": np.repeat([clip.source for clip in clips], counts),
    }
    _written(options["out"], arrays)
    figures = {
        "clips": len(clips), "sources": len({clip.source for clip in clips}),
        "rows": len(arrays["X"]), "features": arrays["X"].shape[1],
    }  # fmt: skip
    say(f"{options['out']}: " + ", ".join(f"{count} {what}" for what, count in figures.items()))
    return figures


def _described(
    clips: Sequence[LabeledClip], way: str, appearance: Path | None, say: Say
) -> list[NDArray[np.float32]]:
    net = Appearance(appearance) if appearance else None
    rows = []
    for done, clip in enumerate(clips, start=1):
        found = along_svm.describe_clip(clip).rows(way)
        if net is not None:
            found = np.concatenate([found, appearance_rows(clip, way, net)], axis=1)
        rows.append(found)
        if done % SAY_EVERY == 0:
            say(f"  {done} of {len(clips)} clips")
    return rows


def _written(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    try:
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error
