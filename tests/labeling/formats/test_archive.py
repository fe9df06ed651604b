import bz2
import gzip
import io
import tarfile
import zipfile

import pytest

from labeling.domain.errors import InvalidInput
from labeling.formats import archive


def zipped(path, *entries, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as file:
        for name, content in entries:
            file.writestr(name, content)
    return path


def tarred(path, *entries, mode="w:gz"):
    with tarfile.open(path, mode) as file:
        for name, content in entries:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return path


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


CONTENT = [("labels/a.txt", b"1 2 3\n"), ("labels/b/ä.txt", b""), ("README", b"hello")]


@pytest.mark.parametrize("mode", ["zip", "w", "w:gz", "w:bz2"])
def test_files_come_out_as_they_went_in(tmp_path, mode):
    path = tmp_path / "archive"
    zipped(path, *CONTENT) if mode == "zip" else tarred(path, *CONTENT, mode=mode)
    assert archive.is_archive(path)
    with archive.opened(path) as folder:
        assert files(folder) == dict(CONTENT)
    assert not folder.exists()


def test_a_folder_and_a_plain_file_are_opened_as_they_are(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("x")
    with archive.opened(tmp_path) as folder, archive.opened(file) as same:
        assert (folder, same) == (tmp_path, file)


@pytest.mark.parametrize("module, ending", [(gzip, "gz"), (bz2, "bz2")])
def test_a_compressed_file_becomes_that_file(tmp_path, module, ending):
    path = tmp_path / "upload"
    path.write_bytes(module.compress(b"label,youtube_id\n" * 99))
    with archive.opened(path, name=f"val.csv.{ending}") as folder:
        assert files(folder) == {"val.csv": b"label,youtube_id\n" * 99}


def test_a_tar_that_ends_in_a_zip_is_a_tar(tmp_path):
    inner = zipped(tmp_path / "inner.zip", ("a", b"x")).read_bytes()
    path = tarred(tmp_path / "outer.tar", ("inner.zip", inner), mode="w")
    with archive.opened(path) as folder:
        assert files(folder) == {"inner.zip": inner}


def test_the_clutter_of_macos_is_left_out(tmp_path):
    path = zipped(tmp_path / "a.zip", ("__MACOSX/._a", b"x"), (".DS_Store", b"x"), ("a", b"y"))
    with archive.opened(path) as folder:
        assert files(folder) == {"a": b"y"}


NAMES = {
    "/etc/passwd": "absolute",
    "C:/a.txt": "absolute",
    "../a.txt": "leads out",
    "a/../../b.txt": "leads out",
    "a\\..\\b.txt": "backslash",
    "a\nb.txt": "control character",
    "x" * 300: "too long",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("make", [zipped, tarred])
def test_a_name_that_plays_tricks_is_refused(tmp_path, make, name):
    path = make(tmp_path / "archive", ("fine.txt", b"x"), (name, b"x"))
    target = tmp_path / "deep" / "er" / "target"
    target.mkdir(parents=True)
    with pytest.raises(InvalidInput, match=NAMES[name]) as refused:
        archive.unpack(path, target, name="their.zip")
    assert refused.value.message.startswith("their.zip: ")
    assert set(files(tmp_path)) == {"archive", "deep/er/target/fine.txt"}


@pytest.mark.parametrize("make", [zipped, tarred])
@pytest.mark.parametrize(
    "first, second", [("a.txt", "A.TXT"), ("a/b.txt", "A"), ("a", "a/b.txt"), ("é", "e\u0301")]
)
def test_two_entries_that_are_one_on_some_disks_are_refused(tmp_path, make, first, second):
    path = make(tmp_path / "archive", (first, b"1"), (second, b"2"))
    with pytest.raises(InvalidInput, match="twice"), archive.opened(path):
        pass


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("make", [zipped, tarred])
def test_one_name_twice_is_refused(tmp_path, make):
    path = make(tmp_path / "archive", ("a.txt", b"1"), ("a.txt", b"2"))
    with pytest.raises(InvalidInput, match=r"'a\.txt' is in it twice"), archive.opened(path):
        pass


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE],
)
def test_links_and_devices_of_a_tar_are_refused(tmp_path, kind):
    info = tarfile.TarInfo("link")
    info.type, info.linkname = kind, "/etc/passwd"
    path = tarred(tmp_path / "a.tar", (info, b""), mode="w")
    with pytest.raises(InvalidInput, match="'link' is a link"), archive.opened(path):
        pass


def test_a_link_of_a_zip_is_refused(tmp_path):
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    with (
        pytest.raises(InvalidInput, match="'link' is a link"),
        archive.opened(zipped(tmp_path / "a.zip", (info, b"/etc/passwd"))),
    ):
        pass


@pytest.mark.parametrize("make", [zipped, tarred])
def test_more_bytes_than_allowed_are_not_unpacked(tmp_path, make):
    path = make(tmp_path / "archive", *((f"{n}", bytes(1 << 20)) for n in range(4)))
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(InvalidInput, match="more than 2 MB"):
        archive.unpack(path, target, archive.Limits(unpacked_bytes=2 << 20))
    assert sum(map(len, files(target).values())) <= 2 << 20


@pytest.mark.parametrize("make", [zipped, tarred])
def test_an_archive_that_grows_beyond_the_ratio_is_refused(tmp_path, make):
    path = make(tmp_path / "archive", ("zeros", bytes(20 << 20)))
    with pytest.raises(InvalidInput, match="200 times its size"), archive.opened(path):
        pass


@pytest.mark.parametrize("make", [zipped, tarred])
def test_more_entries_than_allowed_are_refused(tmp_path, make):
    path = make(tmp_path / "archive", *((f"{n}", b"") for n in range(5)))
    with (
        pytest.raises(InvalidInput, match="more than 4 entries"),
        archive.opened(path, archive.Limits(entries=4)),
    ):
        pass


def test_the_size_a_zip_says_is_not_believed(tmp_path):
    path = zipped(tmp_path / "a.zip", ("zeros", bytes(20 << 20)))
    data = path.read_bytes()
    path.write_bytes(data.replace((20 << 20).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(InvalidInput):
        archive.unpack(path, target)
    assert sum(map(len, files(target).values())) <= 9


def test_a_tar_header_of_many_gigabytes_is_not_read(tmp_path):
    info = tarfile.TarInfo("././@PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, 7 << 30
    path = tmp_path / "a.tar.gz"
    with gzip.open(path, "wb") as file:
        file.write(info.tobuf(tarfile.GNU_FORMAT) + bytes(64 << 20))
    with pytest.raises(InvalidInput, match="headers are larger"), archive.opened(path):
        pass


def test_packings_that_cannot_be_measured_are_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as file:
        file.writestr("a", b"x" * 100)
    with pytest.raises(InvalidInput, match="unusual"), archive.opened(path):
        pass


@pytest.mark.parametrize("make", [zipped, tarred])
def test_a_damaged_archive_says_so(tmp_path, make):
    path = make(tmp_path / "archive", ("a", bytes(range(256)) * 99))
    path.write_bytes(path.read_bytes()[:150])
    with pytest.raises(InvalidInput, match="damaged"), archive.opened(path):
        pass


def test_names_that_are_not_utf8_and_unusual_packing_are_refused(tmp_path):
    latin = tmp_path / "latin.tar"
    with tarfile.open(latin, "w", encoding="latin-1", format=tarfile.GNU_FORMAT) as file:
        file.addfile(tarfile.TarInfo("Bühne.csv"))
    patched = bytearray(zipped(tmp_path / "a.zip", ("a.csv", b"1")).read_bytes())
    patched[patched.index(b"PK\x01\x02") + 8] |= 0x20  # "compressed patched data"
    patched[6] |= 0x20
    newer = bytearray(zipped(tmp_path / "b.zip", ("a.csv", b"1")).read_bytes())
    newer[newer.index(b"PK\x01\x02") + 6] = 99
    for content, words in ((latin.read_bytes(), "not in UTF-8"), (bytes(patched), "unusual way"),
                           (bytes(newer), "unusual way")):  # fmt: skip
        path = tmp_path / "archive"
        path.write_bytes(content)
        with pytest.raises(InvalidInput, match=words), archive.opened(path):
            pass
