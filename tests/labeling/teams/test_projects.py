import pytest

pytestmark = pytest.mark.django_db


def test_logging_in_and_out(client, owner, project):
    assert client.get("/api/session").json()["user"] is None
    wrong = client.post("/api/session", {"username": "olga", "password": "no"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "wrong_credentials")
    right = client.post("/api/session", {"username": "olga", "password": "a-long-password"})
    assert right.json()["user"] == {"id": owner.id, "username": "olga"}
    assert client.delete("/api/session").status_code == 204
    assert client.get("/api/projects").status_code == 403


def test_a_token_opens_the_api_to_scripts(client, owner, project):
    sent = {"username": "olga", "password": "a-long-password"}
    token = client.post("/api/token", sent).json()["token"]
    listed = client.get("/api/projects", headers={"Authorization": f"Token {token}"})
    assert [found["name"] for found in listed.json()] == ["Yard"]


def test_another_site_cannot_log_somebody_in(owner):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    sent = {"username": "olga", "password": "a-long-password"}
    assert client.post("/api/session", sent).json()["code"] == "csrf"
    token = client.get("/api/session").json()["csrf_token"]
    logged_in = client.post("/api/session", sent, headers={"X-CSRFToken": token})
    assert logged_in.json()["user"]["username"] == "olga"


def test_a_form_of_another_site_is_refused(owner, project):
    from rest_framework.test import APIClient

    client = APIClient(enforce_csrf_checks=True)
    client.login(username="olga", password="a-long-password")
    answer = client.post("/api/projects", {"name": "Forged"}, format="json")
    assert answer.status_code == 403


def test_a_new_project_has_a_person_label_and_its_maker_as_owner(as_user, owner):
    made = as_user(owner).post("/api/projects", {"name": "Street"}, format="json").json()
    assert (made["role"], made["slug"]) == ("owner", "street")
    assert [(label["kind"], label["name"]) for label in made["labels"]] == [("object", "person")]


def test_a_taken_name_is_said(as_user, owner, project):
    answer = as_user(owner).post("/api/projects", {"name": "Yard"}, format="json")
    assert answer.status_code == 409
    assert "Yard" in answer.json()["message"]


def test_people_see_their_own_projects(as_user, owner, teammate, stranger, project):
    names = [
        [found["name"] for found in as_user(user).get("/api/projects").json()]
        for user in (owner, teammate, stranger)
    ]
    assert names == [["Yard"], ["Yard"], []]


def test_an_annotator_may_not_change_labels(as_user, teammate, project):
    path = f"/api/projects/{project.id}/labels"
    sent = {"kind": "action", "name": "jump"}
    answer = as_user(teammate).post(path, sent, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "manager" in answer.json()["message"]


@pytest.mark.parametrize(
    ("sent", "status", "word"),
    [
        ({"kind": "action", "name": "walk"}, 409, "walk"),
        ({"kind": "action", "name": "stroll", "ava_id": 14}, 409, "walk"),
        ({"kind": "action", "name": "stroll", "color": "red"}, 400, "#rrggbb"),
        ({"kind": "mood", "name": "happy"}, 400, "kind"),
        ({"kind": "action", "name": "  "}, 400, "name"),
    ],
)
def test_a_label_that_does_not_fit_is_refused(as_user, owner, project, sent, status, word):
    answer = as_user(owner).post(f"/api/projects/{project.id}/labels", sent, format="json")
    assert answer.status_code == status
    assert word in answer.json()["message"]


def test_a_label_in_use_stays(as_user, owner, project, labels, video):
    from labeling import revisions

    tube = {"id": "00000000-0000-4000-8000-000000000001", "label_id": labels["person"]}
    tube["keyframes"] = [{"frame": 0, "box": [0, 0, 5, 5]}]
    revisions.commit(
        video_id=video.id, operations=[{"op": "tube_add", "tube": tube}], origin="hand"
    )
    client = as_user(owner)
    answer = client.delete(f"/api/labels/{labels['person']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert client.delete(f"/api/labels/{labels['wave']}").status_code == 204


def test_the_last_owner_stays(as_user, owner, project):
    client = as_user(owner)
    sent = {"username": "olga", "role": "viewer"}
    assert client.post(f"/api/projects/{project.id}/members", sent).status_code == 409
    assert client.delete(f"/api/projects/{project.id}/members/{owner.id}").status_code == 409


def test_a_manager_cannot_make_owners(as_user, teammate, stranger, project):
    project.memberships.filter(user=teammate).update(role="manager")
    path = f"/api/projects/{project.id}/members"
    client = as_user(teammate)
    assert client.post(path, {"username": "sven", "role": "owner"}).status_code == 403
    assert client.post(path, {"username": "sven", "role": "viewer"}).status_code == 200
    unknown = client.post(path, {"username": "nobody", "role": "viewer"})
    assert unknown.status_code == 404


def test_listing_projects_takes_the_same_queries_for_many(
    as_user, owner, project, django_assert_max_num_queries
):
    from labeling.teams import services

    for index in range(12):
        services.project_create(name=f"P{index}", owner=owner)
    client = as_user(owner)
    with django_assert_max_num_queries(9):
        assert len(client.get("/api/projects").json()) == 13


def test_starter_actions_have_their_numbers_in_ava(owner):
    from labeling.teams import services

    project = services.project_create(name="First", owner=owner)
    services.starter_actions_add(project=project)
    numbers = {label.name: label.ava_id for label in project.labels.filter(kind="action")}
    assert (numbers["walk"], numbers["stand"], len(numbers)) == (14, 12, 5)
