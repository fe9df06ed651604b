"""docker-compose.yml and the Dockerfile, checked as far as that goes without an engine."""

import importlib
import json
import os
import re
import shlex
import shutil
import subprocess

import pytest
import yaml
from celery import Celery
from django.core.management import get_commands

from annotator.celery import ROUTES
from tests.docs.documents import ROOT
from tests.docs.test_settings import read_by_the_program

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("build") == "."}
EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.M))
DOCKERFILE = (ROOT / "Dockerfile").read_text()
QUEUES = {route["queue"] for route in ROUTES.values()}


def commands() -> list[list[str]]:
    """Every command of ours, word by word, shells taken apart."""
    default = json.loads(re.search(r"^CMD (.+)$", DOCKERFILE, re.M)[1])
    found = []
    for service in OURS.values():
        words = service.get("command", default)
        text = words[2] if words[:2] == ["sh", "-c"] else shlex.join(words)
        found += [shlex.split(part.removeprefix("exec ")) for part in text.split(" && ")]
        check = service.get("healthcheck", {}).get("test", ["CMD"])
        found += [shlex.split(check[1])] if check[0] == "CMD-SHELL" else []
    return found


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def queues_of(service: str) -> set[str]:
    words = shlex.split(SERVICES[service]["command"][2])
    return set(option(words, "--queues").split(","))


def test_the_services_are_the_ones_stated():
    assert set(OURS) == {
        "prepare", "web", "worker-media", "worker-cpu", "worker-gpu", "beat",
    }  # fmt: skip
    assert set(SERVICES) - set(OURS) == {"postgres", "redis"}


def test_management_commands_exist():
    named = [words[2] for words in commands() if words[1:2] == ["manage.py"]]
    assert named == ["migrate", "bootstrap"]
    assert set(named) <= set(get_commands())


def test_applications_can_be_imported():
    named = {words[1] for words in commands() if words[0] == "gunicorn"}
    named |= {option(words, "-A") for words in commands() if words[0] == "celery"}
    assert named == {"annotator.wsgi:application", "annotator.celery:app"}
    for name in named:
        module, _, attribute = name.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        assert isinstance(found, Celery) or callable(found)


def test_programs_understand_their_options():
    for words in commands():
        if words[0] == "celery":
            _assert_parses([os.sys.executable, "-m", "celery", *words[1:4], "--help"], words[4:])
        elif words[0] == "gunicorn":
            _assert_parses([os.sys.executable, "-m", "gunicorn", "--help"], words[2:])


def _assert_parses(help_command: list[str], words: list[str]) -> None:
    text = subprocess.run(
        help_command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    for word in words:
        if word.startswith("--"):
            assert word in text, f"{' '.join(help_command)} does not know {word}"


def test_every_queue_has_a_worker_and_no_worker_waits_in_vain():
    workers = {name: queues_of(name) for name in OURS if name.startswith("worker-")}
    always = [queues for name, queues in workers.items() if "profiles" not in SERVICES[name]]
    assert set().union(*always) == QUEUES
    assert all(queues <= QUEUES for queues in workers.values())
    assert workers["worker-gpu"] == workers["worker-cpu"]


def test_a_worker_is_asked_under_the_name_it_has():
    for name, service in OURS.items():
        if name.startswith("worker-"):
            words = shlex.split(service["command"][2])
            assert option(words, "--hostname") == f"{service['environment']['WORKER']}@$$HOSTNAME"


def test_only_settings_that_exist_are_set():
    known = set(read_by_the_program()) | {"WORKER"}
    for service in OURS.values():
        assert set(service["environment"]) <= known


def test_what_compose_asks_for_is_in_the_example():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked == set(EXAMPLE)


def test_every_service_restarts_is_healthy_or_waits():
    for name, service in SERVICES.items():
        if name != "prepare":
            assert service["restart"] == "unless-stopped", name
        if name not in ("prepare", "beat"):
            assert "healthcheck" in service, name
    waits = SERVICES["web"]["depends_on"]
    assert waits["prepare"]["condition"] == "service_completed_successfully"


def test_volumes_are_declared():
    named = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
    }
    assert named == set(COMPOSE["volumes"])


def test_the_image_is_made_of_files_that_exist():
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M):
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists(), source
            assert f"!{source.split('/')[0]}" in ignored, source


def test_the_image_does_not_run_as_root():
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.M) == ["tubelab"]


def test_the_built_page_lands_where_the_settings_look():
    from django.conf import settings

    target = re.search(r"^COPY --from=frontend \S+ (\S+)$", DOCKERFILE, re.M)[1]
    assert settings.BASE_DIR / target.rstrip("/") == settings.FRONTEND_DIST
    assert 'outDir: "dist"' in (ROOT / "frontend/vite.config.ts").read_text()


def test_compose_itself_accepts_the_file():
    known = shutil.which("docker") and subprocess.run(
        ["docker", "compose", "version"], capture_output=True, check=False
    )
    if not known or known.returncode != 0:
        pytest.skip("needs docker with its compose command")
    environment = {**os.environ, **{name: value or "x" for name, value in EXAMPLE.items()}}
    done = subprocess.run(
        ["docker", "compose", "--profile", "gpu", "config", "--quiet"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
