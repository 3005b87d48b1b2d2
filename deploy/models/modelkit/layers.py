"""The layer that all networks over pictures are made of."""
from collections import OrderedDict

from torch import nn


class ConvNorm(nn.Sequential):
    """Convolution, batch norm and, unless it ends a block, an activation."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1, activation=None):
        conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        layers = OrderedDict(conv=conv, norm=nn.BatchNorm2d(outputs))
        if activation is not None:
            layers["activation"] = activation()
        super().__init__(layers)
