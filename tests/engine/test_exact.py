"""Bands that are kept bit for bit, and masks beside values, through a container and back; by a source made here."""

from threading import Event

import numpy as np
import pytest

from sargui.codec.payload import Payload
from sargui.container import Reader, TileKey, Writer
from sargui.core import radiometry
from sargui.core.errors import DamagedFileError, MismatchError, UnsupportedRasterError
from sargui.core.types import BandInfo, Kind, MaskKind, Pixels, ProductInfo, Void, Window
from sargui.engine import evaluate as evaluating
from sargui.engine import look as looking
from sargui.engine.bench import Bench
from sargui.engine.decoded import DecodedSource
from sargui.engine.requests import Look, Rate, RateKind, Verify
from sargui.engine.verify import verify

DTYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]


class Source:
    """A raster source over arrays; `kinds` and `nodata` by band, `masked` pixels of all measured bands."""

    def __init__(self, bands, kinds, nodata=None, masked=None):
        self.bands = bands
        described = [
            BandInfo(band.dtype.name, kind, nodata, color="alpha" if kind is Kind.EXACT else "gray")
            for band, kind in zip(bands, kinds, strict=True)
        ]
        self.masked = np.zeros(bands[0].shape, bool) if masked is None else masked
        mask = MaskKind.NONE if masked is None else MaskKind.DATASET
        self.info = ProductInfo("scene", *bands[0].shape, tuple(described), mask=mask)

    def read(self, band, window):
        place = np.s_[window.row : window.row + window.rows, window.col : window.col + window.cols]
        values, info = self.bands[band][place], self.info.bands[band]
        if info.kind is Kind.EXACT:
            return Pixels(values, np.zeros(values.shape, np.uint8))
        void = radiometry.classify(values, info.nodata)
        return Pixels(values, void + np.where(self.masked[place], np.uint8(Void.MASKED), np.uint8(0)))

    def preview(self, band, max_side):
        raise AssertionError("nobody looks from afar")

    def annexes(self):
        return {}

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.fixture
def squeeze(pack, tmp_path, monkeypatch):
    """Compress a source of this file; return the result."""

    def run(source, **options):
        monkeypatch.setattr("sargui.engine.compress.open_source", lambda *_: source)
        return pack(tmp_path / "scene", tmp_path / "scene.sarz", overwrite=True, **options)

    return run


def bits(shape, dtype, seed=3):
    """Return pixels of any bits, NaN and infinities among them; the upper rows all alike."""
    size = np.dtype(dtype).itemsize
    pixels = np.random.default_rng(seed).integers(0, 256, (shape[0], shape[1] * size), np.uint8)
    pixels[: shape[0] // 2] = 0
    return pixels.view(dtype)


def whole(source, band):
    return source.read(band, Window(0, 0, *source.info.shape))


@pytest.mark.parametrize("dtype", DTYPES)
def test_an_exact_band_of_any_type_comes_back_bit_for_bit(squeeze, power_of, dtype):
    kept = bits((70, 90), dtype)
    bands = [power_of(70, 90).astype(np.float32), kept, power_of(70, 90, 1).astype(np.float32)]
    result = squeeze(Source(bands, [Kind.POWER, Kind.EXACT, Kind.POWER]), quality=90)
    with DecodedSource(result.target, "cpu") as decoded:
        assert [band.kind for band in decoded.info.bands] == [Kind.POWER, Kind.EXACT, Kind.POWER]
        back = whole(decoded, 1)
        assert back.values.dtype == kept.dtype
        assert back.values.tobytes() == kept.tobytes()
        assert not back.void.any()
        for band in (0, 2):
            error = 10 * np.log10(whole(decoded, band).values / bands[band])
            assert np.sqrt(np.mean(error**2)) < 0.6


def test_any_window_of_an_exact_band_is_a_piece_of_the_whole_over_the_borders_of_tiles(squeeze, power_of):
    kept = bits((530, 1040), "uint16")
    result = squeeze(Source([kept, power_of(530, 1040).astype(np.float32)], [Kind.EXACT, Kind.POWER]))
    with DecodedSource(result.target, "cpu") as decoded:
        for row, col, rows, cols in [(0, 0, 530, 1040), (500, 500, 30, 530), (511, 1023, 2, 2), (529, 1039, 1, 1)]:
            part = decoded.read(0, Window(row, col, rows, cols)).values
            np.testing.assert_array_equal(part, kept[row : row + rows, col : col + cols])


@pytest.fixture
def damaged(squeeze, power_of, tmp_path):
    """Return an exact band of 2 × 1 tiles, and a container in which the payload of the lower one is `payload`."""
    kept = bits((600, 60), "uint8", seed=4)
    target = squeeze(Source([power_of(600, 60).astype(np.float32), kept], [Kind.POWER, Kind.EXACT])).target

    def broken(payload, band=1):
        path = tmp_path / "broken.sarz"
        with Reader(target) as reader, Writer(path, reader.header, overwrite=True) as writer:
            for key in reader.keys(0):
                whole = reader.payload(key)
                writer.append(key, payload(whole) if key == TileKey(0, band, 1, 0) else whole)
            writer.finish()
        return path

    return kept, broken


@pytest.mark.parametrize(
    "payload",
    [
        lambda whole: whole[:-1],
        lambda whole: whole[:20] + bytes([whole[20] ^ 8]) + whole[21:],
        lambda whole: b"",
        lambda whole: Payload(1, 6000, 0, b"", None, None, b"").pack(),
    ],
    ids=["truncated", "flipped", "empty", "of measurements"],
)
def test_a_damaged_exact_tile_is_zero_and_named_and_costs_nothing_else(damaged, payload):
    kept, broken = damaged
    path = broken(payload)
    with DecodedSource(path, "cpu", lenient=True) as lenient:
        back = whole(lenient, 1)
        assert lenient.damaged == ["tile (1, 0) of band 2"]
        assert not whole(lenient, 0).void.any()
    np.testing.assert_array_equal(back.values[:512], kept[:512])
    assert not back.values[512:].any()
    np.testing.assert_array_equal(back.void, np.repeat([Void.VALID, Void.NODATA], [512, 88])[:, None].repeat(60, 1))
    with DecodedSource(path, "cpu") as strict, pytest.raises(DamagedFileError):
        whole(strict, 1)
    assert verify(Verify(path, device="cpu"), lambda progress: None, Event()).damaged == ("tile (1, 0) of band 2",)


def test_exact_pixels_in_a_band_of_measurements_are_a_damaged_tile(damaged):
    _, broken = damaged
    path = broken(lambda whole: bytes.fromhex("0201000000000000") + b"\x07", band=0)
    with DecodedSource(path, "cpu", lenient=True) as lenient:
        assert (whole(lenient, 0).void[512:] == Void.NODATA + Void.MASKED).all()
        assert lenient.damaged == ["tile (1, 0) of band 1"]


def test_the_overview_of_an_exact_band_is_every_16th_pixel_of_every_16th_row(squeeze, power_of):
    kept = bits((2100, 50), "uint8", seed=5)
    result = squeeze(Source([power_of(2100, 50).astype(np.float32), kept], [Kind.POWER, Kind.EXACT]))
    with DecodedSource(result.target, "cpu") as decoded:
        assert decoded.reader.levels == (0, 1)
        few = kept[::16, ::16].astype(float)
        with np.errstate(divide="ignore"):
            expected = 10 * np.log10(few)
        np.testing.assert_allclose(decoded.preview(1, 132), np.where(few > 0, expected, np.nan), rtol=1e-5)
        assert max(decoded.preview(1, 2100).shape) == 2100  # finer than the overview: from the pixels


def test_a_size_that_is_asked_for_counts_the_exact_bands(squeeze, power_of):
    noise = bits((200, 200), "uint16", seed=6)
    source = Source([power_of(200, 200).astype(np.float32), noise], [Kind.POWER, Kind.EXACT])
    result = squeeze(source, rate=Rate(RateKind.BYTES, 52_000))
    assert result.file_bytes == pytest.approx(
        52_000, rel=0.02
    )  # half of the noise, 40 000 bytes, is all that zlib saves
    with Reader(result.target) as reader:
        pixels = 200 * 200 * 2
        assert result.bits_per_pixel == 8 * reader.sizes()["pixels"] / pixels
        assert result.pixel_bytes > noise.nbytes // 2


def test_a_raster_of_nothing_but_exact_bands_is_refused(squeeze, tmp_path):
    with pytest.raises(UnsupportedRasterError, match="no band of measurements"):
        squeeze(Source([bits((20, 30), "uint8")], [Kind.EXACT]))
    assert not (tmp_path / "scene.sarz").exists()


def compare(original, decoded):
    return evaluating.compare(original, decoded, lambda progress: None, Event()).bands


def test_exact_bands_are_compared_bit_for_bit(squeeze, power_of):
    kept = bits((40, 50), "float32", seed=7)
    source = Source([power_of(40, 50).astype(np.float32), kept], [Kind.POWER, Kind.EXACT])
    with DecodedSource(squeeze(source).target, "cpu") as decoded:
        measured, exact = compare(source, decoded)
        assert (measured.exact_mismatches, exact.exact_mismatches) == (None, 0)
        assert measured.rmse_db > 0
        changed = kept.copy()
        changed.view(np.uint32)[3, 4:9] ^= 1
        other = Source([source.bands[0], changed], [Kind.POWER, Kind.EXACT])
        assert compare(other, decoded)[1].exact_mismatches == 5
        wrong = Source([source.bands[0], kept], [Kind.POWER, Kind.POWER])
        with pytest.raises(MismatchError, match="alpha"):
            compare(wrong, decoded)


def test_an_exact_band_is_looked_at_as_if_it_were_power(squeeze, power_of):
    alpha = np.zeros((40, 50), np.uint8)
    alpha[:20] = 255
    result = squeeze(Source([power_of(40, 50).astype(np.float32), alpha], [Kind.POWER, Kind.EXACT]))
    with Bench() as bench:
        picture = looking.look(Look(None, result.target, band=1, device="cpu"), lambda progress: None, Event(), bench)
    np.testing.assert_allclose(picture.decoded_db[:20], 10 * np.log10(255), rtol=1e-6)
    assert np.isnan(picture.decoded_db[20:]).all()


@pytest.mark.parametrize(
    ("dtype", "nodata", "filler"),
    [
        ("float32", None, 0),
        ("float32", -9999.0, -9999),
        ("float64", -1.7976931348623157e308, -1.7976931348623157e308),
        ("int32", -2147483648.0, -2147483648),
        ("uint32", 4294967295.0, 4294967295),
        ("int8", -128.0, -128),
        ("uint8", -9999.0, 0),
    ],
)
def test_a_mask_and_the_values_under_it_that_have_a_class_come_back_bit_for_bit(
    squeeze, power_of, dtype, nodata, filler
):
    with np.errstate(invalid="ignore"):
        values = np.clip(np.sqrt(power_of(70, 80)), 1, 100).astype(dtype)
    special = [] if nodata is None or filler == 0 else [nodata]
    special += [np.nan, np.inf, -np.inf] if np.dtype(dtype).kind == "f" else []
    for number, value in enumerate(special):
        values[4 * number : 4 * number + 4] = value
    masked = np.random.default_rng(8).random((70, 80)) > 0.5
    source = Source([values], [Kind.AMPLITUDE], nodata, masked)
    with DecodedSource(squeeze(source).target, "cpu") as decoded:
        back, before = whole(decoded, 0), whole(source, 0)
    np.testing.assert_array_equal(back.void, before.void)
    np.testing.assert_array_equal((back.void & Void.MASKED) != 0, masked)
    classed = radiometry.value_class(before.void) != Void.VALID
    np.testing.assert_array_equal(back.values[classed], values[classed])
    np.testing.assert_array_equal(back.values[before.void == Void.MASKED], np.asarray(filler, dtype))
    valid = before.void == Void.VALID
    assert np.isfinite(back.values[valid]).all()
    assert np.sqrt(np.mean((20 * np.log10(back.values[valid] / values[valid].astype(float))) ** 2)) < 1.5


def test_masked_zeros_of_a_band_whose_zeros_are_not_measured_stay_zero(squeeze, power_of):
    values = np.clip(np.sqrt(power_of(70, 80)), 1, 250).astype(np.uint8)
    values[:, :20] = 0
    masked = np.zeros(values.shape, bool)
    masked[:30] = True
    source = Source([values], [Kind.AMPLITUDE], 255.0, masked)
    with DecodedSource(squeeze(source).target, "cpu") as decoded:
        assert decoded.reader.header.bands[0].radiometry.zero_is_void
        back = whole(decoded, 0)
    np.testing.assert_array_equal(back.void, whole(source, 0).void)  # zero is a number to whoever reads the raster
    np.testing.assert_array_equal(back.values[:, :20], 0)
    assert (back.values[:30, 20:] == 255).all()


def test_a_scene_that_is_masked_throughout_costs_a_byte_a_tile(squeeze, power_of):
    values = power_of(40, 50).astype(np.float32)
    result = squeeze(Source([values], [Kind.POWER], None, np.ones((40, 50), bool)))
    with Reader(result.target) as reader:
        assert reader.payload(TileKey(0, 0, 0, 0))[8:] == b"\x01\0\0\0\x08"
    with DecodedSource(result.target, "cpu") as decoded:
        assert (whole(decoded, 0).void == Void.MASKED).all()
        assert not whole(decoded, 0).values.any()
