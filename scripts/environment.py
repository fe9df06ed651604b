"""The virtual environment and the pinned Python dependencies in it."""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from scripts import debian, stamps
from scripts.checkout import PYTHON, ROOT, VENV
from scripts.commands import run_logged
from scripts.console import StepFailed, step

LOGS = VENV / "log"
CONSTRAINTS = ROOT / "constraints.txt"
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
_NEEDED_GB = 8

# Each line is a trap that was met: a CPU build of torch that torchvision does not fit, an OpenCV
# without the detector, a modAL that does not import beside this scikit-learn.
_PROBE = """
import torch, torchvision, cv2, av, django, celery
from torchvision.ops import nms
nms(torch.tensor([[0., 0., 1., 1.]]), torch.tensor([1.]), 0.5)
cv2.HOGDescriptor()
"""


def pins(*extras: str) -> list[str]:
    """The exact requirements in pyproject.toml, with those of the named extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return wanted


def ensure(*extras: str) -> None:
    """Make `.venv` if it is missing or broken, and install what is pinned.

    Raises:
        StepFailed: with what to do about it.
    """
    _ensure_venv()
    name = "-".join(("dependencies", *extras))
    if stamps.is_done(name, _fingerprint(*extras)):
        return
    _ensure_space()
    step(f"Installing Python packages{' for ' + ', '.join(extras) if extras else ''}")
    stamps.forget(name)
    LOGS.mkdir(parents=True, exist_ok=True)
    requirements = LOGS / f"{name}.txt"
    requirements.write_text("\n".join(pins(*extras)) + "\n")
    pip_install(
        name,
        ["--requirement", str(requirements), "--constraint", str(CONSTRAINTS)],
        hint="Check the network connection and the space on the disk, then run it again:\n"
        "what has been installed is kept.",
    )
    _probe()
    stamps.mark_done("dependencies", _fingerprint())
    stamps.mark_done(name, _fingerprint(*extras))


def pip_install(name: str, arguments: list[str], hint: str) -> None:
    """`pip install` into `.venv`, with progress and a log of that name.

    Raises:
        StepFailed: with `hint`.
    """
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    run_logged("pip install", [*pip, *arguments], log=LOGS / f"{name}.log", hint=hint)


def _fingerprint(*extras: str) -> str:
    return stamps.fingerprint([*pins(*extras), CONSTRAINTS, VERSION])


def _ensure_venv() -> None:
    wanted = stamps.fingerprint([str(VENV), VERSION])
    if stamps.is_done("venv", wanted) and PYTHON.exists():
        return
    if not _works():
        step(f"Making the virtual environment {VENV.name}/")
        shutil.rmtree(VENV, ignore_errors=True)
        _make_venv()
    stamps.mark_done("venv", wanted)


def _works() -> bool:
    """True where `.venv` holds a Python of this version, made at this place, with pip."""
    question = "import sys, pip; print(sys.prefix, *sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [PYTHON, "-c", question], capture_output=True, text=True, timeout=60, check=False
        )
    except OSError:
        return False
    return answer.stdout.strip() == f"{VENV} {sys.version_info[0]} {sys.version_info[1]}"


def _make_venv() -> None:
    if not _has_ensurepip():
        # Debian keeps it in a package of its own.
        debian.install([f"python{VERSION}-venv"], why="Python's venv module is not complete")
    if _has_ensurepip():
        command = [sys.executable, "-m", "venv", str(VENV)]
    elif shutil.which("virtualenv"):
        command = ["virtualenv", "--python", sys.executable, str(VENV)]
    else:
        raise StepFailed(
            "Python's venv module cannot make an environment: ensurepip is missing",
            f"On Debian or Ubuntu: apt-get install python{VERSION}-venv\nThen run it again.",
        )
    # The log cannot lie in the folder that is only being made.
    with tempfile.TemporaryDirectory() as folder:
        run_logged("venv", command, log=Path(folder) / "venv.log", hint="See the lines above.")


def _has_ensurepip() -> bool:
    """Asked in a process of its own, for this one may have started before it was installed."""
    question = [sys.executable, "-c", "import ensurepip, venv; ensurepip.version()"]
    return subprocess.run(question, capture_output=True, check=False).returncode == 0


def _ensure_space() -> None:
    free_gb = shutil.disk_usage(ROOT).free / 1e9
    installed = any((VENV / "lib").glob("python*/site-packages/torch/__init__.py"))
    if free_gb < _NEEDED_GB and not installed:
        raise StepFailed(
            f"Only {free_gb:.1f} GB are free where this checkout lies; PyTorch needs {_NEEDED_GB}",
            "Free some space, or clone to a larger disk, then run it again.",
        )


def _probe() -> None:
    answer = subprocess.run([PYTHON, "-c", _PROBE], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise StepFailed(
            f"The installed packages do not work together: {answer.stderr.strip()[-400:]}",
            "Another build of torch or OpenCV stands in the way. Remove .venv and run it again;\n"
            "if it comes back, look for find-links or extra indexes in pip's configuration.",
        )
