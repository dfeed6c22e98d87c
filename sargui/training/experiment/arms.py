"""The arms of the experiment in order of value: what is run first is what one wants to know first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sargui.core.errors import RequestError

CONTROL = "none"


@dataclass(frozen=True, slots=True)
class Arm:
    """One variant at one placement, fine-tuned with one seed."""

    attention: str
    placement: str = "bottleneck"
    seed: int = 0

    @property
    def name(self) -> str:
        """The arm without its seed, as in "cbam@all"; the control is "none"."""
        return CONTROL if self.attention == CONTROL else f"{self.attention}@{self.placement}"

    @property
    def label(self) -> str:
        """The arm with its seed, as in "cbam@all-s0"; also the name of its folder."""
        return f"{self.name}-s{self.seed}"

    @property
    def control(self) -> Arm:
        """The arm that this one is compared with: no attention, the same seed."""
        return Arm(CONTROL, seed=self.seed)


FIRST = (  # the control, V1, V2, V3, and what the trials found to pay
    Arm(CONTROL),
    Arm("cbam"),
    Arm("cbam", "all"),
    Arm("self"),
    Arm("gate", "latents"),
)
OTHERS = (
    Arm("cbam", "latents"),
    Arm("se"),
    Arm("spatial"),
    Arm("eca"),
    Arm("cbam", "decoder"),
    Arm("local"),
)
LAST = (Arm("multihead"), Arm("axial"), Arm("linear"))
ARMS = (*FIRST, *OTHERS, *(Arm(arm.attention, arm.placement, 1) for arm in FIRST), *LAST)


def chosen(names: Sequence[str]) -> list[Arm]:
    """Return the arms of these names (with or without seed), all if there are none, and the controls they need.

    Raises:
        RequestError: a name is not that of an arm.
    """
    if unknown := set(names) - {name for arm in ARMS for name in (arm.name, arm.label)}:
        known = ", ".join(dict.fromkeys(arm.name for arm in ARMS))
        raise RequestError(f"The experiment has no arm '{min(unknown)}'; known are: {known}.")
    wanted = [arm for arm in ARMS if not names or arm.name in names or arm.label in names]
    controls = {arm.control for arm in wanted}
    return [arm for arm in ARMS if arm in wanted or arm in controls]
