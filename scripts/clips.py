"""Video files named on the command line."""

import glob
import shlex
from pathlib import Path


def find(text: str) -> tuple[list[Path], list[str]]:
    """The files that CLIP names, in order, and a message for each name that names none.

    Args:
        text: names as a shell reads them (quotes, `*`, `~`), or one name with bare spaces.
    """
    if not text.strip():
        return [], []
    if Path(text).expanduser().is_file():
        return [Path(text).expanduser().resolve()], []
    try:
        names = shlex.split(text)
    except ValueError as error:
        return [], [f"{text!r} cannot be read ({error}); check its quotes"]
    found: list[Path] = []
    missing: list[str] = []
    for name in names:
        files = _files(name)
        found += [file for file in files if file not in found]
        if not files:
            missing.append(f"there is no file {name!r}; it is left out")
    return found, missing


def _files(name: str) -> list[Path]:
    path = Path(name).expanduser()
    matches = [path] if path.exists() else [Path(match) for match in sorted(glob.glob(str(path)))]
    return [match.resolve() for match in matches if match.is_file()]
