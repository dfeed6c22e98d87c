"""An archive from a stranger: what it may hold, and that everything else is one sentence."""

import io
import stat
import tracemalloc
import zipfile

import numpy as np
import pytest

from sargui.core.archive import Archive, ArchiveError, check_paths

FILES = {"a.xml": b"<a/>" * 100, "b/c.txt": b"", "b/d é.bin": bytes(range(256))}


def packed(files, touch=lambda entry: None, method=zipfile.ZIP_DEFLATED):
    """Return an archive as Python's own writer makes it; pairs may repeat a name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items() if isinstance(files, dict) else files:
            entry = zipfile.ZipInfo(name)
            touch(entry)
            archive.writestr(entry, content, method)
    return buffer.getvalue()


def opened(content, max_files=100):
    return Archive(io.BytesIO(content), max_files)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_every_file_comes_out_as_it_went_in(method):
    with opened(packed({**FILES, "b/": b""}, method=method)) as archive:
        assert archive.sizes == {name: len(content) for name, content in FILES.items()}
        assert {name: archive.read(name) for name in archive.sizes} == FILES


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "a/../../b",
        "/etc/passwd",
        "C:/a",
        "c:a",
        "a\\b",
        "..\\a",
        "a//b",
        "./a",
        "a/.",
        "",
        "a\nb",
        "a?",
        "a.",
        "a ",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(name):
    with pytest.raises(ArchiveError, match="stays inside"):
        check_paths(["fine", name])
    if name:
        with pytest.raises(ArchiveError):
            opened(packed({"fine": b"", name: b"x"}))


def test_a_name_that_goes_on_after_its_end_is_refused():
    content = packed({"a.txtXX": b"x"}).replace(b"a.txtXX", b"a.txt\0X")
    with pytest.raises(ArchiveError, match="stays inside"):
        opened(content)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a", "a"), ("a", "A"), ("a/b", "A/B"), ("a", "a/b"), ("A/b", "a")])
def test_two_files_at_one_place_are_refused(names):
    with pytest.raises(ArchiveError, match=r"twice|a file and a folder"):
        opened(packed([(name, b"x") for name in names]))


def test_files_of_one_folder_are_not_two_files_at_one_place():
    check_paths(["a/b/c", "a/b/d", "a/bc", "b"])


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(kind):
    def touch(entry):
        entry.external_attr = (kind | 0o777) << 16

    with pytest.raises(ArchiveError, match="a link or a device"):
        opened(packed({"a": b"/etc/passwd"}, touch))


def test_other_packings_are_refused():
    with pytest.raises(ArchiveError, match="deflate"):
        opened(packed({"a": b"x" * 100}, method=zipfile.ZIP_BZIP2))


def test_encrypted_files_are_refused():
    content = bytearray(packed({"a": b"x"}))
    content[content.rindex(b"PK\1\2") + 8] |= 1
    with pytest.raises(ArchiveError, match="encrypted"):
        opened(bytes(content))


def test_more_files_than_allowed_are_refused():
    content = packed({str(number): b"" for number in range(11)})
    assert len(opened(content, 11).sizes) == 11
    with pytest.raises(ArchiveError, match="too many files"):
        opened(content, 10)


def test_a_large_directory_is_refused_before_it_is_read():
    content = packed({f"{number:0200}": b"" for number in range(5000)})  # 1.2 MB of directory
    tracemalloc.start()
    with pytest.raises(ArchiveError, match="too many files"):
        opened(content)
    assert tracemalloc.get_traced_memory()[1] < 1.5 * len(content)  # the copy in BytesIO, and little more
    tracemalloc.stop()


def test_a_file_that_unpacks_to_more_than_it_says_is_damaged():
    content = bytearray(packed({"a": b"\0" * 100_000}))
    at = content.rindex(b"PK\1\2") + 24
    content[at : at + 4] = (50).to_bytes(4, "little")
    with opened(bytes(content)) as archive, pytest.raises(ArchiveError, match="a in it is damaged"):
        archive.read("a")


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\5\6", b"PK\5\6" + b"\xff" * 18, b"<html>", b"\0" * 100_000])
def test_what_is_no_archive_is_said_to_be_none(content):
    with pytest.raises(ArchiveError, match=r"not a whole ZIP archive|too many"):
        opened(content)


def test_no_altered_byte_and_no_cut_leads_to_another_error_or_another_content():
    content = packed(FILES)
    rng = np.random.default_rng(3)
    refused = 0
    for trial in range(1500):
        altered = bytearray(content)
        altered[rng.integers(len(content))] ^= int(rng.integers(1, 256))
        if trial % 5 == 0:
            altered = altered[: rng.integers(len(content))]
        try:
            with opened(bytes(altered)) as archive:
                for name in archive.sizes:
                    assert archive.read(name) in FILES.values()
        except ArchiveError:
            refused += 1
    assert refused > 500


def test_of_a_long_path_the_end_is_shown():
    path = "S1B_IW_GRDH_1SDV_20211223T051122_20211223T051147_030148_039993_5371.SAFE/../../elsewhere"
    with pytest.raises(ArchiveError) as error:
        check_paths([path])
    assert str(error.value) == f"'…{path[-79:]}' is no path that stays inside"
