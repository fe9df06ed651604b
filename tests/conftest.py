"""Shared fixtures."""

from pathlib import Path

import hypothesis
import pytest

# No test asserts a time: on a busy machine any example may take long.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real clips and annotation files, where the machine has it."""
    if not SHARED.is_dir():
        pytest.skip("needs the real clips and annotation files of ../shared/data")
    return SHARED


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Three people per test would spend more time on hashing than on what is tested."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def owner(django_user_model):
    return django_user_model.objects.create_user("olga", password="a-long-password")


@pytest.fixture
def teammate(django_user_model):
    return django_user_model.objects.create_user("tariq", password="a-long-password")


@pytest.fixture
def stranger(django_user_model):
    return django_user_model.objects.create_user("sven", password="a-long-password")


@pytest.fixture
def project(owner, teammate):
    """A project owned by `owner`, with `teammate` as annotator and three action labels."""
    from labeling.teams import services

    project = services.project_create(name="Yard", owner=owner)
    for name, ava_id in (("walk", 14), ("run", 10), ("wave", 69)):
        services.label_create(project=project, kind="action", name=name, ava_id=ava_id)
    services.label_create(project=project, kind="segment", name="crowded")
    services.member_set(project=project, username=teammate.username, role="annotator")
    return project


@pytest.fixture
def labels(project):
    """Label ids of the project by name."""
    return {label.name: label.id for label in project.labels.all()}


@pytest.fixture
def video(project):
    """A video row of 100 frames at 10 fps, 640×360, without a file."""
    import numpy as np

    from labeling.domain.timebase import Timebase
    from labeling.models import Video

    video = Video(
        project=project, name="yard.mp4", state="ready", sha256="0" * 64, width=640, height=360
    )
    video.set_timebase(Timebase((1, 10), np.arange(100), 100))
    video.save()
    return video


@pytest.fixture
def as_user():
    """`as_user(user)` gives an API client logged in as this user."""
    from rest_framework.test import APIClient

    def log_in(user) -> APIClient:
        client = APIClient()
        client.force_login(user)
        return client

    return log_in
