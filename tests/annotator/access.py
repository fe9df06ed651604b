"""Who may call what: a line for every method of every address below /api/."""

import base64
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver

from annotator import errors

ROLES = ("viewer", "annotator", "reviewer", "manager", "owner")

# The smallest role that may; or one of:
ANYBODY = "anybody"  # also who is not logged in
LOGGED_IN = "logged in"  # sees or makes only what is theirs
BEGINNER = "beginner"  # only the person who began it

RULES = {
    "GET schema": ANYBODY,
    "GET health": ANYBODY,
    "GET session": ANYBODY,
    "POST session": ANYBODY,
    "DELETE session": ANYBODY,
    "POST token": ANYBODY,
    "GET projects": LOGGED_IN,
    "POST projects": LOGGED_IN,
    "GET projects/<int:project_id>": "viewer",
    "PATCH projects/<int:project_id>": "manager",
    "DELETE projects/<int:project_id>": "owner",
    "POST projects/<int:project_id>/labels": "manager",
    "GET projects/<int:project_id>/members": "viewer",
    "POST projects/<int:project_id>/members": "manager",
    "DELETE projects/<int:project_id>/members/<int:user_id>": "owner",
    "GET projects/<int:project_id>/schema-changes": "viewer",
    "POST projects/<int:project_id>/schema-changes": "manager",
    "GET projects/<int:project_id>/replicas": "manager",
    "POST projects/<int:project_id>/replicas": "manager",
    "GET projects/<int:project_id>/quality/suspicious": "viewer",
    "GET projects/<int:project_id>/quality/agreement": "manager",
    "GET projects/<int:project_id>/guards": "manager",
    "GET videos/<uuid:video_id>/sure-tubes": "annotator",
    "PATCH labels/<int:label_id>": "manager",
    "DELETE labels/<int:label_id>": "manager",
    "GET jobs": "viewer",
    "GET jobs/<uuid:job_id>": "viewer",
    "POST jobs/<uuid:job_id>/cancel": "annotator",
    "POST jobs/<uuid:job_id>/resume": "annotator",
    "GET projects/<int:project_id>/videos": "viewer",
    "GET projects/<int:project_id>/hold-out": "viewer",
    "POST projects/<int:project_id>/hold-out": "manager",
    "GET videos/<uuid:video_id>": "viewer",
    "PATCH videos/<uuid:video_id>": "manager",
    "DELETE videos/<uuid:video_id>": "manager",
    "GET videos/<uuid:video_id>/timebase": "viewer",
    "GET videos/<uuid:video_id>/media": "viewer",
    "GET videos/<uuid:video_id>/thumbnail": "viewer",
    "GET videos/<uuid:video_id>/frames/<int:frame>": "viewer",
    "POST uploads": "annotator",
    "HEAD uploads/<uuid:upload_id>": BEGINNER,
    "PATCH uploads/<uuid:upload_id>": BEGINNER,
    "DELETE uploads/<uuid:upload_id>": BEGINNER,
    "GET videos/<uuid:video_id>/annotations": "viewer",
    "GET videos/<uuid:video_id>/revisions": "viewer",
    "GET videos/<uuid:video_id>/history": "viewer",
    "POST videos/<uuid:video_id>/commits": "annotator",
    "POST projects/<int:project_id>/revisions/<int:number>/undo": "manager",
    "GET projects/<int:project_id>/exports": "viewer",
    "POST projects/<int:project_id>/exports": "annotator",
    "POST projects/<int:project_id>/exports/preview": "annotator",
    "GET formats": LOGGED_IN,
    "GET metrics": LOGGED_IN,
    "POST restore": LOGGED_IN,
    "GET exports/<uuid:export_id>/download": "viewer",
    "POST projects/<int:project_id>/imports": "manager",
    "POST projects/<int:project_id>/propose": "annotator",
    "POST videos/<uuid:video_id>/track": "annotator",
    "GET projects/<int:project_id>/detectors": "viewer",
    "GET projects/<int:project_id>/recognizers": "viewer",
    "GET projects/<int:project_id>/calibration": "viewer",
    "GET videos/<uuid:video_id>/runs": "viewer",
    "GET projects/<int:project_id>/models": "viewer",
    "POST projects/<int:project_id>/models/fetch": "manager",
    "POST projects/<int:project_id>/models/files": "manager",
    "PATCH projects/<int:project_id>/models/files/<uuid:file_id>": "manager",
    "DELETE projects/<int:project_id>/models/files/<uuid:file_id>": "manager",
    "GET projects/<int:project_id>/rounds": "viewer",
    "POST projects/<int:project_id>/rounds": "annotator",
    "GET projects/<int:project_id>/loop": "viewer",
    "PATCH projects/<int:project_id>/loop": "manager",
    "GET projects/<int:project_id>/recipes": "annotator",
    "GET models/<uuid:model_id>/card": "viewer",
    "GET models/<uuid:model_id>/card/pictures/<int:number>.jpg": "viewer",
    "GET rounds/<uuid:round_id>": "viewer",
    "POST rounds/<uuid:round_id>/promote": "manager",
    "GET projects/<int:project_id>/learning": "viewer",
    "GET projects/<int:project_id>/classes": "viewer",
    "GET rounds/<uuid:round_id>/diff": "viewer",
    "GET projects/<int:project_id>/queue": "viewer",
    "POST projects/<int:project_id>/queue/next": "annotator",
    "GET projects/<int:project_id>/queue/agreement": "manager",
    "GET projects/<int:project_id>/queue/cost": "viewer",
    "POST queue/<uuid:item_id>/renew": "annotator",
    "POST queue/<uuid:item_id>/skip": "annotator",
    "POST queue/<uuid:item_id>/unsure": "annotator",
    "POST queue/<uuid:item_id>/answer": "annotator",
    "GET projects/<int:project_id>/evaluations": "viewer",
    "POST projects/<int:project_id>/evaluations": "annotator",
    "GET evaluations/<uuid:evaluation_id>": "viewer",
    "DELETE evaluations/<uuid:evaluation_id>": "annotator",
}  # fmt: skip

PROTECTED = [line for line, rule in RULES.items() if rule != ANYBODY]
OF_A_PROJECT = [line for line, rule in RULES.items() if rule in (*ROLES, BEGINNER)]


def addresses() -> Iterator[tuple[str, str]]:
    """(method, address) of everything that the URL configuration answers below /api/."""
    (api,) = (p for p in get_resolver().url_patterns if str(p.pattern) == "api/")
    for route, view in _walk(api.url_patterns, ""):
        if view is errors.not_found:
            continue
        view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
        methods = view_class.http_method_names if view_class else ["get"]
        for method in methods:
            if method != "options" and (view_class is None or hasattr(view_class, method)):
                yield method.upper(), route


def _walk(patterns: list, before: str) -> Iterator[tuple[str, Callable]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def call(client: Any, line: str, ids: dict[str, Any]) -> Any:
    """Send a well-formed request of this line about the objects in `ids`."""
    method, route = line.split(" ", 1)
    path = "/api/" + route
    for name, value in ids.items():
        for kind in ("int", "uuid"):
            path = path.replace(f"<{kind}:{name}>", str(value))
    assert "<" not in path, f"no object stands for {path}"
    sent = _SENT.get(line, lambda ids: {})(ids)
    return getattr(client, method.lower())(path, **sent)


def _json(data: Any) -> dict[str, Any]:
    return {"data": data, "format": "json"}


def _tus(**headers: str) -> dict[str, Any]:
    return {"headers": {"Tus-Resumable": "1.0.0", **headers}}


def _upload(ids: dict[str, Any]) -> dict[str, Any]:
    project = base64.b64encode(str(ids["project_id"]).encode()).decode()
    return _tus(**{"Upload-Length": "5", "Upload-Metadata": f"project {project}"})


def _piece(ids: dict[str, Any]) -> dict[str, Any]:
    kind = "application/offset+octet-stream"
    return {**_tus(**{"Upload-Offset": "0"}), "data": b"ab", "content_type": kind}


def _commit(ids: dict[str, Any]) -> dict[str, Any]:
    box = {"frame": 0, "box": [0, 0, 9, 9]}
    tube = {"id": str(uuid.uuid4()), "label_id": ids["person_id"], "keyframes": [box]}
    operations = [{"op": "tube_add", "tube": tube}]
    commit_id = str(uuid.uuid4())
    return _json({"commit_id": commit_id, "base_revision": 0, "operations": operations})


def _rows(ids: dict[str, Any]) -> dict[str, Any]:
    rows = SimpleUploadedFile("rows.csv", b"yard,1,0.1,0.1,0.5,0.5,14,0\n")
    return {"data": {"file": rows}, "format": "multipart"}


def _checkpoint(ids: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"file": SimpleUploadedFile("walks.pt", b"weights")}, "format": "multipart"}


_SENT: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "POST projects": lambda ids: _json({"name": "Another"}),
    "PATCH projects/<int:project_id>": lambda ids: _json({"name": "Garden"}),
    "POST projects/<int:project_id>/labels": lambda ids: _json({"kind": "action", "name": "hop"}),
    "POST projects/<int:project_id>/members": lambda ids: _json(
        {"username": ids["username"], "role": "viewer"}
    ),
    "POST projects/<int:project_id>/replicas": lambda ids: _json(
        {"name": "Yard again", "video_ids": [str(ids["video_id"])]}
    ),
    "PATCH labels/<int:label_id>": lambda ids: _json({"name": "stroll"}),
    "GET jobs": lambda ids: {"data": {"project": ids["project_id"]}},
    "POST projects/<int:project_id>/hold-out": lambda ids: _json({"share": 0.2}),
    "PATCH videos/<uuid:video_id>": lambda ids: _json({"name": "other.mp4"}),
    "GET videos/<uuid:video_id>/revisions": lambda ids: {"data": {"after": 0}},
    "POST videos/<uuid:video_id>/commits": _commit,
    "POST uploads": _upload,
    "HEAD uploads/<uuid:upload_id>": lambda ids: _tus(),
    "PATCH uploads/<uuid:upload_id>": _piece,
    "DELETE uploads/<uuid:upload_id>": lambda ids: _tus(),
    "POST projects/<int:project_id>/exports": lambda ids: _json({}),
    "POST projects/<int:project_id>/exports/preview": lambda ids: _json({}),
    "POST projects/<int:project_id>/imports": _rows,
    "POST projects/<int:project_id>/propose": lambda ids: _json({"video_ids": [ids["video_id"]]}),
    "POST videos/<uuid:video_id>/track": lambda ids: _json({"frame": 0, "box": [1, 1, 9, 9]}),
    "POST projects/<int:project_id>/models/fetch": lambda ids: _json({"names": ["r3d_18"]}),
    "POST projects/<int:project_id>/models/files": _checkpoint,
    "PATCH projects/<int:project_id>/models/files/<uuid:file_id>": lambda ids: _json({}),
    "POST projects/<int:project_id>/queue/next": lambda ids: _json({}),
    "POST projects/<int:project_id>/evaluations": lambda ids: _json({"metric": "clips"}),
}
