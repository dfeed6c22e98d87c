"""What a user can type, what comes out, and what it returns to the shell."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import rasterio
import typer

from sargui.cli.compress import byte_count
from sargui.cli.decompress import window_of
from sargui.cli.jobs import size
from sargui.container import Reader


def test_compress_then_decompress_gives_the_raster_back_with_place_mask_and_tags(sargui, raster, tmp_path):
    target, back = tmp_path / "scene.sarz", tmp_path / "back.tif"
    assert sargui("compress", raster, target)[0] == 0
    assert sargui("decompress", target, back)[0] == 0
    with rasterio.open(raster) as before, rasterio.open(back) as after:
        assert (after.crs, after.transform, after.nodata) == (before.crs, before.transform, before.nodata)
        assert after.tags()["ORBIT"] == "descending"
        np.testing.assert_array_equal(after.read(1) == 0, before.read(1) == 0)


def test_without_a_target_the_file_lies_beside_the_source(sargui, raster):
    assert sargui("compress", raster)[0] == 0
    assert raster.with_suffix(".sarz").exists()


def test_an_existing_target_is_kept_unless_forced(sargui, raster, tmp_path):
    target = tmp_path / "precious.sarz"
    target.write_text("do not lose me")
    code, _, words = sargui("compress", raster, target)
    assert code == 6
    assert "precious.sarz" in words
    assert target.read_text() == "do not lose me"
    assert sargui("compress", raster, target, "--force")[0] == 0
    assert target.stat().st_size > 100


@pytest.mark.parametrize(
    ("words", "key", "target", "tolerance"),
    [
        (["--target-size", "20kB"], "file_bytes", 20_000, 0.01),
        (["--target-ratio", "20"], "ratio", 20, 0.01),
        (["--target-bpp", "0.75"], "bits_per_pixel", 0.75, 0.01),
        (["--quality", "12.5"], "quality", 12.5, 0),
    ],
)
def test_what_the_user_fixes_is_met(run_json, raster, words, key, target, tolerance):
    code, result = run_json("compress", raster, *words)
    assert code == 0
    assert result[key] == pytest.approx(target, rel=tolerance)


def test_more_effort_makes_the_smaller_file_and_is_the_default(run_json, raster, tmp_path):
    sizes = {}
    for effort in ("fast", "best", None):
        words = [] if effort is None else ["--effort", effort]
        code, result = run_json("compress", raster, tmp_path / f"{effort}.sarz", *words)
        assert code == 0
        sizes[effort] = result["file_bytes"]
    assert sizes[None] == sizes["best"] < sizes["fast"]


def test_an_effort_that_there_is_not_is_wrong_usage(sargui, raster):
    code, _, words = sargui("compress", raster, "--effort", "heroic")
    assert code == 2
    assert "heroic" in words


def test_a_target_error_in_db_is_met(run_json, raster):
    run_json("compress", raster, "--target-rmse-db", "1.2")
    code, found = run_json("verify", raster.with_suffix(".sarz"), "--against", raster)
    assert code == 0
    assert found["quality"]["bands"][0]["rmse_db"] == pytest.approx(1.2, rel=0.02)


def test_two_targets_at_once_are_wrong_usage(sargui, raster):
    assert sargui("compress", raster, "--quality", "50", "--target-bpp", "1")[0] == 2


def test_a_second_raster_is_not_taken_for_a_place_to_write_to(sargui, raster):
    other = raster.with_name("other.tif")
    other.write_bytes(raster.read_bytes())
    code, _, words = sargui("compress", raster, other, "--force", "--target-ratio", "20")
    assert code == 6
    assert words == "error: other.tif exists and is not a .sarz file, so it is kept; choose another name.\n"
    assert other.read_bytes() == raster.read_bytes()


def test_a_target_out_of_reach_says_what_is_possible(sargui, raster):
    code, _, words = sargui("compress", raster, "--target-size", "10")
    assert code == 7
    assert "out of reach" in words
    assert not raster.with_suffix(".sarz").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["compress", "missing.tif"], 3),
        (["info", "missing.tif"], 3),
        (["decompress", "missing.sarz", "out.tif"], 4),
        (["verify", "missing.sarz"], 4),
    ],
)
def test_a_missing_file_is_one_sentence_and_an_exit_code(sargui, words, code):
    got, out, said = sargui(*words)
    assert got == code
    assert out == ""
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert "missing" in said


def test_an_error_in_json_has_the_sentence_and_the_code(run_json):
    code, found = run_json("compress", "missing.tif")
    assert code == found["exit_code"] == 3
    assert "missing.tif" in found["error"]


def test_an_unknown_checkpoint_names_those_that_are_there(sargui, raster):
    code, _, words = sargui("compress", raster, "--model", "best-9")
    assert code == 5
    assert "best-9" in words
    assert "tiny" in words


def test_a_changed_byte_is_found_and_confined_to_its_tile(sargui, raster, tmp_path):
    target, back = raster.with_suffix(".sarz"), tmp_path / "back.tif"
    sargui("compress", raster)
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 16
    target.write_bytes(content)
    code, _, words = sargui("verify", target)
    assert code == 4
    assert "tile (0, 0) of band 1" in words
    code, _, words = sargui("decompress", target, back)
    assert code == 4
    assert words.endswith("the rest was written, with no data where tiles are lost and close to them.\n")
    assert back.exists()


def test_lost_metadata_are_said_and_cost_no_pixels(sargui, run_json, raster, tmp_path):
    target, back = raster.with_suffix(".sarz"), tmp_path / "back.tif"
    sargui("compress", raster)
    with Reader(target) as reader:
        sizes = reader.sizes()
    content = bytearray(target.read_bytes())
    content[sizes["header"] + sizes["tiles"] + sizes["metadata"] // 2] ^= 16
    target.write_bytes(content)
    code, _, words = sargui("decompress", target, back)
    assert code == 4
    said = "error: scene.sarz is damaged: metadata layer"
    assert f"{said}; the rest was written, without georeference and tags." in words
    with rasterio.open(back) as after:
        assert after.shape == (300, 400)
    for command in ("verify", "info"):
        code, out, words = sargui(command, target)
        assert code == 4
        assert f"{said}." in words
    assert "300 × 400 pixels" in out
    code, found = run_json("info", target)
    assert code == found["exit_code"] == 4
    assert found["info"]["cols"] == 400


def test_a_window_comes_out_where_it_lies(sargui, raster, tmp_path):
    whole, part = tmp_path / "whole.tif", tmp_path / "part.tif"
    sargui("compress", raster)
    sargui("decompress", raster.with_suffix(".sarz"), whole)
    assert sargui("decompress", raster.with_suffix(".sarz"), part, "--window", "100,50,70,80")[0] == 0
    with rasterio.open(whole) as all_of_it, rasterio.open(part) as some:
        np.testing.assert_array_equal(some.read(1), all_of_it.read(1)[100:170, 50:130])
        assert some.transform * (0, 0) == all_of_it.transform * (50, 100)


@pytest.mark.parametrize("window", ["0,0,301,10", "-1,0,10,10", "0,0,0,5"])
def test_a_window_outside_is_refused(sargui, raster, tmp_path, window):
    sargui("compress", raster)
    code, _, words = sargui("decompress", raster.with_suffix(".sarz"), tmp_path / "x.tif", f"--window={window}")
    assert code == 2
    assert "does not lie inside" in words
    assert not (tmp_path / "x.tif").exists()


def test_info_tells_a_container_from_a_raster(run_json, raster):
    run_json("compress", raster, "--quality", "30")
    assert run_json("info", raster)[1]["container"] is None
    box = run_json("info", raster.with_suffix(".sarz"))[1]
    assert box["container"]["quality"] == 30
    assert box["container"]["bytes"]["total"] == raster.with_suffix(".sarz").stat().st_size
    assert (box["info"]["rows"], box["info"]["cols"]) == (300, 400)


def test_models_lists_the_checkpoints(sargui):
    code, out, _ = sargui("models")
    assert code == 0
    assert "tiny" in out


def test_sizes_are_read_as_people_write_them():
    assert byte_count("20MB") == 20e6
    assert byte_count("19.5 MiB") == 19.5 * 2**20
    assert byte_count("500k") == 500e3
    assert byte_count("123456") == 123456
    with pytest.raises(typer.BadParameter):
        byte_count("a lot")


def test_sizes_are_written_as_people_read_them():
    assert [size(number) for number in (12, 1500, 2.34e7)] == ["12 bytes", "1.5 kB", "23.4 MB"]


def test_a_window_is_four_numbers():
    with pytest.raises(typer.BadParameter):
        window_of("1,2,3")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child on Windows")
def test_ctrl_c_leaves_nothing_behind(tmp_path):
    path = tmp_path / "large.tif"
    profile = {"driver": "GTiff", "height": 6000, "width": 6000, "count": 1, "dtype": "uint8"}
    with rasterio.open(path, "w", **profile) as out:
        out.write(np.random.default_rng(0).integers(1, 255, (6000, 6000), np.uint8), 1)
    command = [sys.executable, "-m", "sargui", "compress", str(path), str(tmp_path / "large.sarz")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ}) as job:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".large*.part")) and job.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)  # the file system has no signal to wait for
        job.send_signal(signal.SIGINT)
        said = job.communicate(timeout=60)[1]
    assert job.returncode == 130
    assert "Cancelled" in said
    assert "Traceback" not in said
    assert [file.name for file in tmp_path.iterdir()] == ["large.tif"]


@pytest.mark.parametrize(("words", "spelled", "kind"), [([], "amplitude", "amplitude"), (["--kind", "db"], "dB", "db")])
def test_the_result_says_as_what_the_numbers_were_taken(sargui, run_json, raster, words, spelled, kind):
    assert f", read as {spelled}, " in sargui("compress", raster, *words)[1]
    assert run_json("compress", raster, "--force", *words)[1]["kinds"] == [kind]


@pytest.mark.parametrize("command", ["compress", "info"])
def test_help_says_that_a_kind_overrides_the_file(sargui, command):
    assert "whatever" in sargui(command, "--help")[1]


@pytest.mark.parametrize("content", [b"", b"hello, world, this is another kind of file"])
def test_what_is_only_named_like_a_container_is_none(sargui, tmp_path, content):
    (tmp_path / "x.sarz").write_bytes(content)
    for words in (["info"], ["verify"], ["compress"], ["decompress"]):
        target = [] if words[0] in ("info", "verify") else [tmp_path / "out"]
        code, _, said = sargui(*words, tmp_path / "x.sarz", *target)
        assert (code, said) == (4, "error: x.sarz is not a .sarz file.\n")


def test_a_missing_folder_is_said_alike_by_all(sargui, raster, tmp_path):
    sargui("compress", raster)
    for command, source, name in (("compress", raster, "a.sarz"), ("decompress", raster.with_suffix(".sarz"), "a.tif")):
        code, _, said = sargui(command, source, tmp_path / "no" / name)
        assert code == 6
        assert " ".join(said.split()) == f"error: The folder {tmp_path / 'no'} for {name} does not exist."


def test_the_wrong_original_is_a_mismatch(sargui, run_json, raster, tmp_path):
    sargui("compress", raster)
    with rasterio.open(raster) as dataset:
        values, profile = dataset.read(), dataset.profile | {"crs": "EPSG:32634"}
    with rasterio.open(tmp_path / "other.tif", "w", **profile) as dataset:
        dataset.write(values)
    code, out, said = sargui("verify", raster.with_suffix(".sarz"), "--against", tmp_path / "other.tif")
    assert code == 8
    assert "band 1: rms error" in out
    assert "scene.sarz describes another raster: they differ in CRS, tags." in " ".join(said.split())
    code, found = run_json("verify", raster.with_suffix(".sarz"), "--against", tmp_path / "other.tif")
    assert (code, found["differing"]) == (8, ["CRS", "tags"])
    assert run_json("verify", raster.with_suffix(".sarz"), "--against", raster)[1]["differing"] == []
