"""What an export left in a folder comes back by naming the folder."""

import shutil

import pytest

from labeling.domain.errors import InvalidInput
from labeling.export import services
from labeling.export.imports import ImportFiles, labels_import, options_of
from labeling.export.options import ExportOptions
from labeling.models import CoverageRow
from labeling.teams.services import label_create

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

# Formats that hold tubes as they are, and those of whole videos, beside which ranges are listed.
FORMATS = [
    "ava",
    "coco",
    "cvat",
    "kinetics",
    "kinetics-json",
    "label-studio",
    "mot",
    "vatic",
    "via",
]


def exported(project, annotated, name, folder):
    annotated.labels["sunny"] = label_create(project=project, kind="video_class", name="sunny").id
    annotated.span(None, "sunny", 0, 100)
    services.export_to_folder(
        project=project, format_name=name, options=ExportOptions(), target=folder
    )


def imported(project, path, name):
    files = ImportFiles(path, path.name)
    return labels_import(project=project, files=files, options=options_of({"format": name}))


@pytest.mark.parametrize("name", FORMATS)
def test_a_folder_or_an_archive_of_it_is_the_same(project, annotated, name, tmp_path):
    folder = tmp_path / "out"
    exported(project, annotated, name, folder)
    before = sorted(path.name for path in folder.iterdir())
    assert "manifest.json" in before
    archive = shutil.make_archive(str(tmp_path / "out"), "zip", folder)
    for path in (folder, type(folder)(archive)):
        report = imported(project, path, name)
        assert report["error_count"] == 0
        assert report["unknown_videos"] == []
        nouns = report["tubes"], report["spans"]
        assert sum(noun["unchanged"] for noun in nouns) > 0
        assert [noun["new"] + noun["changed"] + noun["conflict"] for noun in nouns] == [0, 0]
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_folder_of_other_csvs_is_no_ava_file(project, annotated, tmp_path):
    folder = tmp_path / "annotations"
    folder.mkdir()
    for name in ("train.csv", "val.csv"):
        (folder / name).write_text("clip,0902,0.1,0.1,0.5,0.5,1,1\n")
    with pytest.raises(InvalidInput, match="Give the CSV itself"):
        imported(project, folder, "ava")


def test_a_manifest_that_is_not_ours_is_read_like_any_file(project, annotated, tmp_path):
    folder = tmp_path / "out"
    exported(project, annotated, "coco", folder)
    (folder / "manifest.json").write_text('{"files": []}')
    with pytest.raises(InvalidInput, match=r"manifest\.json is no COCO"):
        imported(project, folder, "coco")


def reviewed_frames(video):
    """Frames that the video's and its tubes' coverage names."""
    rows = CoverageRow.objects.filter(video=video).order_by("tube_id", "start_frame")
    ranges = [(bool(row.tube_id), row.start_frame, row.end_frame) for row in rows]
    return [(on_tube, set(range(start, end))) for on_tube, start, end in ranges]


HEADER = "video,start_frame,end_frame,start_s,end_s\n"


@pytest.mark.parametrize("name", ["coco", "cvat", "via"])
def test_what_the_export_says_nobody_reviewed_is_not_reviewed_after_an_import(
    project, annotated, name, tmp_path
):
    folder = tmp_path / "out"
    exported(project, annotated, name, folder)
    listed = (folder / "excluded_ranges.csv").read_text().splitlines()
    assert listed[0] + "\n" == HEADER and len(listed) > 1
    excluded = set()
    for line in listed[1:]:
        _, start, end, *_ = line.split(",")
        excluded |= set(range(int(start), int(end)))
    files = ImportFiles(folder, folder.name)
    options = options_of({"format": name, "mode": "replace"})
    labels_import(project=project, files=files, options=options)
    everything = set(range(annotated.video.frame_count))
    whole = set().union(*(f for on_tube, f in reviewed_frames(annotated.video) if not on_tube))
    assert whole == everything - excluded
    assert all(not frames & excluded for _, frames in reviewed_frames(annotated.video))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("video,from,to\n", r"ranges\.csv, row 1: the header is not video,"),
        (HEADER + "street,1,2\n", r"ranges\.csv, row 2: 3 columns instead of 5"),
        (HEADER + "street,1,2,0,1\nstreet,x,2,0,1\n", r"row 3, start_frame: .* got 'x'"),
        (HEADER + "street,1,-2,0,1\n", r"row 2, end_frame: .* got '-2'"),
        (HEADER + "street,5,5,0,1\n", r"row 2, end_frame: the range 5 to 5 is empty"),
    ],
)
def test_a_bad_list_of_ranges_is_refused_by_row(project, annotated, tmp_path, text, message):
    folder = tmp_path / "out"
    exported(project, annotated, "coco", folder)
    ranges = tmp_path / "ranges.csv"
    ranges.write_text(text)
    files = ImportFiles(folder, folder.name, excluded=ranges)
    with pytest.raises(InvalidInput, match=message):
        labels_import(project=project, files=files, options=options_of({"format": "coco"}))
