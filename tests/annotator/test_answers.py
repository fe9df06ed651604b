import pytest
from django.core.cache import cache
from django.test import Client

from labeling.teams.views import LoginThrottle

pytestmark = pytest.mark.django_db


def test_an_unknown_address_of_the_api_has_the_error_body(client):
    answer = client.get("/api/no/such/thing")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "detail"}


def test_what_is_sent_to_an_unknown_address_is_told_so_too():
    answer = Client(enforce_csrf_checks=True).post("/api/no/such/thing", "{}", "application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_malformed_body_has_the_error_body(as_user, owner):
    answer = as_user(owner).post("/api/projects", "{", content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "parse_error"


def test_a_validation_error_names_the_field(as_user, owner):
    answer = as_user(owner).post("/api/projects", {}, format="json")
    assert answer.json()["code"] == "invalid_input"
    assert answer.json()["message"].startswith("name:")


def test_health_answers_without_login(client):
    assert client.get("/api/health").json() == {"status": "ok"}


def test_every_answer_limits_what_a_page_may_load(client):
    answer = client.get("/api/health")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.fixture
def three_attempts(monkeypatch):
    cache.clear()
    monkeypatch.setattr(LoginThrottle, "get_rate", lambda self: "3/min")
    yield
    cache.clear()


@pytest.mark.parametrize("address", ["/api/session", "/api/token", "/admin/login/"])
def test_attempts_to_log_in_are_counted_whatever_the_client_says_it_is(
    address, client, owner, three_attempts
):
    guess = {"username": owner.username, "password": "a guess"}
    attempts = [
        client.post(address, guess, headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(4)
    ]
    assert 429 not in attempts[:3]
    assert attempts[3] == 429


def test_a_body_that_is_too_large_is_not_read(as_user, owner, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = as_user(owner).post("/api/projects", {"name": "x" * 200}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_setting_of_the_wrong_kind_hides_no_detector(as_user, owner, project):
    client = as_user(owner)
    path = f"/api/projects/{project.id}"
    assert (
        client.patch(path, {"settings": {"detector": {"a": 1}}}, format="json").status_code == 200
    )
    assert any(detector["default"] for detector in client.get(f"{path}/detectors").json())


def test_numbers_beyond_the_database_name_nothing(as_user, owner, project):
    big = 10**40
    client = as_user(owner)
    assert client.delete(f"/api/projects/{project.id}/members/{big}").status_code == 404
    assert client.get(f"/api/projects/{big}").status_code == 404
