"""Offline check whether a Mahalanobis gate can work on a model: fit, calibrate, score kinds of input."""
from dataclasses import dataclass

import numpy as np
import onnx
import torch
from scipy.linalg import cholesky, solve_triangular
from sklearn.covariance import oas
from sklearn.metrics import roc_auc_score

from . import export, interpret

ALPHA = 0.05


# --- taps -----------------------------------------------------------------------------------------

def early_and_deepest(path):
    """Output value names of the first 1x1 convolution behind a depthwise one and of the last on a feature map."""
    return export.first_separable_output(path), export.pointwise_outputs(path)[-1]


def channel_statistics(graph_file, inputs, taps, batch_size=500):
    """For each tap its channel means and population variances over positions: [N, 2C], means first."""
    parts = []
    for start in range(0, len(inputs), batch_size):
        values = interpret.run(graph_file, inputs[start:start + batch_size].contiguous(), taps)
        flat = [values[tap].flatten(2).double() for tap in taps]
        parts.append([torch.cat([x.mean(2), x.var(2, unbiased=False)], 1) for x in flat])
    return [torch.cat(column).numpy() for column in zip(*parts)]


# --- distances ------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Gaussian:
    """Means [K,d] that share one covariance L L^T; the score is the squared distance to the nearest mean."""
    means: np.ndarray
    factor: np.ndarray

    def score(self, features):
        whitened = solve_triangular(self.factor, features.T, lower=True).T
        centres = solve_triangular(self.factor, self.means.T, lower=True).T
        return ((whitened[:, None, :] - centres) ** 2).sum(2).min(1)


def fit_gaussian(features, labels):
    """Class means and the pooled within-class covariance, OAS-shrunk as in sklearn."""
    means = np.stack([features[labels == k].mean(0) for k in np.unique(labels)])
    covariance, _ = oas(features - means[np.searchsorted(np.unique(labels), labels)], assume_centered=True)
    return Gaussian(means, cholesky(covariance, lower=True))


def tied(features, labels):
    return fit_gaussian(features, labels).score


def relative(features, labels):
    """Distance to the nearest class minus distance to one Gaussian over all data."""
    near, background = fit_gaussian(features, labels), fit_gaussian(features, np.zeros(len(features), int))
    return lambda x: near.score(x) - background.score(x)


def diagonal(features, labels):
    """One mean and variance per channel, classes ignored."""
    mean, variance = features.mean(0), features.var(0)
    return lambda x: ((x - mean) ** 2 / variance).sum(1)


# --- detectors ------------------------------------------------------------------------------------

EARLY, DEEPEST = 0, 1
EARLY_TIED = "early, mean+variance, tied"


@dataclass(frozen=True)
class Detector:
    name: str
    tap: int
    with_variance: bool
    estimator: callable

    def select(self, statistics):
        x = statistics[self.tap]
        return x if self.with_variance else x[:, :x.shape[1] // 2]


DETECTORS = (
    Detector("deepest, mean, diagonal", DEEPEST, False, diagonal),
    Detector("deepest, mean, tied", DEEPEST, False, tied),
    Detector("deepest, mean, relative", DEEPEST, False, relative),
    Detector("deepest, mean+variance, tied", DEEPEST, True, tied),
    Detector(EARLY_TIED, EARLY, True, tied),
)
COMBINED = {"both taps: 2 min(p deepest tied, p early)": ("deepest, mean, tied", EARLY_TIED),
            "both taps: 2 min(p deepest relative, p early)": ("deepest, mean, relative", EARLY_TIED)}


def p_values(calibration, scores):
    """Split-conformal: (1 + number of calibration scores at least as odd) / (n + 1)."""
    at_least = len(calibration) - np.searchsorted(np.sort(calibration), scores, side="left")
    return (1 + at_least) / (len(calibration) + 1)


def combine(p, q):
    """Bonferroni: stays valid although both taps share one calibration set."""
    combined = np.minimum(1, 2 * np.minimum(p, q))
    return -combined, combined


def detector_p_values(fit, fit_labels, calibration, kinds):
    """{detector name: {kind: (oddness, p)}} for statistics [early, deepest] of each input kind."""
    results = {}
    for detector in DETECTORS:
        score = detector.estimator(detector.select(fit), fit_labels)
        known = score(detector.select(calibration))
        scores = {kind: score(detector.select(x)) for kind, x in kinds.items()}
        results[detector.name] = {kind: (s, p_values(known, s)) for kind, s in scores.items()}
    for name, (one, other) in COMBINED.items():
        results[name] = {kind: combine(results[one][kind][1], results[other][kind][1]) for kind in kinds}
    return results


def report(path, fit_inputs, fit_labels, calibration_inputs, kinds):
    """Markdown table: flag rate of the first kind (in-distribution), AUROC / flag rate of each other kind."""
    graph_file, taps = onnx.load(str(path)), early_and_deepest(path)
    statistics = lambda inputs: channel_statistics(graph_file, inputs, taps)
    results = detector_p_values(statistics(fit_inputs), fit_labels, statistics(calibration_inputs),
                                {kind: statistics(x) for kind, x in kinds.items()})
    familiar, *others = kinds
    lines = [f"| tap, statistic, distance | {' | '.join(kinds)} |", "| --- " * (len(kinds) + 1) + "|"]
    for name, by_kind in results.items():
        cells = [f"{(by_kind[familiar][1] <= ALPHA).mean():.3f}"]
        for kind in others:
            oddness = np.concatenate([by_kind[familiar][0], by_kind[kind][0]])
            truth = np.repeat([0, 1], [len(by_kind[familiar][0]), len(by_kind[kind][0])])
            cells.append(f"{roc_auc_score(truth, oddness):.3f} / {(by_kind[kind][1] <= ALPHA).mean():.3f}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
