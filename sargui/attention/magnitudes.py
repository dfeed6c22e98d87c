"""Gates of magnitudes, for coefficients whose sign says nothing."""

from torch import Tensor

from sargui.attention.base import Attended, Attention, Gating


class OfMagnitudes(Attention):
    """A gating variant that reads |x|: the mean of zero-mean coefficients is no feature, that of their sizes is."""

    def __init__(self, gating: Gating) -> None:
        super().__init__()
        self.gating = gating
        self.reach = gating.reach

    def forward(self, x: Tensor) -> Tensor:
        """Return x (batch, channels, rows, cols) times the gates of |x|."""
        gated: Tensor = self.gating(x, x.abs())
        return gated

    def attended(self, x: Tensor) -> Attended:
        """Return the gates of |x|."""
        return self.gating.attended(x, x.abs())
