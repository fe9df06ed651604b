"""Fetching, adding, removing and checking weights: for the command, and as jobs for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from labeling import api
from labeling.domain.errors import Conflict, InvalidInput, NotFound
from mlbackend.propose.host import host
from mlbackend.zoo import uploads
from mlbackend.zoo.fetch import FetchFailed, fetch
from mlbackend.zoo.folders import weights_folders
from mlbackend.zoo.manifest import WEIGHTS

KIND = "fetch"
FETCH, READ, ADD = "fetch", "read", "add"

Progress = Callable[[float, str], None]


def weights_folder() -> Path:
    """Where fetched and added files lie."""
    return weights_folders()[0]


def weights_fetch(name: str, progress: Progress) -> Path:
    """Download published weights by name, even where that failed a short while ago.

    Raises:
        NotFound: no weights are known by that name.
        InvalidInput: they could not be had; the message says what to do instead.
    """
    _known(name)
    try:
        return fetch(name, weights_folder(), progress, anew=True)
    except FetchFailed as failure:
        raise InvalidInput(str(failure), code="fetch_failed") from failure


def wish(said: Mapping[str, Any]) -> Any:
    """What a person said of a file, as `plan` takes it; what it does not know is left out."""
    from mlbackend.zoo.plan import Wish

    fields = Wish.__dataclass_fields__
    return Wish(**{name: said[name] for name in fields if said.get(name)})


def file_report(path: Path, wished: Any) -> dict[str, Any]:
    """Say what adding the file would do."""
    from mlbackend.zoo.plan import plan

    return plan(path, wished).report()


def file_add(path: Path, wished: Any) -> dict[str, Any]:
    """Add the file; returns its name and where it lies."""
    from mlbackend.zoo.add import add

    name, stored = add(path, weights_folder(), wished)
    return {"name": name, "path": str(stored)}


def file_remove(name: str) -> None:
    """Remove an added file."""
    from mlbackend.zoo.add import remove

    remove(name, weights_folder())


def models_check(
    names: Sequence[str], golden: Path | None, say: Progress | None = None
) -> list[dict[str, Any]]:
    """Verify files and nets; rows of name, check, ok and what was found.

    Raises:
        NotFound: there are no weights or nets of a name.
        InvalidInput: the folder of recorded results is not there.
    """
    from mlbackend.zoo.check import check_files, known_names
    from mlbackend.zoo.check_detectors import check_detectors
    from mlbackend.zoo.check_nets import check_nets

    if golden is not None and not golden.is_dir():
        raise InvalidInput(f"There is no folder {golden} of recorded results.")
    folders = weights_folders()
    unknown = set(names) - known_names(folders)
    if unknown:
        raise NotFound(
            f"There are no weights or nets called {', '.join(sorted(unknown))}. "
            f"There are: {', '.join(sorted(known_names(folders)))}."
        )
    rows = check_files(folders, names)
    rows += check_nets(names, golden, say)
    if golden is not None:
        rows += check_detectors(host(), names, golden)
    return [row.as_dict() for row in rows]


def fetch_start(*, project_id: int, names: Iterable[str], user_id: int | None) -> list[str]:
    """Queue the download of weights, one job each; what is being fetched keeps its job.

    Raises:
        NotFound: no weights are known by a name.
    """
    names = list(dict.fromkeys(names))
    for name in names:
        _known(name)
    under_way = {
        job.params.get("name"): job.id
        for job_id in api.active(project_id, KIND)
        for job in [api.job_value(job_id)]
        if job.params.get("do") == FETCH
    }
    return [
        under_way.get(name) or _job(project_id, user_id, {"do": FETCH, "name": name})
        for name in names
    ]


def read_start(
    *, project_id: int, file_id: str, said: Mapping[str, Any], user_id: int | None, confirm: bool
) -> str:
    """Queue the reading of a file that was sent, or with `confirm` the adding of it.

    Raises:
        NotFound: the file is not there any more.
        Conflict: it is being read or added right now.
    """
    uploads.upload_found(project_id, file_id)
    for job_id in api.active(project_id, KIND):
        if api.job_value(job_id).params.get("file_id") == file_id:
            raise Conflict("This file is being read right now; wait until that is done.")
    params = {"do": ADD if confirm else READ, "file_id": file_id, "said": dict(said)}
    return _job(project_id, user_id, params)


def job_run(job: api.JobValue, owner: str, tell: Progress) -> None:
    """Do what a claimed job asks for, and record what came of it.

    Raises:
        TubelabError: it could not be done; the message says what to do.
    """
    if job.params["do"] == FETCH:
        name = job.params["name"]
        path = weights_fetch(name, tell)
        api.job_done(job.id, owner, {"name": name, "note": f"{path.name} is here now"})
        return
    file_id = job.params["file_id"]
    path, labels = uploads.upload_found(job.project_id, file_id)
    said = job.params["said"]
    wished = replace(wish(said), labels=str(said.get("labels") or labels))
    tell(0.1, f"Reading {path.name}")
    if job.params["do"] == READ:
        report = file_report(path, wished)
        done = {"note": f"Read {path.name}", "file_name": path.name, "report": report}
    else:
        added = file_add(path, wished)
        done = {"note": f"Added as {added['name']}", "name": added["name"]}
    api.job_done(job.id, owner, {"do": job.params["do"], "file_id": file_id, **done})
    if job.params["do"] == ADD:
        # Last: a job that dies before is done again, with the file.
        uploads.upload_forget(job.project_id, file_id)


def _job(project_id: int, user_id: int | None, params: dict[str, Any]) -> str:
    job_id = api.job_create(project_id=project_id, kind=KIND, params=params, user_id=user_id)
    api.enqueue(job_id)
    return job_id


def _known(name: str) -> None:
    if name not in WEIGHTS:
        raise NotFound(f"No weights are known by the name '{name}'. Known: {', '.join(WEIGHTS)}.")
