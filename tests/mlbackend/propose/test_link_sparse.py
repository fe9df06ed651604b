"""Boxes a second apart, linked into persons."""

import csv
from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlbackend.propose.link_sparse import link_sparse

SIZE = np.array([1280, 720, 1280, 720])


def link(moments):
    """moments: {time: [boxes]}"""
    times = sorted(moments)
    boxes = [np.array(moments[t], dtype=np.float64).reshape(-1, 4) for t in times]
    return link_sparse(times, boxes, [np.ones(len(found)) for found in boxes])


def box(x, y=100, w=200, h=400):
    return [x, y, x + w, y + h]


def test_two_people_who_pass_stay_two():
    """One walks right, one stands: places in the list change, the persons do not."""
    found = link({t: [box(600), box(100 + 60 * t)] for t in range(4)})
    assert sorted(found) == [[(t, 0) for t in range(4)], [(t, 1) for t in range(4)]]


def test_a_cut_and_a_missing_second_end_a_person():
    assert len(link({0: [box(0)], 1: [box(900)]})) == 2
    assert len(link({0: [box(0)], 1: [box(0)], 3: [box(0)]})) == 2
    # A file of every fourth second has another rhythm.
    assert len(link({0: [box(0)], 4: [box(0)], 8: [box(0)]})) == 1


def test_nothing_links_to_nothing():
    assert link_sparse([], [], []) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 40), max_size=5, unique=True), min_size=1, max_size=8))
def test_every_box_is_in_one_person(seconds):
    moments = {t: [box(30 * x) for x in xs] for t, xs in enumerate(seconds) if xs}
    tracks = link(moments)
    places = [place for track in tracks for place in track]
    wanted = [(i, k) for i, t in enumerate(sorted(moments)) for k in range(len(moments[t]))]
    assert sorted(places) == wanted
    assert all(a[0] < b[0] for track in tracks for a, b in zip(track, track[1:], strict=False))


def test_people_of_a_published_file_are_found_again(shared_data):
    """23 persons of a film with a cut every few seconds: ids are taken off and linked anew."""
    people = defaultdict(dict)
    with (shared_data / "ava/ava_val_v2.2_excerpt_80rows.csv").open() as file:
        for row in csv.reader(file):
            if row[7].isdigit():
                people[int(row[1])][int(row[7])] = np.array(row[2:6], dtype=float) * SIZE
    times = sorted(people)
    ids = [sorted(people[t]) for t in times]
    tracks = link({t: [people[t][i] for i in sorted(people[t])] for t in times})
    found = {tuple((times[a], ids[a][b]) for a, b in track) for track in tracks}
    truth = defaultdict(list)
    for t in times:
        for i in sorted(people[t]):
            truth[i].append((t, i))
    assert len(truth) == 23
    assert len(found & {tuple(moments) for moments in truth.values()}) >= 17
