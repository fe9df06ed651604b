"""A project with one small clip, made through the API before the page is opened."""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext

from tests.e2e.conftest import Program
from tests.labeling import clips

RATE, FRAMES = 10, 60


@dataclass
class Workplace:
    """What the logged-in person sees of the API, and their project."""

    context: BrowserContext
    project_id: int
    labels: dict[str, int]
    video: dict[str, Any]

    def get(self, path: str) -> Any:
        return _checked(self.context.request.get(f"/api/{path}"))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return _send(self.context, "POST", path, body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return _send(self.context, "PATCH", path, body)

    def annotations(self) -> dict[str, Any]:
        return self.get(f"videos/{self.video['id']}/annotations")

    def commit(self, operations: list[dict[str, Any]]) -> None:
        """As the editor does it: by hand, on top of what is there."""
        body = {
            "commit_id": str(uuid.uuid4()),
            "base_revision": self.annotations()["revision"],
            "operations": operations,
        }
        self.post(f"videos/{self.video['id']}/commits", body)


def workplace_make(
    program: Program, context: BrowserContext, folder: Path, name: str, labels: list[dict[str, Any]]
) -> Workplace:
    """A project with these labels and a clip `NAME.mp4` of 6 s at 10 fps, 128×64 px."""
    path = clips.clip(folder / f"{name.lower()}.mp4", range(FRAMES))
    project = _send(context, "POST", "projects", {"name": name})
    for label in labels:
        _send(context, "POST", f"projects/{project['id']}/labels", label)
    # In this test's own process, so that nothing is proposed on the clip.
    program.manage("ingest", name, str(path))
    made = Workplace(context, project["id"], {}, {})
    made.video = made.get(f"projects/{project['id']}/videos")[0]
    found = made.get(f"projects/{project['id']}")["labels"]
    made.labels = {label["name"]: label["id"] for label in found}
    return made


def _send(context: BrowserContext, method: str, path: str, body: dict[str, Any]) -> Any:
    token = next(c["value"] for c in context.cookies() if c["name"] == "csrftoken")
    headers = {"Content-Type": "application/json", "X-CSRFToken": token}
    return _checked(
        context.request.fetch(f"/api/{path}", method=method, headers=headers, data=json.dumps(body))
    )


def _checked(answer: Any) -> Any:
    assert answer.ok, answer.text()
    return answer.json()
