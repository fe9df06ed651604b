"""What an export left in a folder comes back by naming the folder."""

import shutil

import pytest

from labeling.domain.errors import InvalidInput
from labeling.export import services
from labeling.export.imports import ImportFiles, labels_import, options_of
from labeling.export.options import ExportOptions
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
