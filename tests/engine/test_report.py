"""The report: its figures are those of the metrics, its page needs no other file, it is whole or absent."""

import base64
import dataclasses
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from threading import Event

import numpy as np
import pytest
from PySide6.QtGui import QImage

from sargui.core.errors import JobCancelled, MismatchError, NotASarzError, TargetError
from sargui.engine.bench import Bench
from sargui.engine.describe import describe
from sargui.engine.evaluate import evaluate
from sargui.engine.report import write_report
from sargui.engine.report_request import WriteReport
from sargui.engine.requests import BandQuality, Describe, Evaluate, QualityReport

ROWS, COLS = 203, 301
SCRIPT = "<script>alert('&\"')</script>"


def silent(progress):
    pass


def written(request, report=silent, cancel=None):
    with Bench() as bench:
        return write_report(request, report, cancel or Event(), bench)


@pytest.fixture(scope="module")
def files(pack, write, power_of, tmp_path_factory):
    """A scene of two bands whose names are markup, with a corner without data; and its container."""
    folder = tmp_path_factory.mktemp("report")
    bands = np.stack([np.rint(np.sqrt(power_of(ROWS, COLS, seed))).astype(np.uint16) for seed in (1, 2)])
    bands[:, :60, :64] = 0
    source = write(folder / "a & <b>.tif", bands, nodata=0)
    return source, pack(source, folder / "a.sarz", 60).target


@pytest.fixture(scope="module")
def quality(files):
    return evaluate(Evaluate(*files, "cpu"), silent, Event())


@pytest.fixture
def request_(files, quality, tmp_path):
    settings = {"effort": "best", "device": SCRIPT}
    return WriteReport(*files, tmp_path / "report.html", quality, band=1, settings=settings, device="cpu")


class Page(HTMLParser):
    """The tags, images and words of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.images, self.words, self.open = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attributes))
        elif tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def image(attributes):
    kind, _, content = attributes["src"].partition(",")
    assert kind == "data:image/png;base64"
    return QImage.fromData(base64.b64decode(content), "PNG")


def test_the_document_has_the_figures_of_the_metrics_and_of_the_container(request_, files, quality):
    said = describe(Describe(files[1]), silent, Event()).container
    document = json.loads(written(request_).document.read_text(encoding="utf-8"))
    assert document["quality"]["rmse_db"] == quality.rmse_db
    assert [band["figures"] for band in document["quality"]["bands"]] == [
        dataclasses.asdict(band) for band in quality.bands
    ]
    sizes = document["sizes"]
    assert sizes["raw_bytes"] == 2 * 2 * ROWS * COLS
    assert (
        sizes["file_bytes"]
        == files[1].stat().st_size
        == sum(count for part, count in sizes["parts"].items() if part != "pixels")
    )
    assert (sizes["ratio"], sizes["bits_per_pixel"]) == (said["ratio"], said["bits_per_pixel"])
    settings = document["settings"]
    assert (settings["checkpoint"], settings["checkpoint_sha256"]) == (said["model"], said["model_sha256"])
    assert (settings["quality"], settings["effort"], settings["device"]) == (60, "best", SCRIPT)
    assert (document["scene"]["rows"], document["scene"]["columns"]) == (ROWS, COLS)
    age = datetime.now(UTC) - datetime.fromisoformat(document["created"])
    assert timedelta(0) <= age < timedelta(minutes=10)


def test_both_files_are_named_with_their_digests(request_, files):
    document = json.loads(written(request_).document.read_text(encoding="utf-8"))
    for role, path in zip(("original", "compressed"), files, strict=True):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert document["files"][role] == [{"name": path.name, "bytes": path.stat().st_size, "sha256": digest}]


def test_the_page_is_sound_needs_nothing_else_and_runs_nothing(request_):
    text = written(request_).page.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert {"script", "link", "iframe"}.isdisjoint(page.tags)
    assert SCRIPT in page.words  # as text
    assert "a & <b>.tif" in page.words
    assert re.findall(r"https?:|url\(|src=\"(?!data:)", text) == []


def test_the_page_says_what_the_document_says(request_, quality, files):
    words = Page(written(request_).page.read_text(encoding="utf-8")).words
    for figure in (quality.bands[0].rmse_db, quality.bands[1].psnr_db, quality.rmse_db):
        assert any(f"{figure:.3f}" in word for word in words)
    assert f"{quality.bands[0].valid_pixels:,}" in words
    assert hashlib.sha256(files[1].read_bytes()).hexdigest() in words
    assert "RMS error, dB" in words
    assert not any("exact band" in word for word in words)  # there is none


def test_three_pictures_with_their_bars_show_the_band_and_its_error(request_, files, read):
    images = Page(written(request_).page.read_text(encoding="utf-8")).images
    pictures, bars = images[0::2], images[1::2]
    original, decoded, error = map(image, pictures)
    assert {(shown.width(), shown.height()) for shown in (original, decoded, error)} == {(COLS, ROWS)}
    assert all((bar := image(each)).width() == 255 and bar.height() == 1 for each in bars)
    for shown in (original, decoded, error):
        assert shown.pixelColor(0, 0).alpha() == 0  # nothing was measured there
        assert shown.pixelColor(COLS - 1, ROWS - 1).alpha() == 255
    levels = [original.pixelColor(x, 150).red() for x in range(COLS)]
    truth = read(files[0])[1, 150]
    assert np.corrcoef(levels, 20 * np.log10(truth))[0, 1] > 0.95
    red_and_blue = [(error.pixelColor(x, 150).red(), error.pixelColor(x, 150).blue()) for x in range(COLS)]
    gain = [decoded.pixelColor(x, 150).red() - original.pixelColor(x, 150).red() for x in range(COLS)]
    assert np.corrcoef([red - blue for red, blue in red_and_blue], gain)[0, 1] > 0.8
    assert pictures[2]["alt"] == "Error (reconstruction minus original)"
    assert re.fullmatch(r"color bar, −([\d.]+) dB to 0 to \+\1 dB", bars[2]["alt"])


def test_what_is_not_a_number_is_said_in_both(request_):
    endless = BandQuality(0.0, 0.0, 0.0, float("inf"), 10, 0)
    done = written(dataclasses.replace(request_, quality=QualityReport((endless, endless))))
    text = done.document.read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=pytest.fail)["quality"]["bands"][0]["figures"]["psnr_db"] == "inf"
    assert "\N{INFINITY}" in Page(done.page.read_text(encoding="utf-8")).words


@pytest.mark.parametrize("name", ["report.html", "report.json"])
def test_an_existing_file_is_kept_unless_it_may_be_overwritten(request_, tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(TargetError, match=f"{re.escape(name)} exists already"):
        written(request_)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"
    written(dataclasses.replace(request_, overwrite=True))
    assert "mine" not in (tmp_path / name).read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.json"]


def test_a_cancelled_or_failed_report_leaves_nothing(request_, tmp_path, files, quality):
    cancel = Event()
    with pytest.raises(JobCancelled):
        written(request_, lambda progress: cancel.set() if progress.done == 2 else None, cancel)
    with pytest.raises(NotASarzError, match="no compressed file"):
        written(dataclasses.replace(request_, compressed=files[0]))
    with pytest.raises(TargetError, match="cannot be written: no such file"):
        written(dataclasses.replace(request_, target=tmp_path / "missing" / "report.html"))
    assert list(tmp_path.iterdir()) == []


def test_another_scene_is_refused(request_, write, power_of, tmp_path):
    other = write(tmp_path / "other.tif", np.sqrt(power_of(COLS, ROWS)).astype(np.uint16), nodata=0)
    with pytest.raises(MismatchError):
        written(dataclasses.replace(request_, original=other, band=0))
    assert [path.name for path in tmp_path.iterdir()] == ["other.tif"]


def test_a_product_of_many_files_names_them_all(request_, make_safe, pack, tmp_path):
    product = make_safe(tmp_path)
    container = pack(product, tmp_path / "safe.sarz", 50).target
    quality = evaluate(Evaluate(product, container, "cpu"), silent, Event())
    for original in (product, product / "manifest.safe"):
        request = dataclasses.replace(
            request_, original=original, compressed=container, quality=quality, band=0, overwrite=True
        )
        document = json.loads(written(request).document.read_text(encoding="utf-8"))
        named = {file["name"]: file["sha256"] for file in document["files"]["original"]}
        assert named == {
            path.relative_to(tmp_path).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in product.rglob("*")
            if path.is_file()
        }
