"""The annexes layer: the product's files beside its rasters, as a ZIP archive. Pixels decode without it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from sargui.container.checked import DamageError
from sargui.container.layout import MAX_ANNEXES, MAX_ANNEXES_BYTES
from sargui.core.archive import Archive, ArchiveError, check_paths
from sargui.core.errors import UnsupportedRasterError

_LEVEL = 9  # XML of some megabytes: a fraction of a second
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP knows: equal files make equal bytes
_UNIX, _MODE = 3, 0o100644 << 16  # a plain file that its owner may write


def annexes_to_bytes(annexes: Mapping[str, bytes]) -> bytes:
    """Return the content of the layer; the same bytes for the same files.

    Args:
        annexes: content by relative path, / between folders.

    Raises:
        UnsupportedRasterError: more or larger files than a container may hold, or a path that not every system allows.
    """
    if len(annexes) > MAX_ANNEXES or sum(map(len, annexes.values())) > MAX_ANNEXES_BYTES:
        raise UnsupportedRasterError(
            f"The product has more than {MAX_ANNEXES} files or {MAX_ANNEXES_BYTES >> 20} MiB beside its images, "
            "which a .sarz file cannot hold; compress the image files alone."
        )
    try:
        check_paths(annexes)
    except ArchiveError as error:
        raise UnsupportedRasterError(f"The product's files do not fit into a .sarz file: {error}.") from error
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(annexes):
            entry = zipfile.ZipInfo(path, _DATE)
            entry.create_system, entry.external_attr = _UNIX, _MODE
            archive.writestr(entry, annexes[path], zipfile.ZIP_DEFLATED, _LEVEL)
    return buffer.getvalue()


def annexes_from_bytes(content: bytes) -> dict[str, bytes]:
    """Return the files in the content of the layer.

    Raises:
        DamageError: it is no ZIP archive, a path leads elsewhere, or it unpacks to more than a container may hold.
    """
    try:
        with Archive(io.BytesIO(content), MAX_ANNEXES) as archive:
            if sum(archive.sizes.values()) > MAX_ANNEXES_BYTES:
                raise ArchiveError("it is too large")
            return {path: archive.read(path) for path in archive.sizes}
    except ArchiveError as error:
        raise DamageError(f"its annexes cannot be used ({error})") from error
