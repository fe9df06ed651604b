from typing import Any

from django.db.models import Count, QuerySet, Sum

from labeling.export.making import Making
from labeling.export.writers import READ_ELSEWHERE, writers
from labeling.formats.dataset import Holds
from labeling.formats.registry import FORMATS
from labeling.models import Export, Project, Revision
from labeling.models.revision import Origin


def exports(project: Project) -> QuerySet[Export]:
    return project.exports.select_related("job")


def history(project: Project, revision: int, making: Making) -> dict[str, Any]:
    """Who reviewed what and which runs proposed, up to a revision, of the exported videos."""
    log = Revision.objects.filter(project=project, number__lte=revision)
    names = {entry.facts["id"]: entry.facts["name"] for entry in making.entries}
    by_people = (
        log.exclude(origin=Origin.RUN)
        .order_by()
        .values("video", "author__username", "origin")
        .annotate(revisions=Count("id"), seconds=Sum("seconds"))
    )
    reviewed = [
        {
            "video": str(row["video"]), "name": names[str(row["video"])],
            "author": row["author__username"], "origin": row["origin"],
            "revisions": row["revisions"], "seconds": round(row["seconds"], 1),
        }
        for row in by_people
        if str(row["video"]) in names
    ]  # fmt: skip
    reviewed.sort(key=lambda row: (row["name"], row["video"], row["author"] or "", row["origin"]))
    notes: dict[str, str] = {}
    runs = log.filter(origin=Origin.RUN, run_id__in=list(making.runs)).order_by("number")
    for run_id, note in runs.values_list("run_id", "note"):
        notes.setdefault(str(run_id), note)
    proposed = [
        {"run_id": run_id, "note": notes.get(run_id, ""), **dict(sorted(counts.items()))}
        for run_id, counts in sorted(making.runs.items())
    ]
    return {"reviewed_by": reviewed, "proposed_by": proposed}


def formats() -> list[dict[str, Any]]:
    """Every format there is: what it has a place for, and which way it goes."""
    written = writers()
    known = {name: writer.format for name, writer in written.items()} | FORMATS
    return [
        {
            "name": name, "title": format_.title, "writes": name in written,
            "reads": format_.read is not None or name in READ_ELSEWHERE,
            "holds": [kind.value for kind in Holds if kind in format_.holds],
            "accepts": list(format_.accepts),
        }
        for name, format_ in sorted(known.items())
    ]  # fmt: skip
