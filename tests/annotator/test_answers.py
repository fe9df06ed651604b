import pytest

pytestmark = pytest.mark.django_db


def test_an_unknown_address_of_the_api_has_the_error_body(client):
    answer = client.get("/api/no/such/thing")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "detail"}


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
