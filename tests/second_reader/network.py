"""What a checkpoint without attention computes, by docs/network.md alone: from symbols to latents, and to x."""

from __future__ import annotations

import numpy as np

from .container import Stream

CELL, CELLS = 16, 32
UNITS = (1.0, 0.9)
FIRST = np.indices((CELLS, CELLS)).sum(0) % 2 == 0  # the cells of the first half of a group
SIGNS = (-1.0) ** np.array(sorted(np.ndindex(CELL, CELL), key=lambda pair: (sum(pair), pair[0]))).T[..., None, None]


def rounded(x: np.ndarray) -> np.ndarray:
    return np.floor(x + 0.5)


def relu(x: np.ndarray) -> np.ndarray:
    return np.clip(x, 0, 255)


def leaky(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, x / 10)


def shuffle(x: np.ndarray) -> np.ndarray:
    channels, rows, cols = x.shape
    return x.reshape(-1, 2, 2, rows, cols).transpose(0, 3, 1, 4, 2).reshape(channels // 4, 2 * rows, 2 * cols)


class Network:
    """The checkpoint at one quality."""

    def __init__(self, weights: dict[str, np.ndarray], card: dict, quality: int) -> None:
        self.weights, self.groups, self.blocks = weights, card["network"]["groups"], card["network"]["blocks"]
        self.side, self.quality = card["network"]["side"], quality
        self.embedding = np.maximum(0, 64 - abs((448 * quality + 5000) // 10000 - 64 * np.arange(8)))

    def tensor(self, name: str) -> np.ndarray:
        return self.weights[name].astype(float)

    def conv(self, x: np.ndarray, name: str) -> np.ndarray:
        """1x1, 3x3 or depthwise, with the bias that there is."""
        kernel, (rows, cols) = self.tensor(name + ".weight"), x.shape[1:]
        reach = kernel.shape[2] // 2
        padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach)))
        out = np.zeros((len(kernel), rows, cols))
        for i, j in np.ndindex(kernel.shape[2:]):
            part, tap = padded[:, i : i + rows, j : j + cols], kernel[:, :, i, j]
            out += part * tap[:, :, None] if kernel.shape[1] < len(x) else np.tensordot(tap, part, 1)
        return out + self.tensor(name + ".bias")[:, None, None] if name + ".bias" in self.weights else out

    def layer(self, x: np.ndarray, name: str) -> np.ndarray:
        return rounded(self.conv(x, "entropy." + name) / 64)

    def features(self, z: np.ndarray) -> np.ndarray:
        a = relu(shuffle(self.layer(4 * z, "h_s.into")))
        a = relu(shuffle(self.layer(relu(self.layer(a, "h_s.depthwise")), "h_s.expand")))
        shift = rounded(self.tensor("entropy.h_s.quality.weight") @ self.embedding * 16 / 4096)
        shift += self.tensor("entropy.h_s.quality.bias")
        return np.clip(self.layer(a, "h_s.smooth") + shift[:, None, None], -127, 127)

    def head(self, below: np.ndarray, near: np.ndarray | None, name: str) -> np.ndarray:
        """Return the indices of a group; near is the context of its first half once that is known."""
        s = self.layer(below, name + "into")
        s = self.layer(relu(s + relu(self.layer(relu(s), name + "depthwise"))), name + "middle")
        if near is not None:
            inner = relu(self.layer(relu(self.layer(near, name + "near_into")), name + "near_depthwise"))
            s = s + self.layer(inner, name + "near_out")
        t = self.layer(relu(s), name + "out") + self.tensor(f"entropy.{name}base")[:, None, None]
        t = t if near is None else t + self.layer(near, name + "near_same")
        return np.clip(t // 2, 0, 63).astype(int)

    def read_levels(self, stream: Stream, profile: int, coded: np.ndarray) -> tuple[bytes, np.ndarray, np.ndarray]:
        """Return the levels of a tile in coding order, its latents and its indices."""
        z = np.zeros((self.side, 8, 8), int)
        for channel, row, col in np.argwhere(z + coded.reshape(8, 4, 8, 4).any((1, 3))):
            z[channel, row, col] = stream.symbol(192 + channel)
        order, latents, indices = [z], [], []
        features = below = self.features(z)
        contexts = self.tensor("entropy.magnitudes")[profile]
        for group, size in enumerate(self.groups):
            levels, index = np.zeros((2, size, CELLS, CELLS), int)
            value, near = np.zeros((size, CELLS, CELLS)), None
            for half in (FIRST, ~FIRST):
                index[:, half] = (self.head(below, near, f"heads.{group}.") * coded)[:, half]
                if group == 0:
                    mean = self.conv(features / 16, "entropy.mean")
                    mean += 0 if near is None else self.conv(levels * UNITS[profile], "entropy.near_mean")
                    value[:, half] = mean[:, half]
                levels[:, half] = stream.half(index[:, half], profile)
                order.append(levels[:, half])
                near = contexts[np.minimum(abs(levels), 4095)]
            below = np.concatenate([below, near])
            latents.append((levels * UNITS[profile] + value) * coded)
            indices.append(index)
        step = np.sqrt(12 / (2 * np.log(2) * 0.02 * 1000 ** (self.quality / 10000))) / 10
        gain = step * np.exp(self.embedding / 64 @ self.tensor("inverse_gain"))
        coding_order = b"".join(part.astype("<i2").tobytes() for part in order)
        return coding_order, np.concatenate(latents) * gain[:, None, None], np.concatenate(indices)

    def lapped(self, y: np.ndarray) -> np.ndarray:
        basis = self.tensor("g_s.lapped.quadrant")
        basis = np.concatenate([basis, basis[:, :, ::-1] * SIGNS[1]], axis=2)
        basis = np.concatenate([basis, basis[:, ::-1] * SIGNS[0]], axis=1)
        rows, cols = y.shape[1:]
        parts = np.tensordot(basis, y, (0, 0)).reshape(2, CELL, 2, CELL, rows, cols)
        picture = np.zeros((rows + 1, CELL, cols + 1, CELL))
        for i, j in np.ndindex(2, 2):
            picture[i : i + rows, :, j : j + cols] += parts[i, :, j].transpose(2, 0, 3, 1)
        return picture.reshape(CELL * (rows + 1), CELL * (cols + 1))[8:-8, 8:-8]

    def block(self, f: np.ndarray, name: str) -> np.ndarray:
        linear = self.tensor(name + "modulate.linear.weight") @ (self.embedding / 64)
        alpha, beta = (linear + self.tensor(name + "modulate.linear.bias")).reshape(2, -1, 1, 1)
        inner = leaky(self.conv(self.conv(f, name + "depthwise"), name + "expand"))
        return f + (1 + alpha) * self.conv(inner, name + "project") + beta

    def synthesis(self, y: np.ndarray, scales: np.ndarray) -> np.ndarray:
        picture = self.lapped(y)
        f = leaky(self.conv(np.concatenate([y, scales]), "g_s.into"))
        for stage, blocks in enumerate(reversed(self.blocks)):
            if stage == 2:
                rows, cols = f.shape[1:]
                pixels = picture.reshape(rows, 4, cols, 4).transpose(1, 3, 0, 2).reshape(16, rows, cols)
                f = f + self.conv(pixels, "g_s.mix")
            for number in range(blocks):
                f = self.block(f, f"g_s.blocks.{stage}.{number}.")
            f = shuffle(self.conv(f, f"g_s.up.{stage}"))
            f = leaky(f) if stage < 3 else f
        return picture + f[0]
