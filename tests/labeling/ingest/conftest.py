from pathlib import Path

import pytest

from tests.labeling import clips


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A clip of 30 frames at 10 frames/s."""
    return clips.clip(tmp_path / "made.mp4")


@pytest.fixture
def home(tmp_path: Path, settings) -> Path:
    """A home of its own, so that a test can say what is left in it."""
    folders = {name: tmp_path / "home" / name for name in ("media", "uploads", "exports")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    settings.HOME_DIRS = {**settings.HOME_DIRS, **folders}
    return tmp_path / "home"
