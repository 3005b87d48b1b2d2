"""Compound scaling of depth, width and resolution at once, and how its sizes are rounded.

Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019. `edgeconv scale` rounds
in the same way (src/EdgeConv.Engine/Scaling); one table holds both to it.
"""
import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Factors of a base network; 1 leaves it as it is."""
    depth: float
    width: float
    resolution: float

    def channels(self, base):
        return base if self.width == 1 else multiple_of_8(base * self.width)

    def repeats(self, base):
        return math.ceil(base * self.depth)

    def extent(self, base):
        """Side of the input, or its length: a multiple of 4, as all published ones are. A side of 1 is none."""
        return base if self.resolution == 1 or base == 1 else 4 * round(base * self.resolution / 4)


@dataclass(frozen=True)
class Constants:
    """alpha, beta and gamma: multiply-adds grow by about (alpha beta^2 gamma^2)^phi."""
    alpha: float  # depth
    beta: float   # width
    gamma: float  # resolution

    def at(self, phi):
        return Scale(self.alpha ** phi, self.beta ** phi, self.gamma ** phi)


EFFICIENTNET = Constants(alpha=1.2, beta=1.1, gamma=1.15)


def multiple_of_8(channels):
    """Rounds to a multiple of 8, never losing more than a tenth."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded
