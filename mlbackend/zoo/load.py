"""Fills a net with installed weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from labeling.domain.errors import InvalidInput
from mlbackend.zoo.architectures import Architecture, architectures
from mlbackend.zoo.match import COUNTER, Match, adapted, match
from mlbackend.zoo.state import bad_file, read_state

if TYPE_CHECKING:
    from torch import Tensor, nn

    from mlbackend.zoo.installed import Installed


def load_net(installed: Installed, device: str = "cpu") -> nn.Module:
    """Return the net with these weights, in evaluation mode.

    Without a head in the file (`installed.classes` is empty) the net has one random output: embed
    with it, or train it, but show nothing it says.

    Raises:
        InvalidInput: the file is gone, cut off or no checkpoint, its parameters are not this
            net's, or its outputs are not as many as its classes.
    """
    known = architectures()
    if installed.net not in known:
        raise InvalidInput(
            f"{installed.path.name} is for a net called '{installed.net}', which this version "
            f"does not have. Nets here: {', '.join(known)}.",
            code="unknown_net",
        )
    architecture = known[installed.net]
    state = _state(installed, architecture)
    net = architecture.build(len(installed.classes) or 1)
    lacking = net.load_state_dict(state, strict=False)
    left = [key for key in lacking.missing_keys if not key.endswith(COUNTER)]
    if (left and installed.classes) or lacking.unexpected_keys:
        raise bad_file(installed.path, f"does not fill {installed.net}: {', '.join(left[:3])}.")
    return net.to(device).eval()


def _state(installed: Installed, architecture: Architecture) -> dict[str, Tensor]:
    if not installed.parts:
        state = read_state(installed.path)
        return adapted(state, checked(installed, state, architecture))
    joined = {
        prefix + key: value
        for prefix, path in installed.parts
        for key, value in read_state(path).items()
    }
    return adapted(joined, checked(installed, joined, architecture))


def checked(installed: Installed, state: dict[str, Tensor], architecture: Architecture) -> Match:
    """Compare a file's parameters with the net it is for.

    Raises:
        InvalidInput: they differ, or the head's outputs are not as many as the classes.
    """
    found = match(state, architecture)
    if not found.fits:
        raise does_not_fit(installed.path, found)
    labels = found.labels or 0
    if labels != len(installed.classes):
        raise bad_file(
            installed.path,
            f"has {labels} outputs for {len(installed.classes)} classes. Add it again with a "
            f"list of {labels} labels.",
            code="wrong_label_count",
        )
    return found


def does_not_fit(path: Path, found: Match) -> InvalidInput:
    """Say which keys are missing, too many or of another shape."""
    report = found.report()
    parts = [
        f"{report[kind]['count']} {words}: {', '.join(report[kind]['examples'])}"
        for kind, words in (
            ("missing", "missing"),
            ("unexpected", "not of this net"),
            ("different", "of another shape"),
        )
        if report[kind]["count"]
    ]
    return InvalidInput(
        f"{path.name} does not fill {found.title}: {report['matched']} of {report['total']} "
        f"parameters fit; {'; '.join(parts)}. Give the checkpoint of a net that is listed, or "
        "say which net it is (--net NAME).",
        code="does_not_fit",
        detail=report,
    )
