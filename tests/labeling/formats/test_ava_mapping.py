"""From annotations to rows and back."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.formats.ava import AvaRow, write_rows
from labeling.formats.ava_export import action_ids, stem, video_keys, video_rows, written
from labeling.formats.ava_grid import Grid
from labeling.formats.ava_import import UNTRUSTED, file_video
from labeling.formats.choice import Choice, Which
from labeling.formats.dataset import Coordinates, FileVideo, Unit
from labeling.formats.onto_sampled import step_s
from labeling.formats.onto_video import Clip, PlanOptions, plan

SIZE = (200, 100)
TIMEBASE = Timebase((1, 10), np.arange(100), 100)
GRID = Grid(TIMEBASE, Fraction(900))
IDS = {1: 12, 2: 80}


def tube(keyframes, number=1, state="manual", score=None, tube_id="t"):
    return {
        "id": tube_id, "number": number, "label_id": 9, "state": state, "score": score,
        "run_id": None, "proposed": None, "revision": 1,
        "keyframes": [
            {"frame": f, "box": list(box), "outside": outside, "occluded": False}
            for f, box, outside in keyframes
        ],
    }  # fmt: skip


def span(label_id, start, end, state="manual", score=None, tube_id="t"):
    return {
        "id": f"s{label_id}-{start}", "tube_id": tube_id, "label_id": label_id,
        "start_frame": start, "end_frame": end, "state": state, "score": score, "run_id": None,
        "proposed": None, "revision": 1,
    }  # fmt: skip


def made(tubes, spans, which=Which.REVIEWED, coverage=(), grid=GRID, decimals=3):
    video = {
        "id": "v", "width": SIZE[0], "height": SIZE[1], "frame_count": 100, "tubes": tubes,
        "spans": spans, "coverage": list(coverage),
    }  # fmt: skip
    return video_rows(video, "yard", list(grid.timestamps()), IDS, Choice(which), decimals)


def text(rows):
    return "".join(write_rows(rows))


BOX = (20.0, 10.0, 60.0, 50.0)


def test_each_action_has_its_row_where_it_happens():
    still = tube([(0, BOX, False), (40, (40, 10, 80, 50), False)])
    found = made([still], [span(1, 0, 31), span(2, 10, 21)])
    assert text(found.rows) == (
        "yard,0900,0.100,0.100,0.300,0.500,12,1\n"
        "yard,0901,0.125,0.100,0.325,0.500,12,1\n"
        "yard,0901,0.125,0.100,0.325,0.500,80,1\n"
        "yard,0902,0.150,0.100,0.350,0.500,12,1\n"
        "yard,0902,0.150,0.100,0.350,0.500,80,1\n"
        "yard,0903,0.175,0.100,0.375,0.500,12,1\n"
    )
    assert found.counts["boxes_without_action"] == 1


def test_nothing_is_written_while_the_actor_is_outside():
    gone = tube([(0, BOX, False), (15, BOX, True), (30, BOX, False), (45, BOX, False)])
    found = made([gone], [span(1, 0, 46)])
    assert [int(row.timestamp) for row in found.rows] == [900, 901, 903, 904]


def test_boxes_are_clipped_and_never_lose_their_area():
    tubes = [
        tube([(0, (-20, -10, 100, 50), False)], 1, tube_id="a"),
        tube([(0, (300, 10, 400, 20), False)], 2, tube_id="b"),
        tube([(0, (199.99, 10, 240, 10.01), False)], 3, tube_id="c"),
    ]
    found = made(tubes, [span(1, 0, 1, tube_id=t) for t in "abc"])
    assert text(found.rows) == (
        "yard,0900,0.000,0.000,0.500,0.500,12,1\nyard,0900,0.999,0.100,1.000,0.101,12,3\n"
    )
    assert found.counts["boxes_outside_picture"] == 1


@given(st.tuples(*[st.integers(0, 10**6)] * 4), st.integers(3, 6))
def test_a_written_box_has_an_area_inside_the_picture(corners, decimals):
    a, b, c, d = (value / 10**6 for value in corners)
    x1, y1, x2, y2 = written((min(a, b), min(c, d), max(a, b), max(c, d)), decimals)
    values = [f"{value:.{decimals}f}" for value in (x1, y1, x2, y2)]
    assert values[0] < values[2] and values[1] < values[3]
    assert all(0 <= float(value) <= 1 for value in values)


@pytest.mark.parametrize(
    ("which", "rows"),
    [
        (Which.REVIEWED, [(12, 1)]),
        (Which.PROPOSED, [(80, 1), (12, 2)]),
        (Which.ALL, [(12, 1), (80, 1), (12, 2)]),
    ],
)
def test_whose_word_is_asked_for(which, rows):
    tubes = [
        tube([(0, BOX, False)], 1, "accepted", tube_id="a"),
        tube([(0, BOX, False)], 2, "proposed", 0.75, tube_id="b"),
        tube([(0, BOX, False)], 3, "rejected", tube_id="c"),
    ]
    spans = [
        span(1, 0, 1, "corrected", tube_id="a"),
        span(2, 0, 1, "proposed", 0.25, tube_id="a"),
        span(1, 0, 1, "proposed", tube_id="b"),
        span(2, 0, 1, "rejected", tube_id="b"),
        span(1, 0, 1, "manual", tube_id="c"),
    ]
    found = made(tubes, spans, which)
    assert [(row.action_id, row.person_id) for row in found.rows] == rows
    assert text(found.proposals) == (
        "yard,0900,0.100,0.100,0.300,0.500,12,0.750000\n"
        "yard,0900,0.100,0.100,0.300,0.500,80,0.250000\n"
    )
    assert text(found.boxes) == "yard,0900,0.100,0.100,0.300,0.500,,0.750000\n"


def test_what_nobody_reviewed_is_excluded():
    whole = {"tube_id": None, "start_frame": 10, "end_frame": 31}
    on_tube = {"tube_id": "t", "start_frame": 40, "end_frame": 99}
    found = made([], [], coverage=[whole, on_tube])
    excluded = [int(row.timestamp) for row in found.excluded]
    assert excluded == [900, 904, 905, 906, 907, 908, 909]
    assert made([], [], Which.ALL).excluded == []


def test_where_a_proposal_is_undecided_is_excluded_though_the_rest_was_reviewed():
    whole = {"tube_id": None, "start_frame": 0, "end_frame": 100, "label_ids": [1]}
    tubes = [
        tube([(0, BOX, False), (99, BOX, False)], 1, "accepted", tube_id="a"),
        tube([(20, BOX, False), (40, BOX, False)], 2, "proposed", tube_id="b"),
        tube([(0, BOX, False), (99, BOX, False)], 3, "rejected", tube_id="c"),
    ]
    spans = [span(1, 70, 81, "proposed", tube_id="a"), span(2, 0, 99, "proposed", tube_id="c")]
    found = made(tubes, spans, coverage=[whole])
    assert [int(row.timestamp) for row in found.excluded] == [902, 903, 904, 907, 908]


def test_actions_without_a_number_get_the_smallest_free_one():
    labels = [
        {"id": i, "kind": kind, "ava_id": ava_id}
        for i, kind, ava_id in [
            (4, "action", None),
            (2, "action", None),
            (3, "action", 1),
            (1, "object", None),
        ]  # fmt: skip
    ]
    assert action_ids(labels) == {3: 1, 2: 2, 4: 3}
    later = [*labels, {"id": 9, "kind": "action", "ava_id": None}]
    assert action_ids(later) == {3: 1, 2: 2, 4: 3, 9: 4}


def test_a_video_is_called_by_its_external_id_or_stem():
    videos = [
        {"id": "a", "name": "yard.east.mp4", "external_id": ""},
        {"id": "b", "name": "x.mkv", "external_id": "-FLn0aeA6EU"},
    ]
    assert video_keys(videos) == {"a": "yard.east", "b": "-FLn0aeA6EU"}
    with pytest.raises(InvalidInput, match="both be called 'x'"):
        video_keys([videos[1] | {"external_id": ""}, {"id": "c", "name": "x.mp4",
                                                      "external_id": ""}])  # fmt: skip
    assert stem(".hidden") == ".hidden"


def plan_video(rows, grid, size, *, period=Fraction(1), max_gap_s=None, in_pixels=False):
    """What rows become on a video, and what is wrong with them; actions are called by number."""
    coordinates = Coordinates.PIXELS if in_pixels else Coordinates.FRACTIONS
    video, bad, _ = file_video(
        "yard", rows, names={n: str(n) for n in range(100)}, step=period, coordinates=coordinates
    )
    made = plan(video, Clip(grid.timebase, *size, grid.start_s), PlanOptions(max_gap_s=max_gap_s))
    return made.tubes, [*bad, *made.bad]


def rows_of(*entries):
    """(timestamp, action, person) with a box that tells them apart."""
    return [
        AvaRow("yard", Decimal(t), (0.1, 0.1, 0.3, 0.5 + p / 100), a, p, row=i + 1)
        for i, (t, a, p) in enumerate(entries)
    ]


def test_a_person_becomes_a_tube_with_spans_of_consecutive_rows():
    rows = rows_of((901, 12, 4), (902, 12, 4), (902, 80, 4), (903, 12, 4))
    (planned,), bad = plan_video(rows, GRID, SIZE)
    assert bad == []
    assert (planned.number, planned.extent) == (4, (10, 31))
    assert [keyframe.frame for keyframe in planned.keyframes] == [10, 20, 30]
    assert planned.spans == {"12": [(10, 31)], "80": [(15, 25)]}


def test_a_span_never_reaches_a_row_without_its_action():
    rows = rows_of((901, 12, 4), (902, 80, 4), (903, 12, 4))
    (planned,), _ = plan_video(rows, GRID, SIZE, period=Fraction(4))
    assert planned.spans == {"12": [(10, 20), (21, 31)], "80": [(11, 30)]}


def test_a_gap_puts_the_person_outside():
    rows = rows_of((901, 12, 4), (904, 12, 4), (905, 12, 4))
    (planned,), _ = plan_video(rows, GRID, SIZE)
    assert [(k.frame, k.outside) for k in planned.keyframes] == [
        (10, False), (11, True), (40, False), (50, False),
    ]  # fmt: skip
    assert planned.spans == {"12": [(10, 11), (40, 51)]}
    (bridged,), _ = plan_video(rows, GRID, SIZE, max_gap_s=Fraction(3))
    assert [k.frame for k in bridged.keyframes] == [10, 40, 50]


def test_without_person_ids_every_box_is_a_tube():
    rows = [AvaRow("yard", Decimal(901), (0.1, 0.1, 0.2, 0.2), a) for a in (12, 80)]
    rows.append(AvaRow("yard", Decimal(902), (0.1, 0.1, 0.2, 0.2), 12))
    planned, bad = plan_video(rows, GRID, SIZE)
    assert bad == []
    assert [(p.number, p.extent, sorted(p.spans)) for p in planned] == [
        (None, (10, 11), ["12", "80"]), (None, (20, 21), ["12"]),
    ]  # fmt: skip


def test_rows_outside_the_video_are_named():
    planned, bad = plan_video(rows_of((899, 12, 1), (910, 12, 1)), GRID, SIZE)
    assert planned == []
    assert [entry.row for entry in bad] == [1, 2]
    assert "begins at 900 s and lasts 10.00 s" in bad[0].reason
    assert "start second" in bad[0].reason


def test_two_boxes_of_one_person_at_once_are_named():
    rows = [
        AvaRow("yard", Decimal(901), (0.1, 0.1, 0.2, 0.2), 12, 1, row=1),
        AvaRow("yard", Decimal(901), (0.5, 0.1, 0.9, 0.2), 12, 1, row=2),
    ]
    _, (bad,) = plan_video(rows, GRID, SIZE)
    assert bad.row == 2 and "than in row 1" in bad.reason


def test_two_timestamps_on_one_frame_are_named():
    slow = Grid(Timebase((1, 1), [0, 5, 10], 15), Fraction(0))
    rows = [AvaRow("yard", Decimal(t), (0.1, 0.1, 0.2, 0.2), 12, 1, row=t) for t in (4, 5)]
    _, (bad,) = plan_video(rows, slow, SIZE)
    assert "fall on the same frame 1" in bad.reason


def test_pixels_are_divided_by_the_picture():
    rows = [AvaRow("yard", Decimal(901), (20.0, 10.0, 60.0, 50.0), 12, 1)]
    (planned,), _ = plan_video(rows, GRID, SIZE, in_pixels=True)
    assert planned.keyframes[0].box.as_list() == pytest.approx(list(BOX))


@pytest.mark.parametrize(
    ("stamps", "period"),
    [
        (["902", "906"], Fraction(1)),
        (["0.0", "0.5", "1.5"], Fraction(1, 2)),
        (["17.000000", "22.016949"], Fraction(1)),
        ([], Fraction(1)),
    ],
)
def test_the_rhythm_of_a_file(stamps, period):
    assert step_s(map(Fraction, stamps)) == period


@pytest.mark.parametrize(
    ("stamps", "excluded", "ranges"),
    [
        # A second without a row is reviewed and empty.
        ([901, 902, 904], [], [(5, 45)]),
        ([901, 904, 905], [902], [(5, 15), (25, 55)]),
        # A file of every other second says nothing of those between.
        ([901, 903, 905], [], [(5, 15), (25, 35), (45, 55)]),
        ([900], [], [(0, 5)]),
        ([909], [], [(85, 95)]),
        ([5], [], []),
    ],
)
def test_what_a_file_speaks_about(stamps, excluded, ranges):
    known = frozenset(map(Fraction, stamps))
    video = FileVideo("yard", Unit.SECOND, Coordinates.FRACTIONS, sampled=Fraction(1))
    options = PlanOptions(known=known, excluded=frozenset(map(Fraction, excluded)))
    found = plan(video, Clip(TIMEBASE, *SIZE, GRID.start_s), options).coverage
    assert found == ranges


corner = st.floats(-30, 230, allow_nan=False)


@st.composite
def annotated(draw):
    """Tubes with gaps, any boxes and any spans, on a video with uneven times."""
    steps = draw(st.lists(st.integers(1, 12), min_size=5, max_size=80))
    ticks = np.cumsum([0, *steps])
    timebase = Timebase((1, 25), ticks, int(ticks[-1]) + 1)
    last = timebase.frame_count - 1
    tubes, spans = [], []
    for number in range(draw(st.integers(1, 4))):
        frames = sorted(draw(st.sets(st.integers(0, last), min_size=1, max_size=5)))
        keyframes = []
        for frame in frames:
            x, y = draw(corner), draw(corner)
            w, h = draw(st.floats(0.01, 90)), draw(st.floats(0.01, 90))
            keyframes.append((frame, (x, y, x + w, y + h), draw(st.booleans())))
        tubes.append(tube(keyframes, number, tube_id=str(number)))
        for _ in range(draw(st.integers(0, 3))):
            start = draw(st.integers(frames[0], frames[-1]))
            end = draw(st.integers(start + 1, frames[-1] + 1))
            spans.append(span(draw(st.sampled_from([1, 2])), start, end, tube_id=str(number)))
    return timebase, tubes, spans


@settings(max_examples=150, deadline=None)
@given(annotated(), st.sampled_from(["1", "2", "5"]), st.sampled_from(["0", "900", "12.25"]))
def test_what_an_import_makes_of_rows_gives_the_same_rows(video, rate, start):
    timebase, tubes, spans = video
    grid = Grid(timebase, Fraction(start), Fraction(rate))
    rows = made(tubes, spans, grid=grid).rows
    planned, bad = plan_video(rows, grid, SIZE, period=1 / grid.rate_hz)
    same_frame = [entry for entry in bad if "same frame" in entry.reason]
    assert bad == same_frame
    if bad or crowded(grid):
        return
    again_tubes, again_spans = [], []
    label_of = {ava_id: label_id for label_id, ava_id in IDS.items()}
    for found in planned:
        keyframes = [(k.frame, k.box.as_list(), k.outside) for k in found.keyframes]
        again_tubes.append(tube(keyframes, found.number, tube_id=str(found.number)))
        for action_id, ranges in found.spans.items():
            for begin, end in ranges:
                label_id = label_of[int(action_id)]
                again_spans.append(span(label_id, begin, end, tube_id=str(found.number)))
    assert text(made(again_tubes, again_spans, grid=grid).rows) == text(rows)


def crowded(grid):
    """Two timestamps on one frame: a video slower than the rate cannot hold both."""
    frames = [frame for _, frame in grid.timestamps()]
    return len(frames) != len(set(frames))


def boxes_of(*entries, person=1):
    """(timestamp, x) of boxes that all bear one person id."""
    return [
        AvaRow("yard", Decimal(t), (x, 0.1, x + 0.1, 0.5), 12, person, row=row)
        for row, (t, x) in enumerate(entries, 1)
    ]


@pytest.mark.parametrize(
    ("rows", "trusted"),
    [
        (boxes_of(*((t, x) for t in range(901, 905) for x in (0.1, 0.5))), False),
        (boxes_of(*((901 + t, 0.1 + 0.01 * t) for t in range(9))), True),
        (boxes_of(*((900 + t, 0.1 + 0.3 * (t % 3)) for t in range(10))), False),
        # Seldom enough to be slips: named one by one.
        (boxes_of((901, 0.1), (902, 0.1), (902, 0.5)), True),
    ],
)
def test_an_id_that_is_no_person_is_not_trusted(rows, trusted):
    video, bad, notes = file_video("yard", rows, names={12: "walk"})
    assert (UNTRUSTED in notes) is not trusted
    assert {tube.number for tube in video.tubes} == ({1} if trusted else {None})
    assert len(video.tubes) == (1 if trusted else len(rows))
    assert bool(bad) is (trusted and len(rows) == 3)


def test_frame_numbers_become_seconds_at_the_rate_given():
    rows = rows_of((0, 12, 1), (25, 12, 1))
    video, _, _ = file_video("yard", rows, names={12: "walk"}, frame_rate=Fraction(25))
    assert [box.at for box in video.tubes[0].boxes] == [0, 1]
