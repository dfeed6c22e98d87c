"""Every error a user can cause or meet. Each message is one sentence: what is wrong, with what, what now.

SarguiError                      exit code 1
├── RequestError              2  a request that makes no sense: a number out of range, an absent device
├── InputError                3  a raster that cannot be used as it is
│   ├── UnreadableRasterError    GDAL cannot open or read it
│   ├── UnsupportedRasterError   it opens, but holds what we do not compress (yet)
│   │   └── ComplexPixelsError      complex pixels, whose phase would be lost; nobody said that it may
│   └── AmbiguousKindError       amplitude, power or dB? the file does not say
├── FormatError               4  a compressed file that cannot be used
│   ├── NotASarzError            another kind of file
│   ├── UnsupportedFormatError   a version, layer or coder this program does not know
│   └── DamagedFileError         truncated, altered, or failing a checksum
├── CheckpointError           5  a checkpoint that is missing, altered or unknown
├── TargetError               6  an output that cannot be written
├── InfeasibleRateError       7  no quality reaches the size or error asked for
├── MismatchError             8  a verification that failed
└── JobCancelled            130  the user said stop
"""

import numpy as np
from numpy.typing import NDArray

_FULL = ("out of memory", "allocate memory")  # what torch says in plain RuntimeErrors: of MPS, of the CPU


class SarguiError(Exception):
    """Base of all errors that are the user's to read; `exit_code` is what the command line returns."""

    exit_code = 1


class RequestError(SarguiError):
    """A request that makes no sense: a number out of range, a window outside, a device that is not there."""

    exit_code = 2


class InputError(SarguiError):
    """A raster that cannot be used as it is."""

    exit_code = 3


class UnreadableRasterError(InputError):
    """GDAL cannot open or read the file."""


class UnsupportedRasterError(InputError):
    """The raster opens but holds something that is not compressed (yet)."""


class ComplexPixelsError(UnsupportedRasterError):
    """The pixels are complex: their amplitude can be compressed, if the user lets go of their phase."""


class AmbiguousKindError(InputError):
    """The file does not say whether it holds amplitude, power or dB; `sample` holds some of its values, if any."""

    def __init__(self, sentence: str, sample: NDArray[np.generic] | None = None) -> None:
        super().__init__(sentence)
        self.sample = sample


class FormatError(SarguiError):
    """A compressed file that cannot be used."""

    exit_code = 4


class NotASarzError(FormatError):
    """The file is not a .sarz container."""


class UnsupportedFormatError(FormatError):
    """The file needs a version, layer or coder that this program does not know."""


class DamagedFileError(FormatError):
    """The file is truncated, altered, or fails a checksum."""


class CheckpointError(SarguiError):
    """A checkpoint that is missing, altered or unknown."""

    exit_code = 5


class TargetError(SarguiError):
    """An output file that cannot be written."""

    exit_code = 6


class InfeasibleRateError(SarguiError):
    """No quality reaches the size, rate or error asked for."""

    exit_code = 7


class MismatchError(SarguiError):
    """A verification that failed."""

    exit_code = 8


class JobCancelled(SarguiError):  # noqa: N818 - not an error of anyone
    """The user asked the job to stop."""

    exit_code = 130


def is_memory_full(error: BaseException) -> bool:
    """Return whether an error says that memory is full, the system's or a device's: torch has no one class for that."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":  # torch's, unknown down here
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _FULL)
