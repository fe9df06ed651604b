import pytest
from django.test import RequestFactory

from labeling.ingest.ranges import Unsatisfiable, file_response, parse_range


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=0-99", (0, 99)),
        ("bytes=10-", (10, 99)),
        ("bytes=-1", (99, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes=90-500", (90, 99)),
        ("bytes= 1 - 2 ", (1, 2)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("bytes=0-1,4-5", None),
        ("frames=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_ranges_are_read_as_the_standard_says(header, part):
    assert parse_range(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_met(header):
    with pytest.raises(Unsatisfiable):
        parse_range(header, 100)


@pytest.fixture
def answer(tmp_path):
    (tmp_path / "file").write_bytes(bytes(range(100)))

    def ask(method="get", **headers):
        request = getattr(RequestFactory(), method)("/", headers=headers)
        return file_response(request, tmp_path / "file", "video/mp4", "tag")

    return ask


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_part_is_answered_as_a_part(answer):
    found = answer(Range="bytes=-10")
    assert (found.status_code, body(found)) == (206, bytes(range(90, 100)))
    assert found["Content-Range"] == "bytes 90-99/100"
    assert found["Content-Length"] == "10"


def test_the_whole_says_that_parts_can_be_had(answer):
    found = answer()
    assert (found.status_code, len(body(found)), found["Accept-Ranges"]) == (200, 100, "bytes")
    assert "immutable" in found["Cache-Control"]


def test_a_part_that_is_not_there(answer):
    found = answer(Range="bytes=100-")
    assert (found.status_code, found["Content-Range"]) == (416, "bytes */100")


@pytest.mark.parametrize(("tag", "status"), [('"tag"', 206), ('"other"', 200), ("tag", 200)])
def test_if_range(answer, tag, status):
    assert answer(Range="bytes=0-4", **{"If-Range": tag}).status_code == status


@pytest.mark.parametrize("tag", ['"tag"', 'W/"tag"', '"a", "tag"', "*"])
def test_what_the_client_has_is_not_sent_again(answer, tag):
    found = answer(**{"If-None-Match": tag})
    assert (found.status_code, found.content) == (304, b"")


def test_head_has_the_headers_alone(answer):
    found = answer("head", Range="bytes=0-4")
    assert (found.status_code, found["Content-Length"], found.content) == (206, "5", b"")
