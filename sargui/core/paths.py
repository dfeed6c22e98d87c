"""What paths say: names that only GDAL knows, and whether a file can be written where a job wants it."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from tempfile import TemporaryFile

from sargui.core.errors import TargetError

SARZ = ".sarz"  # the ending of compressed files
MANIFEST = "manifest.safe"  # of a SAFE product: stands for the folder that it is in
_SUBDATASET = re.compile(r"[A-Za-z0-9_]{2,}:")  # HDF5:, NETCDF:, NITF_IM:, …; one letter is a drive


def is_virtual(path: Path) -> bool:
    """Say whether a path means something to GDAL alone: /vsizip/a.zip/b.tif or NETCDF:"a.nc":b."""
    text = path.as_posix()
    return (text.startswith("/vsi") or _SUBDATASET.match(text) is not None) and not os.path.exists(path)


def product_at(path: Path) -> Path:
    """Return what a path names as a whole: the folder of a product by its manifest, else the path itself."""
    return path.absolute().parent if path.name == MANIFEST else path


def compressed_beside(source: Path) -> Path:
    """Return where a source's .sarz goes if nothing is said: beside it, and never into a product's own folder."""
    return product_at(source).with_suffix(SARZ)


def check_place(target: Path, overwrite: bool) -> None:
    """Refuse a place where no file can be written, or where one is that must stay; links are followed.

    Raises:
        TargetError: one sentence for the user.
    """
    place = Path(os.path.realpath(target))
    if os.path.isdir(place):
        raise TargetError(f"{target.name} is a folder; name a file.")
    if not os.path.isdir(place.parent):
        raise TargetError(no_folder(place))
    if not os.path.lexists(place):
        return
    if not os.path.isfile(place):
        raise TargetError(f"{target.name} cannot be written: something that is not a file has this name.")
    if not overwrite:
        raise TargetError(exists_already(target.name))


def check_writable(target: Path, overwrite: bool) -> None:
    """Refuse, before a long work, a place where no file can be written; a file without a name is made there.

    Raises:
        TargetError: one sentence for the user.
    """
    check_place(target, overwrite)
    try:
        with TemporaryFile(dir=Path(os.path.realpath(target)).parent):
            pass
    except OSError as error:
        raise TargetError(cannot_write(target, error)) from error


def no_folder(target: Path) -> str:
    """Return the sentence for a target whose folder is missing."""
    return f"The folder {Path(os.path.abspath(target)).parent} for {target.name} does not exist."


def exists_already(name: str) -> str:
    """Return the sentence for a target that is there and may not be overwritten."""
    return f"{name} exists already; choose another name or allow overwriting (--force)."


def cannot_write(target: Path, error: OSError) -> str:
    """Return the sentence for what the system says of a target."""
    name = target.name
    match error.errno:
        case errno.EEXIST:
            return exists_already(name)
        case errno.ENOSPC | errno.EDQUOT:
            return f"The disk is full: {name} cannot be written."
        case errno.EFBIG:
            return f"{name} cannot be written: it is larger than the disk or a limit allows."
        case errno.EACCES | errno.EPERM:
            return f"{name} cannot be written: permission denied."
        case errno.ENOENT | errno.ENOTDIR if not os.path.isdir(Path(os.path.realpath(target)).parent):
            return no_folder(target)
        case errno.EROFS:
            return f"{name} cannot be written: the disk is read-only."
    return f"{name} cannot be written: {(error.strerror or str(error)).lower()}."
