from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet, Sum

from labeling.models import Export, Project, Revision
from labeling.models.revision import Origin


def exports(project: Project) -> QuerySet[Export]:
    return project.exports.select_related("job")


def history(project: Project, content: dict[str, Any]) -> dict[str, Any]:
    """Who reviewed what and which runs proposed, up to the snapshot's revision."""
    log = Revision.objects.filter(project=project, number__lte=content["revision"])
    by_people = (
        log.exclude(origin=Origin.RUN)
        .order_by("video__name", "video_id", "author__username", "origin")
        .values("video", "video__name", "author__username", "origin")
        .annotate(revisions=Count("id"), seconds=Sum("seconds"))
    )
    runs = log.filter(origin=Origin.RUN).order_by("number").values_list("run_id", "note")
    notes: dict[str, str] = {}
    for run_id, note in runs:
        notes.setdefault(str(run_id), note)
    return {
        "reviewed_by": [
            {
                "video": str(row["video"]), "name": row["video__name"],
                "author": row["author__username"], "origin": row["origin"],
                "revisions": row["revisions"], "seconds": round(row["seconds"], 1),
            }
            for row in by_people
        ],
        "proposed_by": [
            {"run_id": run_id, "note": notes.get(run_id, ""), **counts}
            for run_id, counts in sorted(_by_run(content).items())
        ],
    }  # fmt: skip


def _by_run(content: dict[str, Any]) -> dict[str, Counter[str]]:
    """Tubes and spans in the snapshot that each run proposed."""
    found: dict[str, Counter[str]] = {}
    for video in content["videos"]:
        for kind in ("tubes", "spans"):
            for item in video[kind]:
                if item["run_id"]:
                    found.setdefault(item["run_id"], Counter())[kind] += 1
    return found
