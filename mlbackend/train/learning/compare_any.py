"""Two rounds' models side by side, from what is kept: no video is decoded for it."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

from labeling import api
from labeling.domain.errors import Conflict
from mlbackend.models import ModelVersion, Round
from mlbackend.train.learning.meaning import changed_labels
from mlbackend.train.learning.pairs import diff_file, tubes_of

MANIFEST = "manifest.json"
NONE_BEFORE = "No model was in use before it; name a round to compare it with."
EMPTY: dict[str, Any] = {"per_class": [], "won": [], "lost": [], "windows": 0, "left_out": 0}


def diff(new: Round, old: Round | None) -> dict[str, Any]:
    """What the newer round's model won and lost against another's.

    Args:
        old: the round to compare with; None for the champion it was compared with.

    Raises:
        Conflict: one of the rounds made no action model.
        InvalidInput: a model cannot be used here any more; the message says why.
    """
    if new.model is None:
        raise no_model(new)
    if old is None:
        old = _round_of(new.model.parent)
    if old is None:
        return _answer(None, [], [], EMPTY, NONE_BEFORE)
    if old.model is None:
        raise no_model(old)
    changed = changed_labels(new.project_id, old.schema_version, new.schema_version)
    shared, others = _labels(new, old, changed)
    if not shared:
        note = "The two models share no action of one meaning; nothing can be compared."
        return _answer(old, [], others, EMPTY, note)
    found = _kept(new.model, old.model, shared) or _made(new, old, shared)
    return _answer(old, [name for _, name in shared], others, found, _note(new, old, found))


def no_model(row: Round) -> Conflict:
    """Say that a round has nothing to compare."""
    return Conflict(
        f"Round {row.number} made no action model; compare rounds that did.", code="no_model"
    )


def _round_of(model: ModelVersion | None) -> Round | None:
    if model is None:
        return None
    return Round.objects.filter(model=model).select_related("model").first()


def _labels(
    new: Round, old: Round, changed: frozenset[int]
) -> tuple[list[tuple[int, str]], list[str]]:
    """Id and present name of the labels both know, and names of the others of either."""
    live = {label.id: label for label in api.labels(new.project_id)}
    known = [_manifest_labels(row.model) for row in (new, old)]
    names = known[1] | known[0] | {label_id: label.name for label_id, label in live.items()}
    shared = [
        i
        for i in known[0]
        if i in known[1] and i not in changed and not (i in live and live[i].is_retired)
    ]
    others = [i for i in known[0] | known[1] if i not in shared]
    return [(i, names[i]) for i in shared], [names[i] for i in others]


def _manifest_labels(model: ModelVersion | None) -> dict[int, str]:
    labels = model.manifest.get("labels", []) if model else []
    return {int(label["id"]): str(label["name"]) for label in labels}


def _kept(
    new: ModelVersion, old: ModelVersion, shared: list[tuple[int, str]]
) -> dict[str, Any] | None:
    """The cases as the round left them, or an earlier question; None if labels changed since."""
    try:
        found = json.loads((new.file_path.parent / diff_file(old)).read_text())
    except (OSError, ValueError):
        return None
    if not EMPTY.keys() <= found.keys():
        return None
    known = [(row["label_id"], row["name"]) for row in found["per_class"]]
    return found if known == shared else None


def _made(new: Round, old: Round, shared: list[tuple[int, str]]) -> dict[str, Any]:
    """Work the cases out from cached features, and keep them if no window had to be left out."""
    from mlbackend.train.champion import model_load
    from mlbackend.train.dataset import hold_out_rows
    from mlbackend.train.learning.cached import Videos, cached_features, parted
    from mlbackend.train.learning.diff import Said, difference

    assert new.model is not None and old.model is not None
    models = [model_load(new.model), model_load(old.model)]
    descriptors = [one.descriptor for one in models]
    content = api.snapshot_read(max(new, old, key=lambda row: row.number).snapshot_hash).content
    ids = tuple(label_id for label_id, _ in shared)
    rows = hold_out_rows(content, ids, cached_features(Videos(), descriptors))
    wanted = _wanted(new)
    if not len(rows.Y):
        return EMPTY | {"left_out": wanted}
    said = []
    for one, X in zip(models, parted(rows.X, descriptors), strict=True):
        columns = [one.model.label_ids.index(i) for i in ids]
        said.append(Said(one.model.predict_proba(X)[:, columns], one.model.predict(X)[:, columns]))
    labels = [{"id": label_id, "name": name} for label_id, name in shared]
    found = difference(rows, rows.Y, said[0], said[1], labels, tubes_of(content))
    found |= {"windows": len(rows.Y), "left_out": max(0, wanted - len(rows.Y))}
    if not found["left_out"]:
        _keep(new.model.file_path.parent / diff_file(old.model), found)
    return found


def _wanted(row: Round) -> int:
    """Windows that the round was measured on."""
    candidate = row.metrics.get("candidate") or {}
    return int(candidate.get("n", 0))


def _keep(path: Path, found: dict[str, Any]) -> None:
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(found))
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)  # it is computed again the next time


def _note(new: Round, old: Round, found: dict[str, Any]) -> str:
    parts = []
    if not found["windows"]:
        parts.append(
            "Nothing could be compared: no window of the hold-out has features that both models "
            "read. Start a round: it measures the model in use on today's hold-out."
        )
    elif found["left_out"]:
        parts.append(
            f"{found['left_out']} windows of the hold-out are left out: their features for one of "
            "the models are not kept."
        )
    if max(new, old, key=lambda row: row.number).evaluated_on != "hold-out videos":
        parts.append("Measured on reserved tubes of the training videos.")
    parts += [_favored(row, found) for row in (new, old)]
    cut = [kind for kind in ("won", "lost") if _count(found, kind) > len(found[kind])]
    if cut:
        parts.append(f"Shown are the {len(found[cut[0]])} where the models differ most.")
    return " ".join(part for part in parts if part)


def _favored(row: Round, found: dict[str, Any]) -> str:
    """A warning where a model learned from what it is measured on here."""
    assert row.model is not None
    try:
        manifest = json.loads(row.model.file_path.with_name(MANIFEST).read_text())
    except (OSError, ValueError):
        return ""
    trained = set(manifest.get("train_tube_ids", ()))
    n = len({case["tube_id"] for case in (*found["won"], *found["lost"])} & trained)
    if not n:
        return ""
    return f"Round {row.number} had learned from {n} of these tubes, which favors it."


def _count(found: dict[str, Any], kind: str) -> int:
    return sum(row[kind] for row in found["per_class"])


def _answer(
    old: Round | None, shared: list[str], others: list[str], found: dict[str, Any], note: str
) -> dict[str, Any]:
    against = old and {
        "id": str(old.id),
        "number": old.number,
        "name": old.model and old.model.name,
    }
    return {
        "against": against,
        "shared": shared,
        "not_shared": others,
        "per_class": found["per_class"],
        "won": found["won"],
        "lost": found["lost"],
        "windows": found["windows"],
        "note": note,
    }
