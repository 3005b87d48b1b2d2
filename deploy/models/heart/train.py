#!/usr/bin/env python3
"""Trains and exports `heart`: a 1-D depthwise-separable network that finds ectopic beats in an ECG.

    python3 train.py                  train, export and verify
    python3 train.py --beats          no training: what beat detector and clustering find in the record
    python3 train.py --gate-report    no training: gate feasibility of the exported model
    python3 train.py --summary        no training: size and cost of the exported model

The record comes without annotations, so labels are made here by classical means: an R-peak detector, then two
clusters of beat shapes, the wider one called ectopic. Needs Debian 12's python3-torch, python3-onnx,
python3-scipy and python3-sklearn.
"""
import argparse
import sys
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy
import torch
from scipy.signal import butter, find_peaks, sosfiltfilt
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from torch import nn

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from modelkit import export, gate, training  # noqa: E402

RECORD = Path(scipy.__file__).parent / "misc" / "ecg.dat"
HERTZ = 360
ZERO_LEVEL, COUNTS_PER_MILLIVOLT = 1024, 200
WINDOW = 512  # samples, 1.42 s
TRAIN_HOP = 2  # samples from one training window to the next
TRAIN_SECONDS, GATE_SECONDS, TEST_SECONDS = (0, 180), (180, 240), (240, 300)
SIGNAL_LOST_SECONDS = 1.6  # a longer gap between beats is an electrode artefact, not a rhythm
NORMAL, ECTOPIC = 0, 1
LABELS = ("normal", "ectopic")
GOLDEN_WINDOWS = 8
SEED = 20


# --- the record and its beats ---------------------------------------------------------------------

def to_millivolts(counts):
    """The network's input unit: a fixed affine map, so that a wrong gain or offset stays visible."""
    return (counts.astype(np.float32) - ZERO_LEVEL) / COUNTS_PER_MILLIVOLT


def read_counts():
    return np.load(RECORD)["ecg"]


def band_pass(signal, low, high):
    return sosfiltfilt(butter(2, (low, high), "bandpass", fs=HERTZ, output="sos"), signal)


def find_r_peaks(millivolts):
    """Pan and Tompkins in short: band-pass, squared slope, moving mean, threshold, then the local maximum."""
    qrs = band_pass(millivolts, 3, 20)
    energy = np.convolve(np.gradient(qrs) ** 2, np.ones(54) / 54, "same")
    peaks, _ = find_peaks(energy, distance=HERTZ // 4)
    heights = energy[peaks]
    typical = np.median(heights[heights > np.percentile(heights, 30)])
    reach = HERTZ // 10
    peaks = peaks[heights > 0.25 * typical]
    r_peaks = [max(0, p - reach) + np.argmax(qrs[max(0, p - reach):p + reach]) for p in peaks]
    return np.array([r for r in np.unique(r_peaks) if 72 <= r < len(millivolts) - 144])


def cluster_beats(millivolts, r_peaks):
    """NORMAL or ECTOPIC for each beat: 2-means on five principal components of -200...+400 ms around R."""
    smooth = band_pass(millivolts, 0.7, 40)
    beats = np.stack([smooth[r - 72:r + 144] for r in r_peaks])
    beats -= beats[:, :30].mean(1, keepdims=True)
    components = PCA(5, random_state=SEED).fit_transform(beats)
    clusters = KMeans(2, n_init=10, random_state=SEED).fit_predict(components)
    widths = [(np.median(beats[clusters == k], 0) > 0.5).sum() for k in (0, 1)]
    return np.where(clusters == np.argmax(widths), ECTOPIC, NORMAL)


# --- windows --------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Windows:
    """Every possible window of a stretch of the record, by its first sample."""
    starts: np.ndarray
    labels: np.ndarray
    clear: np.ndarray  # no ectopic beat cut off at an edge
    lost: np.ndarray   # touches a stretch without beats: an electrode artefact
    silent: np.ndarray  # lies wholly in such a stretch


def has_beat(positions, starts, first, end):
    """Whether any position lies in [start + first, start + end), for each start."""
    return np.searchsorted(positions, starts + end) > np.searchsorted(positions, starts + first)


def label_windows(seconds, r_peaks, kinds):
    """ECTOPIC if an ectopic beat lies wholly inside; NORMAL if none touches it; otherwise not clear."""
    starts = np.arange(seconds[0] * HERTZ, seconds[1] * HERTZ - WINDOW)
    ectopic = r_peaks[kinds == ECTOPIC]
    inside = has_beat(ectopic, starts, 40, WINDOW - 80)
    touching = has_beat(ectopic, starts, -100, WINDOW + 40)
    peak_inside = has_beat(ectopic, starts, 0, WINDOW)
    gaps = np.flatnonzero(np.diff(r_peaks) > SIGNAL_LOST_SECONDS * HERTZ)
    lost = np.zeros(len(starts), bool)
    for gap in gaps:
        lost |= (starts < r_peaks[gap + 1]) & (starts + WINDOW > r_peaks[gap])
    return Windows(starts, np.where(inside | peak_inside, ECTOPIC, NORMAL), inside | ~touching, lost,
                   lost & ~has_beat(r_peaks, starts, 0, WINDOW))


def cut(millivolts, starts):
    """float32 [N,1,WINDOW]"""
    return torch.from_numpy(np.stack([millivolts[s:s + WINDOW] for s in starts])).unsqueeze(1)


def load_windows(seconds):
    millivolts = to_millivolts(read_counts())
    r_peaks = find_r_peaks(millivolts)
    return millivolts, label_windows(seconds, r_peaks, cluster_beats(millivolts, r_peaks))


def wander(windows):
    """Training-time variation: offset 0.2 mV, gain 5 %, noise 0.02 mV (standard deviations)."""
    count = len(windows)
    return (windows * (1 + 0.05 * torch.randn(count, 1, 1)) + 0.2 * torch.randn(count, 1, 1)
            + 0.02 * torch.randn_like(windows))


# --- network --------------------------------------------------------------------------------------

class ConvNorm(nn.Sequential):
    def __init__(self, inputs, outputs, kernel, stride=1, groups=1):
        super().__init__(OrderedDict(
            conv=nn.Conv1d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
            norm=nn.BatchNorm1d(outputs), activation=nn.ReLU6()))


class Separable(nn.Sequential):
    def __init__(self, inputs, outputs, kernel, stride):
        super().__init__(OrderedDict(depthwise=ConvNorm(inputs, inputs, kernel, stride, groups=inputs),
                                     pointwise=ConvNorm(inputs, outputs, 1)))


def build():
    blocks = nn.Sequential(Separable(16, 24, 9, 2), Separable(24, 32, 9, 2), Separable(32, 48, 7, 2),
                           Separable(48, 48, 5, 1))
    return nn.Sequential(OrderedDict(stem=ConvNorm(1, 16, 7, 2), blocks=blocks, head=ConvNorm(48, 32, 1),
                                     pool=nn.AdaptiveAvgPool1d(1), flatten=nn.Flatten(),
                                     classifier=nn.Linear(32, len(LABELS))))


# --- commands -------------------------------------------------------------------------------------

def train():
    training.seed_everything(SEED)
    millivolts, windows = load_windows(TRAIN_SECONDS)
    used = windows.clear & ~windows.lost & (windows.starts % TRAIN_HOP == 0)
    print(f"{used.sum()} training windows, {windows.labels[used].mean():.2f} of them ectopic")
    recipe = training.Recipe(epochs=12, learning_rate=0.05, label_smoothing=0.05)
    inputs, labels = cut(millivolts, windows.starts[used]), torch.from_numpy(windows.labels[used])
    return training.fit(build(), inputs, labels, wander, recipe)


def score(model, seconds):
    """Accuracy and confusion counts on a stretch of the record, every window."""
    millivolts, windows = load_windows(seconds)
    logits = training.predict(model, cut(millivolts, windows.starts))
    right = logits.argmax(1).numpy() == windows.labels
    clear, usable = windows.clear & ~windows.lost, ~windows.lost
    recall = [right[clear & (windows.labels == kind)].mean() for kind in (NORMAL, ECTOPIC)]
    print(f"seconds {seconds}: accuracy {right[clear].mean():.4f} on {clear.sum()} clear windows "
          f"(normal {recall[NORMAL]:.4f}, ectopic {recall[ECTOPIC]:.4f}); {right[usable].mean():.4f} on all "
          f"{usable.sum()} windows with signal; always guessing the majority gives "
          f"{max(np.bincount(windows.labels[clear])) / clear.sum():.4f}")
    return right[clear].mean()


def metadata(test_accuracy):
    return {"family": "heart", "member": "heart", "hertz": HERTZ, "window": WINDOW,
            "input": f"millivolts: (counts - {ZERO_LEVEL}) / {COUNTS_PER_MILLIVOLT}",
            "labels": ",".join(LABELS), "test_accuracy": f"{test_accuracy:.4f}", "license": "Apache-2.0",
            "trained_on": f"scipy.misc ecg.dat, seconds {TRAIN_SECONDS[0]}-{TRAIN_SECONDS[1]}"}


def deliver(model, out):
    path = out / "heart.onnx"
    for seconds in (TRAIN_SECONDS, GATE_SECONDS):
        score(model, seconds)
    export.export_onnx(model, torch.zeros(1, 1, WINDOW), path, "ecg", metadata(score(model, TEST_SECONDS)))
    millivolts, windows = load_windows(TEST_SECONDS)
    examples = cut(millivolts, windows.starts)
    logits = training.predict(model, examples)
    golden = slice(0, GOLDEN_WINDOWS * HERTZ, HERTZ)
    export.write_golden(out / "golden", "heart", examples[golden], logits[golden])
    print(f"largest logit difference from torch {export.verify(path, examples, logits):.1e}")
    print_summary(out)


def print_summary(out):
    print(export.summarize(out / "heart.onnx"))
    print(f"1x1 convolutions: {export.pointwise_outputs(out / 'heart.onnx')}")


def print_beats():
    millivolts = to_millivolts(read_counts())
    r_peaks = find_r_peaks(millivolts)
    kinds = cluster_beats(millivolts, r_peaks)
    intervals = np.diff(r_peaks) / HERTZ
    print(f"{len(r_peaks)} beats; RR interval, s: 5 % {np.percentile(intervals, 5):.2f}, "
          f"median {np.median(intervals):.2f}, 95 % {np.percentile(intervals, 95):.2f}")
    for seconds in (TRAIN_SECONDS, GATE_SECONDS, TEST_SECONDS):
        part = kinds[(r_peaks >= seconds[0] * HERTZ) & (r_peaks < seconds[1] * HERTZ)]
        print(f"seconds {seconds}: {(part == NORMAL).sum()} normal, {(part == ECTOPIC).sum()} ectopic beats")
    for gap in np.flatnonzero(intervals > SIGNAL_LOST_SECONDS):
        print(f"no beat from {r_peaks[gap] / HERTZ:.1f} s to {r_peaks[gap + 1] / HERTZ:.1f} s")


def gate_split(hop=8, block_seconds=6):
    """Windows of the gate's stretch, in blocks of six seconds dealt in turn to fit and calibrate."""
    millivolts, windows = load_windows(GATE_SECONDS)
    block = windows.starts // (block_seconds * HERTZ)
    whole = (windows.starts + WINDOW) // (block_seconds * HERTZ) == block
    used = whole & ~windows.lost & (windows.starts % hop == 0)
    fit, calibrate = used & (block % 2 == 0), used & (block % 2 == 1)
    fit_starts, calibrate_starts = windows.starts[fit], windows.starts[calibrate]
    return cut(millivolts, fit_starts), windows.labels[fit], cut(millivolts, calibrate_starts)


def unfamiliar_kinds(familiar):
    """What goes wrong at an electrode or an amplifier, in millivolts."""
    count = len(familiar)
    flat = 0.005 * torch.randn(count, 1, WINDOW)
    mains = 0.5 * torch.sin(2 * np.pi * (50 / HERTZ * torch.arange(WINDOW) + torch.rand(count, 1, 1)))
    saturated = (8 * familiar).clamp(*to_millivolts(np.array([0, 2047])).tolist())
    return {"electrode off": flat, "saturated (x8, clipped at 5.12 mV)": saturated,
            "clipped at 0.3 mV": familiar.clamp(-0.3, 0.3), "gain x0.3": familiar * 0.3,
            "gain x3": familiar * 3, "upside down": -familiar, "mains hum 0.5 mV": familiar + mains,
            "uniform noise": torch.rand(count, 1, WINDOW) * 4 - 2}


def lost_signal():
    """The record's own electrode artefact at 209-214 s: windows without any beat."""
    millivolts, windows = load_windows(GATE_SECONDS)
    return cut(millivolts, windows.starts[windows.silent][::8])


def print_gate_report(out):
    training.seed_everything(SEED)
    fit, fit_labels, calibrate = gate_split()
    millivolts, windows = load_windows(TEST_SECONDS)
    familiar = cut(millivolts, windows.starts[~windows.lost][::8])
    kinds = {"in-distribution: test windows": familiar, **unfamiliar_kinds(familiar),
             "recorded artefact": lost_signal()}
    print(f"{len(fit)} windows to fit, {len(calibrate)} to calibrate, {len(familiar)} to test; "
          f"early tap {gate.early_and_deepest(out / 'heart.onnx')[0]}\n")
    print(gate.report(out / "heart.onnx", fit, fit_labels, calibrate, kinds))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--beats", action="store_true")
    parser.add_argument("--gate-report", action="store_true")
    parser.add_argument("--summary", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.beats:
        print_beats()
    elif options.summary:
        print_summary(options.out)
    elif options.gate_report:
        print_gate_report(options.out)
    else:
        deliver(train(), options.out)


if __name__ == "__main__":
    main()
