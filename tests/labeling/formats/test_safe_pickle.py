import builtins
import os
import pickle
import subprocess
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.formats import safe_pickle

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    | st.binary(max_size=300),
    lambda inner: st.lists(inner, max_size=4)
    | st.tuples(inner, inner)
    | st.dictionaries(st.text(max_size=5) | st.integers() | st.tuples(st.integers()), inner)
    | st.sets(st.integers(), max_size=4),
    max_leaves=12,
)  # fmt: skip


def load(tmp_path, data: bytes, **limits):
    path = tmp_path / "theirs.pkl"
    path.write_bytes(data)
    return safe_pickle.load(path, limits=safe_pickle.Limits(**limits))


@settings(max_examples=60, deadline=None)
@given(value=plain, protocol=st.integers(0, 5))
def test_plain_values_read_as_pickle_reads_them(tmp_path_factory, value, protocol):
    path = tmp_path_factory.mktemp("pickles") / "theirs.pkl"
    path.write_bytes(pickle.dumps(value, protocol))
    assert safe_pickle.load(path) == value


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.uint8).reshape(2, 3),
        np.arange(6, dtype=np.uint16).reshape(2, 3).T,
        np.array([[1.5, -2.0]], dtype=">f4"),
        np.array([250.0, 1e-300]),
        np.zeros((0, 5)),
        np.array([True, False]),
        np.array(["Ballet", "Tätig"]),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_arrays_read_as_pickle_reads_them(tmp_path, array, protocol):
    found = load(tmp_path, pickle.dumps({"boxes": [array]}, protocol))["boxes"][0]
    assert found.shape == array.shape and found.dtype.kind == array.dtype.kind
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize("protocol", range(6))
def test_numpy_numbers_become_numbers_of_python(tmp_path, protocol):
    numbers = [np.uint8(141), np.float32(0.5), np.bool_(True), np.str_("Biking")]
    found = load(tmp_path, pickle.dumps(numbers, protocol))
    assert found == [141, 0.5, True, "Biking"]
    assert [type(value) for value in found] == [int, float, bool, str]


def test_a_python_2_pickle_with_its_arrays_as_text(tmp_path):
    raw = b"""(dp0
S'boxes'
p1
cnumpy.core.multiarray
_reconstruct
p2
(cnumpy
ndarray
p3
(I0
tp4
S'b'
p5
tp6
Rp7
(I1
(I1
I2
tp8
cnumpy
dtype
p9
(S'u1'
p10
I0
I1
tp11
Rp12
(I3
S'|'
p13
NNNI-1
I-1
I0
tp14
bI00
S'\\xfa\\n'
p15
tp16
bs."""
    np.testing.assert_array_equal(load(tmp_path, raw)["boxes"], [[250, 10]])


def test_both_names_of_numpys_module_are_known(tmp_path):
    data = pickle.dumps(np.arange(3), 2)
    assert b"numpy._core" in data
    old = data.replace(b"numpy._core", b"numpy.core")
    np.testing.assert_array_equal(load(tmp_path, data), load(tmp_path, old))


def test_an_ordered_dict_is_a_dict(tmp_path):
    for protocol in range(6):
        found = load(tmp_path, pickle.dumps(OrderedDict(a=1), protocol))
        assert found == {"a": 1}


class Calls:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


HOSTILE = {
    "os.system": (Calls(os.system, "touch owned"), "system"),
    "builtins.eval": (Calls(builtins.eval, "open('owned', 'w')"), "eval"),
    "builtins.exec": (Calls(builtins.exec, "open('owned', 'w')"), "exec"),
    "getattr": (Calls(getattr, "", "__class__"), "getattr"),
    "subprocess": (Calls(subprocess.Popen, ["touch", "owned"]), "Popen"),
    "open": (Calls(open, "owned", "w"), "open"),
    "bytearray": (Calls(bytearray, 10**12), "bytearray"),
    "a path": (Path("/etc"), "Path"),
    "an object array": (np.array([{}, 1], dtype=object), "'O8'"),
    "an object array with a call": (np.array([Calls(os.system, "x")], dtype=object), "'O8'"),
    "an array of records": (np.zeros(2, dtype=[("a", "f4"), ("b", "O")]), "'V12'"),
    "times": (np.array(["2020-01-01"], dtype="M8[s]"), "'M8'"),
    "long doubles": (np.zeros(2, dtype=np.longdouble), "'f16'"),
    "complex numbers": (1 + 2j, "complex"),
    "a slice of arrays of its own kind": (np.ma.masked_array([1, 2]), "numpy.ma"),
}


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("name", HOSTILE)
def test_what_calls_or_makes_objects_is_refused_by_name(tmp_path, monkeypatch, name, protocol):
    monkeypatch.chdir(tmp_path)
    value, named = HOSTILE[name]
    with pytest.raises(InvalidInput, match="theirs.pkl") as refused:
        load(tmp_path, pickle.dumps([value], protocol))
    assert named in refused.value.message
    assert sorted(path.name for path in tmp_path.iterdir()) == ["theirs.pkl"]


FORGED = {
    "a chain of attributes": (b"\x80\x04\x8c\x05numpy\x8c\x17core.os.system.__call__\x93.", "asks"),
    "a call of ndarray": (b"cnumpy\nndarray\n(tR.", "calls ndarray"),
    "a class by instruction": (b"(ios\nsystem\n.", "INST"),
    "a class made new": (b"\x80\x02cnumpy\nndarray\n)\x81.", "NEWOBJ"),
    "a registered extension": (b"\x80\x02\x82\x01.", "EXT1"),
    "a persistent id": (b"Pfile\n.", "PERSID"),
    "an allocation by shape": (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I1000000000000\ntS'b'\ntR.",
        "no plain value",
    ),
    "state put on a name": (b"cnumpy\nndarray\n(dS'a'\nI1\nsb.", "damaged"),
    "bytes that are not there": (b"\x80\x04\x8e" + (2**40).to_bytes(8, "little") + b"x.", "cut"),
    "a number that is not there": (b"\x80\x02\x8b\xff\xff\xff\x7fx.", "cut"),
    "a memo that is not there": (b"h\x05.", "damaged"),
    "a far place in the memo": (b"Nr\xff\xff\xff\xff0.", "left over"),
    "a key without end": (b"})" + b"\x85" * 10_000 + b"Ns.", "key"),
    "nothing": (b"", "cut off"),
    "text": (b"video,timestamp\n", "no pickle"),
    "no end": (b"\x80\x02]", "cut off"),
    "a list in itself": (b"]q\x00h\x00a.", "deeper"),
    "a number without end": (b"I" + b"9" * 5000 + b"\n.", "cut off"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_pickle_is_refused(tmp_path, name):
    data, reason = FORGED[name]
    with pytest.raises(InvalidInput, match="theirs.pkl: it") as refused:
        load(tmp_path, data)
    assert reason in refused.value.message


def test_a_list_of_lists_that_grows_like_a_power_is_refused(tmp_path):
    value = []
    for _ in range(12):
        value = [value] * 10
    with pytest.raises(InvalidInput, match="more than 20,000,000 values"):
        load(tmp_path, pickle.dumps(value))


def test_the_limits_are_kept(tmp_path):
    data = pickle.dumps([np.zeros(1000)] * 3)
    assert len(load(tmp_path, data, array_bytes=9000)) == 3
    for limit, reason in (
        ({"array_bytes": 7000}, "arrays need more"),
        ({"values": 2500}, "more than 2,500 values"),
        ({"file_bytes": 1000}, "over 0 MB"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            load(tmp_path, data, **limit)


def test_one_text_made_into_arrays_again_and_again_counts_each_time(tmp_path):
    call = b"c_codecs\nencode\n(h\x00S'latin1'\ntR0"
    data = b"\x80\x02X\x40\x42\x0f\x00" + b"a" * 1_000_000 + b"q\x00" + call * 50 + b"."
    with pytest.raises(InvalidInput, match="arrays need more than 19 MB"):
        load(tmp_path, data, array_bytes=20_000_000)


def test_the_pickles_of_ucf101_24(shared_data):
    plain = safe_pickle.load(shared_data / "ucf101_24" / "pyannot.pkl")
    named = safe_pickle.load(shared_data / "ucf101_24" / "pyannot_with_class_names.pkl")
    video = plain["Basketball/v_Basketball_g01_c01"]
    assert (len(plain), video["numf"], video["label"]) == (3194, 141, 0)
    tube = video["annotations"][0]
    assert (tube["sf"], tube["ef"], tube["boxes"].shape) == (8, 52, (44, 4))
    assert tube["boxes"][0].tolist() == [189, 102, 47, 78]
    assert (len(named["db"]), len(named["trainvideos"])) == (3194, 2290)
    assert named["classes"][23] == "WalkingWithDog"


@pytest.mark.parametrize(
    "file, boxes",
    [
        ("mmaction2_ava_dataset_ava_proposals_sample.pkl", 3),
        ("mmaction2_eval_detection_proposal.pkl", 6),
        ("custom_jetsql/ava_dense_proposals_val.FAIR.recall_93.9.pkl", 219),
    ],
)
def test_the_proposals_of_ava(shared_data, file, boxes):
    found = safe_pickle.load(shared_data / "ava" / file)
    assert all(array.shape[1] == 5 for array in found.values())
    assert sum(len(array) for array in found.values()) >= boxes
