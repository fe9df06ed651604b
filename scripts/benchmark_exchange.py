"""Memory and time that 1.6 million AVA rows take to import and export, beside the csv module.

    .venv/bin/python -m scripts.benchmark_exchange [--rows 1600000] [--postgresql]

Everything happens in a folder of its own that is removed afterwards; with --postgresql the
database is a server of this run. Memory is the most that the importing process ever held, above
what it held when it was ready to begin. Machines differ and are shared: read ratios.
"""

import argparse
import contextlib
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

VIDEOS, SECONDS = 299, 897
FPS, WIDTH, HEIGHT = 30, 1280, 720
PROJECT = "Benchmark"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_600_000)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--only", nargs="+", default=["dry_run", "merge", "again"])
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(STEPS[given.step](given.file)))
        return
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tubelab-benchmark-")))
        environment = {**os.environ, "TUBELAB_HOME": str(home / "home")}
        environment.pop("DATABASE_URL", None)
        if given.postgresql:
            from scripts.servers import postgresql

            environment["DATABASE_URL"] = stack.enter_context(postgresql())
        run(home / "ava.csv", given, environment)


def run(path: Path, given: argparse.Namespace, environment: dict[str, str]) -> None:
    made = write_rows(path, given.rows)
    database = "PostgreSQL" if given.postgresql else "SQLite"
    print(f"{database}: {made:,} rows, {path.stat().st_size / 1e6:.0f} MB, {VIDEOS} videos")
    read_s = min(timed(lambda: read_alone(path))[0] for _ in range(3))
    print(f"csv module alone: {read_s:.2f} s, the 1.0 of the ratios")
    step("prepare", path, environment)
    for name in given.only:
        found = step(name, path, environment)
        print(line(name, found, read_s, found["report"]), flush=True)
    found = step("export", path, environment)
    print(f"csv module alone writes the exported rows in {found['csv_s']:.2f} s")
    print(line("export", found, found["csv_s"], f"{found['report']}, {found['parts']}"))


def line(name: str, found: dict[str, Any], alone_s: float, more: Any) -> str:
    seconds, idle = found["seconds"], f"({found['idle_mb']:.0f} MB)"
    above = f"{found['above_idle_mb']:>6.0f} MB above idle {idle}"
    return f"{name:<10}{seconds:>7.0f} s{seconds / alone_s:>8.0f}×{above}  {more}"


def step(name: str, path: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Run a step in a process of its own, so that its peak is its own."""
    argv = [sys.executable, "-m", "scripts.benchmark_exchange", "--step", name, "--file", str(path)]
    done = subprocess.run(argv, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def write_rows(path: Path, rows: int) -> int:
    """A file as AVA's: people who stay for a while, one pose and up to three other actions each."""
    chance = random.Random(7)
    per_video = -(-rows // VIDEOS)
    left = rows
    with path.open("w", newline="", encoding="utf-8") as file:
        for video in range(VIDEOS):
            table = sorted(_video_rows(chance, min(per_video, left)))
            left -= len(table)
            name = _key(video)
            file.writelines(f"{name},{row}\n" for _, _, row in table)
    return rows - left


def _video_rows(chance: random.Random, wanted: int) -> Iterator[tuple[int, int, str]]:
    person = count = 0
    while count < wanted:
        start, seconds = 902 + chance.randrange(SECONDS), 1 + int(chance.expovariate(1 / 8))
        x, y = chance.uniform(0, 0.7), chance.uniform(0, 0.5)
        w, h = chance.uniform(0.1, 0.29), chance.uniform(0.3, 0.49)
        actions: list[int] = []
        for second in range(start, min(start + seconds, 902 + SECONDS)):
            x, y = (min(max(v + chance.gauss(0, 0.02), 0), top) for v, top in ((x, 0.7), (y, 0.5)))
            if not actions or chance.random() < 0.2:
                others = chance.sample((17, 59, 74, 79, 80), chance.randrange(4))
                actions = [chance.choice((11, 12, 14)), *others]
            for action in actions:
                if count < wanted:
                    box = f"{x:.3f},{y:.3f},{x + w:.3f},{y + h:.3f}"
                    yield second, person, f"{second:04d},{box},{action},{person}"
                    count += 1
        person += 1


def _key(video: int) -> str:
    return f"video-{video:05d}"


def read_alone(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and result."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def prepare(path: Path) -> dict[str, Any]:
    """A project with the videos, which have times but no files."""
    _start()
    import numpy as np
    from django.core.management import call_command

    from labeling.domain.timebase import Timebase
    from labeling.models import Label, Project, Video

    call_command("migrate", verbosity=0)
    project = Project.objects.create(name=PROJECT, slug="benchmark")
    Label.objects.create(project=project, kind="object", name="person")
    for action in (11, 12, 14, 17, 59, 74, 79, 80):
        Label.objects.create(project=project, kind="action", name=f"action {action}", ava_id=action)
    timebase = Timebase((1, FPS), np.arange(900 * FPS), 900 * FPS)
    for number in range(VIDEOS):
        video = Video(project=project, name=f"{_key(number)}.mp4", state="ready", start_s=900,
                      sha256=f"{number:064d}", width=WIDTH, height=HEIGHT)  # fmt: skip
        video.set_timebase(timebase)
        video.save()
    return {}


def importing(mode: str) -> Callable[[Path], dict[str, Any]]:
    def work(path: Path) -> dict[str, Any]:
        _start()
        from labeling.export.import_source import ImportFiles
        from labeling.export.imports import ImportOptions, Mode, labels_import
        from labeling.models import Project

        project = Project.objects.get(name=PROJECT)
        options = ImportOptions(mode=Mode(mode), format="ava")
        return measured(
            lambda: labels_import(
                project=project, files=ImportFiles(path, path.name), options=options
            )
        )

    return work


def exporting(path: Path) -> dict[str, Any]:
    """An archive of all that was imported, as a worker makes it."""
    _start()
    from labeling.export import services
    from labeling.models import Project

    export = services.export_create(
        project=Project.objects.get(name=PROJECT), format_name="ava", params={}, user_id=None
    )
    parts: dict[str, float] = {}

    def note(fraction: float, message: str, cursor: dict[str, Any]) -> None:
        parts[message] = time.perf_counter()

    started = time.perf_counter()
    found = measured(
        lambda: services.export_archive(export=export, report=note).manifest, ("rows", "boxes")
    )
    ends = {message: round(end - started, 1) for message, end in parts.items()}
    return found | {
        "csv_s": min(write_alone(path) for _ in range(3)),
        "parts": f"ended at s: {ends}",
    }


def write_alone(path: Path) -> float:
    """Seconds that the csv module takes to write these rows."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    with tempfile.TemporaryFile("w", newline="", encoding="utf-8") as file:
        return timed(lambda: csv.writer(file, lineterminator="\n").writerows(rows))[0]


def measured(
    work: Callable[[], dict[str, Any]], counted: tuple[str, ...] = ("tubes", "spans")
) -> dict[str, Any]:
    """Seconds, and the most memory held above what was held before, in MB."""
    idle_mb = peak_mb()
    seconds, report = timed(work)
    held = report.get("counts", report)
    counts = {noun: _present(held[noun]) for noun in counted}
    return {
        "seconds": seconds, "idle_mb": idle_mb, "above_idle_mb": peak_mb() - idle_mb,
        "report": counts,
    }  # fmt: skip


def _present(count: Any) -> Any:
    return {k: n for k, n in count.items() if n} if isinstance(count, dict) else count


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _start() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    import django

    django.setup()


STEPS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "prepare": prepare,
    "dry_run": importing("dry-run"),
    "merge": importing("merge"),
    "again": importing("merge"),
    "export": exporting,
}

if __name__ == "__main__":
    main()
