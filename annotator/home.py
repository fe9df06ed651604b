"""The folders under TUBELAB_HOME, and the secret key that is made there once."""

import os
import secrets
from pathlib import Path

FOLDERS = (
    "media",
    "uploads",
    "imports",
    "exports",
    "evaluations",
    "snapshots",
    "features",
    "weights",
    "models",
    "broker",
    "log",
    "static",
)


def make_folders(home: Path) -> dict[str, Path]:
    """Make every folder of FOLDERS under `home`; returns them by name."""
    folders = {name: home / name for name in FOLDERS}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return folders


def secret_key(home: Path) -> str:
    """Read the secret key, or make it; readable by the owner alone.

    Two processes may start at once: the first link to the final name wins, both read it.
    """
    path = home / "secret_key"
    if not path.exists():
        draft = home / f".secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
