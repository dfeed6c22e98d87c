"""Writes a small Sentinel-1 GRD product that GDAL's SAFE driver opens, with annotation, calibration and noise.

Layout, names and elements are those of real products; the numbers are made up, in their range.
"""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

import numpy as np
import rasterio
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.errors import NotGeoreferencedWarning
from scipy.ndimage import gaussian_filter

NAME = "S1B_IW_GRDH_1SDV_20211223T051122_20211223T051147_030148_039993_5371.SAFE"
STEM = "s1b-iw-grd-{}-20211223t051122-20211223t051147-030148-039993-{:03}"

HEADER = """  <adsHeader>
    <missionId>S1B</missionId><productType>GRD</productType><polarisation>{}</polarisation><mode>IW</mode>
    <swath>IW</swath><startTime>2021-12-23T05:11:22.594441</startTime><stopTime>2021-12-23T05:11:47.593146</stopTime>
    <absoluteOrbitNumber>30148</absoluteOrbitNumber><missionDataTakeId>235923</missionDataTakeId>
    <imageNumber>{:03}</imageNumber>
  </adsHeader>
"""
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def make_safe(parent, rows=200, cols=300, polarizations=("vv", "vh"), product_type="GRD", *, points=True):
    """Write the product into a folder and return its path; without `points` only its annotation knows its place."""
    folder = Path(parent) / NAME
    grid = _grid(rows, cols)
    files = {}
    for number, polarization in enumerate(polarizations, start=1):
        stem, header = STEM.format(polarization, number), HEADER.format(polarization.upper(), number)
        files[f"annotation/{stem}.xml"] = "s1Level1ProductSchema", _annotation(header, rows, cols, grid)
        files[f"annotation/calibration/calibration-{stem}.xml"] = (
            "s1Level1CalibrationSchema",
            _calibration(header, rows, cols, number),
        )
        files[f"annotation/calibration/noise-{stem}.xml"] = "s1Level1NoiseSchema", _noise(header, rows, cols, number)
        path = folder / "measurement" / f"{stem}.tiff"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_image(path, rows, cols, grid if points else [], number)
        files[f"measurement/{stem}.tiff"] = "s1Level1MeasurementSchema", path.read_bytes()
    files["preview/map-overlay.kml"] = "s1Level1MapOverlaySchema", (DECLARATION + "<kml/>\n").encode()
    files["preview/quick-look.png"] = "s1Level1QuickLookSchema", b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    for name, (_, content) in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "support").mkdir()
    (folder / "support" / "s1-object-types.xsd").write_text(DECLARATION + "<schema/>\n")
    (folder / "manifest.safe").write_text(_manifest(files, product_type))
    return folder


def _grid(rows, cols):
    """Return places (row, col, longitude, latitude) on a coarse grid, tilted as in a descending pass."""
    return [
        (row, col, 15.3 - 1.2e-4 * col - 2e-5 * row, 42.4 - 9e-5 * row + 2e-5 * col)
        for row in (0, rows // 2, rows - 1)
        for col in (0, cols // 3, 2 * cols // 3, cols - 1)
    ]


def _write_image(path, rows, cols, grid, number):
    rng = np.random.default_rng(number)
    ground = 40 * gaussian_filter(rng.standard_normal((rows, cols)), 12)
    amplitude = np.sqrt(2e4 / number * 10 ** (ground / 10) * rng.gamma(4.4, 1 / 4.4, (rows, cols)))
    digital = np.clip(np.rint(amplitude), 1, 65535).astype(np.uint16)
    digital[:, :9] = 0  # the margin that every GRD product has
    points = [
        GroundControlPoint(row + 0.5, col + 0.5, longitude, latitude, 12.5, str(index))
        for index, (row, col, longitude, latitude) in enumerate(grid, start=1)
    ]
    profile = {"driver": "GTiff", "dtype": "uint16", "count": 1, "height": rows, "width": cols}
    place = {"gcps": points, "crs": CRS.from_epsg(4326)} if points else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        image = rasterio.open(path, "w", **profile, **place)
    with image:
        image.update_tags(
            TIFFTAG_IMAGEDESCRIPTION="Sentinel-1B IW GRD HR L1",
            TIFFTAG_SOFTWARE="Sentinel-1 IPF 003.40",
            TIFFTAG_DATETIME=f"2021:12:23 06:02:{number:02}",
        )
        image.write(digital, 1)


def _annotation(header, rows, cols, grid):
    points = "".join(
        f"      <geolocationGridPoint><azimuthTime>2021-12-23T05:11:22.594174</azimuthTime><slantRangeTime>5.3e-03"
        f"</slantRangeTime><line>{row}</line><pixel>{col}</pixel><latitude>{latitude:.12e}</latitude><longitude>"
        f"{longitude:.12e}</longitude><height>1.25e+01</height><incidenceAngle>3.1e+01</incidenceAngle>"
        "<elevationAngle>2.7e+01</elevationAngle></geolocationGridPoint>\n"
        for row, col, longitude, latitude in grid
    )
    return f"""{DECLARATION}<product>
{header}  <generalAnnotation><productInformation><pass>Descending</pass></productInformation></generalAnnotation>
  <imageAnnotation><imageInformation>
    <pixelValue>Detected</pixelValue><outputPixels>16 bit Unsigned Integer</outputPixels>
    <rangePixelSpacing>1.0e+01</rangePixelSpacing><azimuthPixelSpacing>1.0e+01</azimuthPixelSpacing>
    <numberOfSamples>{cols}</numberOfSamples><numberOfLines>{rows}</numberOfLines>
  </imageInformation></imageAnnotation>
  <geolocationGrid>
    <geolocationGridPointList count="{len(grid)}">
{points}    </geolocationGridPointList>
  </geolocationGrid>
</product>
""".encode()


def _places(length, step):
    """Return the places of a table: from the first pixel in steps, with the last one."""
    return sorted({*range(0, length, step), length - 1})


def _list(tag, numbers, form="{:.6e}"):
    return f'<{tag} count="{len(numbers)}">{" ".join(form.format(number) for number in numbers)}</{tag}>'


def _calibration(header, rows, cols, number):
    pixel = np.array(_places(cols, 40))
    vectors = ""
    for line in [*range(0, rows, 61), rows + 7]:  # real products have one beyond the last row too
        sigma = 330 - 0.1 * pixel + 0.02 * line + 10 * number + 3 * np.sin(pixel / 70 + line)
        tables = {"sigmaNought": sigma, "betaNought": sigma / 1.4, "gamma": sigma / 1.09, "dn": sigma / 1.4}
        vectors += (
            f"    <calibrationVector>\n      <azimuthTime>2021-12-23T05:11:22.594441</azimuthTime>\n      <line>{line}"
            f"</line>\n      {_list('pixel', pixel, '{}')}\n"
            + "".join(f"      {_list(tag, values)}\n" for tag, values in tables.items())
            + "    </calibrationVector>\n"
        )
    return (
        f"{DECLARATION}<calibration>\n{header}  <calibrationInformation><absoluteCalibrationConstant>1.393000e+00"
        f"</absoluteCalibrationConstant></calibrationInformation>\n  <calibrationVectorList>\n{vectors}"
        "  </calibrationVectorList>\n</calibration>\n"
    ).encode()


def _noise(header, rows, cols, number):
    edge = cols // 3  # between two swaths, where noise jumps
    pixel = np.array(sorted({*_places(cols, 40), edge, edge + 1}))
    vectors = blocks = ""
    for line in range(0, rows, 73):
        noise = 900 / number + 2 * pixel + 0.5 * line + np.where(pixel > edge, 300, 0)
        vectors += (
            f"    <noiseRangeVector>\n      <azimuthTime>2021-12-23T05:11:22.594441</azimuthTime>\n      <line>{line}"
            f"</line>\n      {_list('pixel', pixel, '{}')}\n      {_list('noiseRangeLut', noise)}\n"
            "    </noiseRangeVector>\n"
        )
    for swath, (first, last) in {"IW1": (0, edge), "IW2": (edge + 1, cols - 1)}.items():
        line = np.array(_places(rows, 10))
        factor = 1 + 0.3 * np.cos(line / 15 + first)
        blocks += (
            f"    <noiseAzimuthVector>\n      <swath>{swath}</swath>\n      <firstAzimuthLine>0</firstAzimuthLine>\n"
            f"      <firstRangeSample>{first}</firstRangeSample>\n      <lastAzimuthLine>{rows - 1}</lastAzimuthLine>\n"
            f"      <lastRangeSample>{last}</lastRangeSample>\n      {_list('line', line, '{}')}\n"
            f"      {_list('noiseAzimuthLut', factor)}\n    </noiseAzimuthVector>\n"
        )
    return (
        f"{DECLARATION}<noise>\n{header}  <noiseRangeVectorList>\n{vectors}  </noiseRangeVectorList>\n"
        f"  <noiseAzimuthVectorList>\n{blocks}  </noiseAzimuthVectorList>\n</noise>\n"
    ).encode()


def _manifest(files, product_type):
    """Return a manifest that lists the files as real ones do: cross-polarized first, with sizes and checksums."""
    units = described = objects = ""
    for name, (schema, content) in sorted(files.items()):
        ident = _ident(name, schema)
        kind, about = "Metadata Unit", ""
        if schema == "s1Level1MeasurementSchema":  # names the files that describe it
            kind = "Measurement Data Unit"
            about = " ".join(f"{what}{ident}Annotation" for what in ("product", "noise", "calibration"))
        elif name.startswith("annotation/"):
            described += (
                f'    <metadataObject ID="{ident}Annotation" classification="DESCRIPTION" category="DMD">'
                f'<dataObjectPointer dataObjectID="{ident}"/></metadataObject>\n'
            )
        units += (
            f'      <xfdu:contentUnit unitType="{kind}" repID="{schema}" dmdID="{about}">'
            f'<dataObjectPointer dataObjectID="{ident}"/></xfdu:contentUnit>\n'
        )
        objects += (
            f'    <dataObject ID="{ident}" repID="{schema}">\n      <byteStream mimeType="application/octet-stream" '
            f'size="{len(content)}">\n        <fileLocation locatorType="URL" href="./{name}"/>\n'
            f'        <checksum checksumName="MD5">{hashlib.md5(content).hexdigest()}</checksum>\n'
            "      </byteStream>\n    </dataObject>\n"
        )
    return f"""{DECLARATION}<xfdu:XFDU xmlns:xfdu="urn:ccsds:schema:xfdu:1"
    xmlns:safe="http://www.esa.int/safe/sentinel-1.0"
    xmlns:s1sarl1="http://www.esa.int/safe/sentinel-1.0/sentinel-1/sar/level-1">
  <informationPackageMap>
    <xfdu:contentUnit unitType="SAFE Archive Information Package" textInfo="Sentinel-1 IW Level-1 GRD Product">
{units}    </xfdu:contentUnit>
  </informationPackageMap>
  <metadataSection>
{described}    <metadataObject ID="platform"><metadataWrap><xmlData><safe:platform>
      <safe:familyName>SENTINEL-1</safe:familyName><safe:number>B</safe:number>
    </safe:platform></xmlData></metadataWrap></metadataObject>
    <metadataObject ID="generalProductInformation"><metadataWrap><xmlData>
      <s1sarl1:standAloneProductInformation><s1sarl1:productType>{product_type}</s1sarl1:productType>
      </s1sarl1:standAloneProductInformation>
    </xmlData></metadataWrap></metadataObject>
  </metadataSection>
  <dataObjectSection>
{objects}  </dataObjectSection>
</xfdu:XFDU>
"""


def _ident(name, schema):
    stem = "".join(char for char in Path(name).stem if char.isalnum())
    return f"product{stem}" if schema == "s1Level1ProductSchema" else stem
