"""Reading what can be proposed with, and the jobs that do it."""

from __future__ import annotations

from typing import Any

from labeling import api
from mlbackend.propose import detect
from mlbackend.propose.host import host


def detectors(project: api.ProjectValue) -> list[dict[str, Any]]:
    """Every detector: whether it can run here, why not, and which the project would use."""
    machine = host(project.id)
    default = _default(project, machine)
    return [
        {
            "name": name,
            "title": option.title,
            "available": missing is None,
            "reason": missing or "",
            "default": name == default,
            "speed_note": option.speed_note,
        }
        for name, option in detect.options(machine).items()
        for missing in [detect.missing_weights(name, machine)]
    ]


def recognizers(project: api.ProjectValue) -> list[dict[str, Any]]:
    """The model in use and every recognizer: whether it can work here, why not, and the default.

    With "auto" and no model in use yet people are proposed without actions.
    """
    from mlbackend.propose.recognizers import choice  # brings torch

    wanted = str(project.settings.get("recognizer") or choice.AUTO)
    known = choice.recognizers()
    lacking = {name: choice.missing(name, project.id) for name in known}
    default = wanted if wanted in known and lacking[wanted] is None else choice.AUTO
    auto = {
        "name": choice.AUTO,
        "title": "The model in use",
        "available": True,
        "reason": "",
        "default": default == choice.AUTO,
        "speed_note": choice.auto_note(project.id),
    }
    return [
        auto,
        *(
            {
                "name": name,
                "title": option.title,
                "available": lacking[name] is None,
                "reason": lacking[name] or "",
                "default": name == default,
                "speed_note": option.speed_note,
            }
            for name, option in known.items()
        ),
    ]


def jobs(job_ids: list[str]) -> list[dict[str, Any]]:
    """Jobs as the API shows them."""
    values = [api.job_value(job_id) for job_id in job_ids]
    names = {video.id: video.name for value in values for video in _video(value)}
    return [
        {
            **{field: getattr(value, field) for field in _FIELDS},
            "video_name": names.get(str(value.video_id)),
        }
        for value in values
    ]


_FIELDS = (
    "id", "kind", "project_id", "video_id", "state", "progress", "message", "error", "result",
    "created_at", "started_at", "finished_at",
)  # fmt: skip


def _video(job: api.JobValue) -> list[api.VideoValue]:
    return api.videos(job.project_id, [job.video_id]) if job.video_id else []


def _default(project: api.ProjectValue, machine: detect.Host) -> str:
    wanted = str(project.settings.get("detector") or detect.AUTO)
    try:
        return detect.choose(wanted, machine).name
    except detect.DetectorFailed:
        return detect.choose(detect.AUTO, machine).name
