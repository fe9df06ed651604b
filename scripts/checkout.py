"""Where things are in this checkout."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
FRONTEND = ROOT / "frontend"
BUILT_PAGE = FRONTEND / "dist" / "index.html"
PYTHON = VENV / "bin" / "python"


def venv_environment(**extra: str) -> dict[str, str]:
    """This process' environment with `.venv` first on the path and Python's output unbuffered."""
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    environment.update(
        VIRTUAL_ENV=str(VENV),
        PATH=f"{VENV / 'bin'}{os.pathsep}{environment.get('PATH', '')}",
        PYTHONUNBUFFERED="1",
        **extra,
    )
    return environment
