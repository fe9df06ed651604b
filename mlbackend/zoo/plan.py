"""What adding a file would do: its net, which parameters fit, and what is still to be said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeling.domain.errors import InvalidInput, NotFound
from mlbackend.zoo.architectures import Architecture, architectures
from mlbackend.zoo.classes import LISTS, classes_named, read_classes
from mlbackend.zoo.find import published
from mlbackend.zoo.inflating import inflatable_to, inflate
from mlbackend.zoo.load import does_not_fit
from mlbackend.zoo.manifest import WEIGHTS, Use, Weights, WeightsKind
from mlbackend.zoo.match import COUNTER, Match, match
from mlbackend.zoo.onnx_file import SUFFIX as ONNX
from mlbackend.zoo.onnx_file import read_onnx
from mlbackend.zoo.sidecar import NAME
from mlbackend.zoo.state import first_bytes, read_state

if TYPE_CHECKING:
    from torch import Tensor

YOLOX = "yolox"
_BACKGROUND = "__background__"
_OTHERS = 3
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says about a file; empty: to be found out.

    `file_name` is what they call it, where it lies under another name. `labels` is a file or a
    name of `classes.LISTS`. `inflate` names the 3D net that a 2D file becomes the start of.
    `body` leaves the head out: the net is a start for training and proposes nothing.
    """

    net: str = ""
    labels: str = ""
    name: str = ""
    licence: str = ""
    inflate: str = ""
    body: bool = False
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What adding would do.

    Attributes:
        entry: of the manifest, for a published file.
        others: reports on the nets that fit next best.
        labels: outputs of the head; None without one.
        problems: sentences on what has to be said or changed first; empty: it can be added.
        notes: sentences worth knowing.
        parameters: to be stored; empty for a file that is stored as it is.
    """

    name: str
    kind: WeightsKind
    net: str = ""
    title: str = ""
    use: Use = Use.RECOGNIZER
    entry: Weights | None = None
    found: Match | None = None
    others: tuple[dict[str, Any], ...] = ()
    labels: int | None = None
    classes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    inflated_from: str = ""
    parameters: dict[str, Tensor] = field(default_factory=dict)

    def report(self) -> dict[str, Any]:
        """As the command and the page show it."""
        return {
            "name": self.name,
            "kind": self.kind.value,
            "published": self.entry is not None,
            "net": self.net,
            "title": self.title,
            "use": self.use.value,
            "labels": self.labels,
            "classes": list(self.classes[:5]),
            "match": self.found.report() if self.found else None,
            "others": list(self.others),
            "ready": not self.problems,
            "problems": list(self.problems),
            "notes": list(self.notes),
        }


def plan(path: Path, wish: Wish) -> Plan:
    """Say what adding a file would do; nothing is stored.

    Raises:
        InvalidInput: it is no file that could be added, whatever is said about it.
        NotFound: there is no net of the wished name.
    """
    first_bytes(path)
    file_name = wish.file_name or path.name
    entry = published(path)
    if entry is not None:
        return _known(entry)
    if Path(file_name).suffix.lower() == ONNX:
        return _onnx(path, wish, file_name)
    state = read_state(path)
    _check_numbers(state, path)
    if wish.inflate:
        return _inflated(state, wish, path, file_name)
    return _parameters(state, wish, path, file_name)


def reserved_names() -> set[str]:
    """Names that added files may not have: those of weights, nets and detectors."""
    return {*WEIGHTS, *architectures(), YOLOX, "auto", "hog", "project", "champion"}


def _known(entry: Weights) -> Plan:
    return Plan(
        entry.name, entry.kind, entry.net, entry.title, entry.use, entry,
        classes=classes_named(entry.classes), labels=len(classes_named(entry.classes)),
        notes=("It is a published file, known by its content.",),
    )  # fmt: skip


def _onnx(path: Path, wish: Wish, file_name: str) -> Plan:
    if wish.net not in ("", YOLOX) or wish.inflate or wish.body:
        raise InvalidInput(f"{file_name} is an ONNX file; those are run as YOLOX detectors only.")
    found = read_onnx(path)
    named = wish.labels or ("coco80" if found.classes == len(classes_named("coco80")) else "")
    classes, problems = _classes(replace(wish, labels=named), found.classes, Use.DETECTOR)
    notes = [f"It takes pictures of {found.width} x {found.height} px."]
    if not wish.labels and named:
        notes.append("Its 80 classes are taken for COCO's; give a list of labels if they are not.")
    return Plan(
        _name(wish, file_name, problems), WeightsKind.ONNX, YOLOX,
        f"YOLOX, {found.classes} classes (ONNX)", Use.DETECTOR, labels=found.classes,
        classes=classes, problems=tuple(problems), notes=tuple(notes),
    )  # fmt: skip


def _parameters(state: dict[str, Tensor], wish: Wish, path: Path, file_name: str) -> Plan:
    ranked = _ranked(state, _asked(wish.net))
    best = ranked[0]
    possible = inflatable_to(state)
    problems: list[str] = []
    notes: list[str] = []
    if possible:
        problems += _pictures(best, possible, wish)
    if not best.fits and not possible:
        problems.append(_unknown(file_name, ranked, wish))
    labels = None if wish.body else best.labels
    use = architectures()[best.net].use
    classes: tuple[str, ...] = ()
    if labels is None and not problems:
        notes.append(
            "Without a head it proposes nothing by itself; recipes head and finetune start from it."
        )
    elif labels is not None and not problems:
        classes, problems = _classes(wish, labels, use)
    nearest = ranked[1 : 1 + _OTHERS]
    twins = [each.title for each in ranked[1:] if each.fits and each.share == best.share]
    if twins and not wish.net:
        notes.append(
            f"The same parameters also fill {', '.join(twins)}; choose the net (--net NAME)."
        )
    return Plan(
        _name(wish, file_name, problems), WeightsKind.STATE, best.net, best.title, use,
        found=best, others=tuple(each.report() for each in nearest if each.share > 0),
        labels=labels, classes=classes, problems=tuple(problems), notes=tuple(notes),
        parameters=_stored(state, best, wish.body),
    )  # fmt: skip


def _pictures(best: Match, possible: tuple[str, ...], wish: Wish) -> list[str]:
    """A 2D net that knows pictures fills TSN too, but says what is in a picture."""
    said = wish.net and (wish.labels or wish.body) and best.fits
    if said:
        return []
    text = (
        "It is a 2D net of pictures, not of actions. Make it the start of a 3D net for training: "
        f"{possible[0]} (--inflate {possible[0]})"
    )
    if best.fits:
        text += (
            f", or, if it was trained on actions, say that its net is {best.net} and what its "
            f"labels are (--net {best.net} --labels FILE)"
        )
    return [f"{text}."]


def _unknown(file_name: str, ranked: list[Match], wish: Wish) -> str:
    if ranked[0].share or wish.net:
        return does_not_fit(Path(file_name), ranked[0]).message
    return (
        f"{file_name} holds no parameter of any net here. Nets here: "
        f"{', '.join(each.net for each in ranked)}."
    )


def _inflated(state: dict[str, Tensor], wish: Wish, path: Path, file_name: str) -> Plan:
    parameters = inflate(state, wish.inflate, path)
    architecture = architectures()[wish.inflate]
    found = match(parameters, architecture)
    problems: list[str] = [] if found.fits else [does_not_fit(Path(file_name), found).message]
    return Plan(
        _name(wish, file_name, problems), WeightsKind.STATE, wish.inflate, architecture.title,
        architecture.use, found=found, problems=tuple(problems),
        notes=(
            "Its kernels are repeated in time. It has no head for actions and proposes nothing by "
            "itself; recipes head and finetune start from it.",
        ),
        inflated_from=file_name, parameters=parameters,
    )  # fmt: skip


def _asked(net: str) -> list[Architecture]:
    known = architectures()
    if net and net not in known:
        raise NotFound(f"There is no net called '{net}'. Nets here: {', '.join(known)}.")
    return [known[net]] if net else list(known.values())


def _ranked(state: dict[str, Tensor], nets: Iterable[Architecture]) -> list[Match]:
    found = [match(state, net) for net in nets]
    return sorted(found, key=lambda each: (each.fits, each.share), reverse=True)


def _stored(state: dict[str, Tensor], found: Match, body: bool) -> dict[str, Tensor]:
    head = set()
    if body:
        from mlbackend.zoo.architectures import layout

        head = set(layout(architectures()[found.net]).head)
    return {key: state[name] for key, name in found.renamed.items() if key not in head}


def _classes(wish: Wish, labels: int, use: Use) -> tuple[tuple[str, ...], list[str]]:
    """The names of the outputs, or what is wrong with them."""
    if not wish.labels:
        return (), [
            f"The head has {labels} outputs. Say what they are, by a list in their order or one of "
            f"the known lists (--labels FILE, or one of {', '.join(LISTS)})."
        ]
    named = wish.labels in LISTS
    classes = classes_named(wish.labels) if named else read_classes(Path(wish.labels))
    if use == Use.DETECTOR and len(classes) == labels - 1 and _BACKGROUND not in classes:
        classes = (_BACKGROUND, *classes)
    if len(classes) != labels:
        return (), [
            f"The head has {labels} outputs and the list has {len(classes)} labels. Give a list "
            "of as many, in the order of the outputs."
        ]
    return classes, []


def _name(wish: Wish, file_name: str, problems: list[str]) -> str:
    """The wished name, or one made from the file's."""
    if wish.name:
        if not NAME.fullmatch(wish.name) or wish.name in reserved_names():
            problems.append(
                f"'{wish.name[:_LONGEST_NAME]}' cannot be its name: letters, digits, '.', '_' and "
                "'-', not beginning with a mark, and not the name of a net or of published weights."
            )
        return wish.name
    stem = _NOT_IN_A_NAME.sub("-", Path(file_name).stem).strip("-._")[:_LONGEST_NAME] or "weights"
    return f"{stem}-added" if stem in reserved_names() else stem


def _check_numbers(state: dict[str, Tensor], path: Path) -> None:
    for key, value in state.items():
        if key.endswith(COUNTER) or not value.is_floating_point():
            continue
        if not bool(value.isfinite().all()):
            raise InvalidInput(
                f"{path.name}: parameter {key} holds values that are no numbers; the training "
                "that wrote it had diverged. Give an earlier checkpoint.",
                code="not_finite",
            )
