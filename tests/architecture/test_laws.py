"""The import laws, and the sizes that keep the code habitable."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("annotator", "labeling", "mlbackend")


def test_imports_go_one_way():
    lint = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_the_web_server_starts_without_what_only_workers_need():
    """Each of them costs seconds at the start and hundreds of megabytes for every web process."""
    heavy = {"torch", "torchvision", "cv2", "sklearn", "onnxruntime", "modAL", "skorch"}
    script = (
        "import sys, django; django.setup(); import annotator.urls, annotator.pipeline; "
        f"print(*sorted({heavy} & set(sys.modules)))"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "annotator.settings"}
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.split() == []


def test_no_file_is_over_500_lines():
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    files += (ROOT / "frontend" / "src").rglob("*.ts*")
    hand_written = [path for path in files if not path.name.endswith(".d.ts")]
    long = {str(p.relative_to(ROOT)): n for p in hand_written if (n := lines(p)) > 500}
    assert long == {}


def test_no_module_has_a_name_that_says_nothing():
    names = {"utils", "helpers", "misc", "common", "manager", "managers"}
    found = [str(p) for package in PACKAGES for p in (ROOT / package).rglob("*") if p.stem in names]
    assert found == []


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())
