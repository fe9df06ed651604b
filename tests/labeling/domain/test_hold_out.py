"""The draw of the hold-out: its shares, its sources, its strata."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.domain.hold_out import (
    Pooled,
    collection_of,
    draw,
    seats,
    source_of,
    strata_of,
)


def pool(**strata: int) -> list[Pooled]:
    """So many videos of each stratum, each a source of its own."""
    return [
        Pooled(f"{name}{i:03}", f"{name}{i:03}", name)
        for name, count in strata.items()
        for i in range(count)
    ]


def taken(made) -> set[str]:
    return {video_id for part in made for video_id in part.drawn}


@pytest.mark.parametrize(
    ("name", "external_id", "source"),
    [
        ("v_Basketball_g01_c03.avi", "", "v_Basketball_g01"),
        ("April_09_brush_hair_u_nm_np1_ba_goo_2.avi", "", "April_09_brush_hair"),
        ("-5KQ66BBWC4_000960_000990.mp4", "", "-5KQ66BBWC4"),
        ("-5KQ66BBWC4.0902.mp4", "", "-5KQ66BBWC4"),
        ("clip.mp4", "-5KQ66BBWC4", "-5KQ66BBWC4"),
        ("VIRAT_S_010204_05_000856_000890.mp4", "", "VIRAT_S_010204_05"),
        ("movie_part2.mkv", "", "movie"),
        ("Movie Scene 12.mkv", "", "Movie"),
        # Recordings that are merely numbered, or named by date and time, are recordings each.
        ("street_1.mp4", "", "street_1"),
        ("living_room_003.mp4", "", "living_room_003"),
        ("GOPR0012.MP4", "", "GOPR0012"),
        ("VID_20200101_120000.mp4", "", "VID_20200101_120000"),
        ("", "", ""),
    ],
)
def test_a_source_is_what_a_clip_was_cut_from(name, external_id, source):
    assert source_of(name, external_id) == source


@pytest.mark.parametrize(
    ("source", "collection"),
    [
        ("street_1", "street"),
        ("v_Basketball_g01", "v_basketball"),
        ("GOPR0012", "gopr"),
        ("cam1", "cam"),
        ("-5KQ66BBWC4", "youtube"),
        ("Recording12", "recording"),
        ("2020_01_01", "numbered"),
    ],
)
def test_a_collection_is_what_names_begin_with(source, collection):
    assert collection_of(source) == collection


def test_strata_say_what_is_shown_where_from_and_how_long():
    videos = [(f"a{i}", f"street_{i}", "fall" if i < 2 else "", float(i)) for i in range(6)]
    videos += [("b", "lone", "", 60.0)]
    strata = strata_of(videos)
    assert strata["a0"] == "fall, street, short"
    assert strata["a5"] == "not annotated, street, long"
    assert strata["b"] == "not annotated, others, long"


def test_every_stratum_gives_its_share():
    made = draw(pool(street=40, yard=20, rare=10), 0.2, seed=3)
    assert {part.stratum: len(part.drawn) for part in made} == {"street": 8, "yard": 4, "rare": 2}
    assert all(len(part.drawn) + len(part.passed) in (40, 20, 10) for part in made)


def test_the_seed_alone_decides():
    videos = pool(street=30, yard=9)
    first = draw(videos, 0.25, seed=1)
    random.Random(0).shuffle(videos)
    assert draw(videos, 0.25, seed=1) == first
    assert draw(videos, 0.25, seed=2) != first


def test_every_video_is_as_likely():
    count = Counter(i for seed in range(400) for i in taken(draw(pool(a=10, b=5), 0.2, seed)))
    assert len(count) == 15
    # 400 draws of 3 of 15: 80 each, with a standard deviation of 8.
    assert min(count.values()) > 45 and max(count.values()) < 115


def test_a_source_is_never_on_both_sides():
    videos = [Pooled(f"{s}-{i}", f"s{s}", "x") for s in range(8) for i in range(1 + s % 4)]
    for seed in range(30):
        made = draw(videos, 0.3, seed)
        held = {video.source for video in videos if video.id in taken(made)}
        kept = {video.source for video in videos if video.id not in taken(made)}
        assert held and kept and not held & kept


def test_videos_that_no_model_has_trained_on_come_first():
    videos = [Pooled(f"{i:02}", f"{i:02}", "x", is_used=i >= 4) for i in range(20)]
    assert taken(draw(videos, 0.2, seed=5)) == {"00", "01", "02", "03"}
    more = taken(draw(videos, 0.4, seed=5))
    assert {"00", "01", "02", "03"} < more and len(more) == 8


@pytest.mark.parametrize(
    ("videos", "share", "code"),
    [
        (pool(a=3), 0.3, "too_few_videos"),
        ([], 0.3, "too_few_videos"),
        (pool(a=9), 0.0, "share_out_of_range"),
        (pool(a=9), 0.9, "share_out_of_range"),
        (pool(a=9), float("nan"), "share_out_of_range"),
        ([Pooled(str(i), "one", "x") for i in range(9)], 0.3, "one_source"),
    ],
)
def test_what_cannot_be_drawn_is_refused(videos, share, code):
    with pytest.raises(InvalidInput) as refused:
        draw(videos, share, 0)
    assert refused.value.code == code


@given(
    sizes=st.lists(st.integers(1, 12), min_size=2, max_size=12),
    share=st.floats(0.05, 0.5),
    seed=st.integers(0, 2**31),
)
def test_something_is_held_out_and_something_stays(sizes, share, seed):
    videos = [
        Pooled(f"{s}-{i}", f"s{s}", f"x{s % 3}")
        for s, size in enumerate(sizes)
        for i in range(size)
    ]
    if len(videos) < 4:
        return
    made = draw(videos, share, seed)
    held = taken(made)
    assert 0 < len(held) < len(videos)
    assert len(held) + sum(len(part.passed) for part in made) == len(videos)


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(1, 50), min_size=1), st.data())
def test_seats_are_within_one_of_what_is_due(sizes, data):
    total = sum(sizes.values())
    wanted = data.draw(st.integers(0, total))
    found = seats(sizes, wanted, random.Random(1))
    assert sum(found.values()) == wanted
    assert all(abs(found[name] - wanted * size / total) < 1 for name, size in sizes.items())
