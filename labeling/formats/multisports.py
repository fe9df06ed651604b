"""MultiSports: tubes of athletes with one action each, in the layout of ACT.

Read: multisports_GT.pkl, through the restricted unpickler, and the JSON written here. Written:
multisports_GT.json with the same keys; no pickle is ever written. Boxes may be fractions of a pixel
and are written to 1/10000 px.

Kept: tubes with a box on every frame they have, their action, gaps, frame count, picture size,
splits ("train01" is training in split 1). Lost: object labels, occlusion, scores, and a person
without an action; who does two things is two tubes.

Source: the annotation of MultiSports (Li et al., 2021) as its evaluation code reads it. No original
file was at hand: the layout is ACT's, see `act_layout`.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from labeling.formats import archive
from labeling.formats.act_layout import read_act, write_act
from labeling.formats.dataset import (
    FileLabel,
    FileVideo,
    Format,
    Holds,
    Reading,
    ReadOptions,
)
from labeling.formats.plain_values import load_plain
from labeling.formats.sources import files_in, said_name, shown, starts_like


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """Videos of a pickle or JSON, or of a folder or archive of them.

    Raises:
        InvalidInput: a file is neither, has another layout, or is no plain pickle.
    """
    name = said_name(path, options)
    with archive.opened(path, name=name) as source:
        for file in files_in(source, (".pkl", ".json"), name):
            called = shown(source, file, name)
            yield from read_act(load_plain(file, called), called)


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, int]:
    """multisports_GT.json."""
    return write_act(folder / "multisports_GT.json", videos, labels)


def looks_like(path: Path) -> bool:
    return '"gttubes"' in starts_like(path, (".json",)) or "gttubes" in starts_like(path, (".pkl",))


FORMAT = Format(
    name="multisports",
    title="MultiSports, ACT (tubes)",
    read=read,
    write=write,
    every_frame=True,
    holds=frozenset({Holds.TUBES, Holds.ACTIONS, Holds.GAPS, Holds.KEYFRAMES}),
    accepts=(".pkl", ".json", ".zip", ".tar", ".gz", "/"),
    looks_like=looks_like,
)
