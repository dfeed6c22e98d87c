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
import rasterio
from PySide6.QtGui import QImage

from sargui.core.errors import JobCancelled, MismatchError, TargetError
from sargui.core.types import Window
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
    assert document["quality"]["rmse_db"] == document["rate_distortion"]["rmse_db"] == quality.rmse_db
    plain = json.loads(json.dumps([dataclasses.asdict(band) for band in quality.bands]).replace("NaN", '"nan"'))
    assert [band["figures"] for band in document["quality"]["bands"]] == plain
    assert [tile["rmse_db"] for tile in document["quality"]["worst_tiles"]] == [tile.rmse_db for tile in quality.worst]
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
    assert {"RMS error, dB", "Rate and error"} <= set(words)
    assert not any("exact band" in word for word in words)  # there is none
    details = quality.bands[1].details
    for figure in (details.structure.ms_ssim, details.ratio.variance, details.distributions.kolmogorov_distance):
        assert f"{figure:.4f}" in words


def test_four_pictures_with_their_bars_show_the_band_and_its_error(request_, files, read):
    images = Page(written(request_).page.read_text(encoding="utf-8")).images[:8]
    pictures, bars = images[0::2], images[1::2]
    original, decoded, error, ratio = map(image, pictures)
    assert {(shown.width(), shown.height()) for shown in (original, decoded, error, ratio)} == {(COLS, ROWS)}
    assert all((bar := image(each)).width() == 255 and bar.height() == 1 for each in bars)
    for shown in (original, decoded, error, ratio):
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
    grays = [ratio.pixelColor(x, 150).red() for x in range(COLS)]
    assert np.corrcoef(grays, gain)[0, 1] < -0.8
    assert re.fullmatch(r"color bar, 0\.\d+ to 1 to [\d.]+", bars[3]["alt"])


def test_the_tile_that_errs_most_is_shown_as_it_is(request_, write, power_of, pack, tmp_path):
    original = np.sqrt(power_of(600, 1100)).astype(np.float32)
    original[520:, 1030:] *= np.exp(2 * np.random.default_rng(0).standard_normal((80, 70)))  # hard to code
    source = write(tmp_path / "scene.tif", original, {"SAR_KIND": "amplitude"})
    container = pack(source, tmp_path / "scene.sarz", 60).target
    quality = evaluate(Evaluate(source, container, "cpu"), silent, Event())
    request = dataclasses.replace(request_, original=source, compressed=container, quality=quality, band=0)
    done = written(request)
    document = json.loads(done.document.read_text(encoding="utf-8"))
    assert document["pictures"]["step"] == 2
    assert document["pictures"]["worst_tile"]["window"] == [512, 1024, 88, 76]
    assert document["pictures"]["worst_tile"]["step"] == 1
    assert len(document["quality"]["worst_tiles"]) == 6
    worst = [image(each) for each in Page(done.page.read_text(encoding="utf-8")).images[8::2]]
    assert [(each.width(), each.height()) for each in worst] == [(76, 88)] * 4


def test_the_histograms_of_both_files_are_drawn(request_, quality):
    text = written(request_).page.read_text(encoding="utf-8")
    for name in ("original", "decoded"):
        steps = re.search(rf'<path class="{name}" d="M0 220([^"]*)V220"/>', text)[1]
        assert steps.count("V") == len(quality.bands[1].details.distributions.original_counts)
    assert re.search(r">−?\d+ dB</text>", text)


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
    with pytest.raises(TargetError, match=r"missing for report\.html does not exist"):
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


def test_a_raster_that_another_program_compressed_is_reported_too(request_, unpack, files, tmp_path):
    other = tmp_path / "other.tif"
    unpack(files[1], other)
    quality = evaluate(Evaluate(files[0], other, "cpu"), silent, Event())
    done = written(dataclasses.replace(request_, compressed=other, quality=quality))
    document = json.loads(done.document.read_text(encoding="utf-8"))
    assert (document["title"], document["rate_distortion"]) == ("Compression of a & <b>.tif", None)
    assert document["settings"] == {"format": "GTiff", "effort": "best", "device": SCRIPT}
    sizes = document["sizes"]
    assert sizes["file_bytes"] == other.stat().st_size
    assert sizes["bits_per_pixel"] == 8 * sizes["file_bytes"] / (2 * ROWS * COLS)
    assert sizes["ratio"] == sizes["raw_bytes"] / sizes["file_bytes"]
    words = Page(done.page.read_text(encoding="utf-8")).words
    assert {"Pixels in it", "Rate and error"}.isdisjoint(words)
    assert f"{sizes['bits_per_pixel']:.4f}" in words


def test_it_says_what_was_marked_where_the_scene_lies_and_how_the_file_is_called(pack, write, power_of, tmp_path):
    values = np.rint(np.sqrt(power_of(ROWS, COLS))).astype(np.uint16)
    place = rasterio.transform.from_origin(5e5, 5e6, 10, 10)
    source = write(tmp_path / "placed.tif", values, crs="EPSG:32633", transform=place)
    container = pack(source, tmp_path / "2.sarz", 60).target
    measured = evaluate(Evaluate(source, container, "cpu"), silent, Event())
    window = Window(100, 120, 40, 60)
    request = WriteReport(
        source, container, tmp_path / "r.html", measured, device="cpu",
        pins={"1": (90, 150)}, regions={"A": window}, shown_as="second.sarz",
    )  # fmt: skip
    done = written(request)
    document = json.loads(done.document.read_text(encoding="utf-8"))

    pin, region = document["marks"]["pins"]["1"], document["marks"]["regions"]["A"]
    assert (pin["row"], pin["column"], pin["original"]["number"]) == (90, 150, values[90, 150])
    assert pin["original"]["db"] == pytest.approx(20 * np.log10(values[90, 150]))
    assert pin["error_db"] == pytest.approx(pin["decoded"]["db"] - pin["original"]["db"])
    inside = values[100:140, 120:180].astype(float) ** 2
    assert region["original"]["mean_db"] == pytest.approx(10 * np.log10(inside.mean()))
    assert region["original"]["looks"] == pytest.approx(inside.mean() ** 2 / inside.var(), rel=0.01)
    georeference = document["scene"]["georeference"]
    assert georeference["crs"] == "WGS 84 / UTM zone 33N"
    assert georeference["affine"] == [10, 0, 5e5, 0, -10, 5e6]
    longitude, latitude = georeference["corners_lonlat"][0]
    assert longitude == pytest.approx(15.0, abs=1e-3)  # the meridian of the zone, 5 m to the west
    assert latitude == pytest.approx(45.15, abs=0.01)
    assert [file["name"] for file in document["files"]["compressed"]] == ["second.sarz"]

    words = " ".join(Page(done.page.read_text(encoding="utf-8")).words)
    for part in ("Pins in", "Regions in", "100 to 139", "WGS 84 / UTM zone 33N", "second.sarz"):
        assert part in words
    assert "2.sarz" not in words


def test_without_marks_or_place_it_has_no_tables_of_them(request_):
    done = written(request_)
    document = json.loads(done.document.read_text(encoding="utf-8"))
    assert document["marks"] == {"pins": {}, "regions": {}}
    assert document["scene"]["georeference"]["corners_lonlat"] is None
    words = " ".join(Page(done.page.read_text(encoding="utf-8")).words)
    assert "Pins" not in words
    assert "Regions" not in words
