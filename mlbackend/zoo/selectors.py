"""What the page and the command show of the models of this machine and of a project."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from labeling import api
from mlbackend.models import ModelVersion
from mlbackend.propose import detect
from mlbackend.propose.host import host

_NOTHING_LEARNT = (
    "Actions are learnt by HOG/HOF from this project's reviewed labels; nothing was trained yet."
)


def models_overview(project: api.ProjectValue | None = None) -> dict[str, Any]:
    """Every net and its weights, and one sentence on what is used and what is missing."""
    from mlbackend.zoo.architectures import architectures  # brings torch
    from mlbackend.zoo.classes import LISTS
    from mlbackend.zoo.listing import listing

    machine = host(project.id if project else None)
    items = listing(machine.folders)
    used = _detector(project, machine)
    return {
        "items": [item.as_dict() for item in items],
        "summary": _summary(used, machine, project),
        "folder": str(machine.folders[0]),
        "nets": [{"name": net.name, "title": net.title} for net in architectures().values()],
        "lists": list(LISTS),
        "max_bytes": settings.MODEL_MAX_BYTES,
        "versions": versions(project.id) if project else [],
    }


def versions(project_id: int) -> list[dict[str, Any]]:
    """What the project trained, the newest first, with the round that made each."""
    rows = ModelVersion.objects.filter(project_id=project_id).prefetch_related("rounds")
    return [_version(row) for row in rows]


def _version(row: ModelVersion) -> dict[str, Any]:
    made_by = next(iter(row.rounds.all()), None)
    return {
        "id": str(row.id),
        "kind": row.kind,
        "name": row.name,
        "status": row.status,
        "net": str(row.manifest.get("net") or (made_by.net if made_by else "") or "hog_hof"),
        "recipe": made_by.recipe if made_by else "",
        "snapshot_hash": row.snapshot_hash,
        "here": row.file_path.is_file(),
        "round_id": str(made_by.id) if made_by else None,
        "round_number": made_by.number if made_by else None,
        "created_at": row.created_at,
    }


def _detector(project: api.ProjectValue | None, machine: detect.Host) -> detect.Choice:
    wanted = str((project.settings.get("detector") if project else "") or detect.AUTO)
    try:
        return detect.choose(wanted, machine)
    except detect.DetectorFailed as failed:
        used = detect.choose(detect.AUTO, machine)
        return detect.Choice(used.name, f"{failed}")


def _summary(used: detect.Choice, machine: detect.Host, project: api.ProjectValue | None) -> str:
    people = f"People are found by {detect.title_of(used.name, machine)}."
    parts = [people, used.note] if used.note else [people]
    if project is not None:
        champion = ModelVersion.objects.filter(
            project_id=project.id, kind="action", status="champion"
        ).first()
        parts.append(f"Actions are proposed by {champion.name}." if champion else _NOTHING_LEARNT)
    return " ".join(parts)
