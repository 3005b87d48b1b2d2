#!/usr/bin/env python3
"""Makes a table (Markdown) and a chart (SVG) of what `edgeconv bench --json` measured.

    report.py MODELS OUT MACHINE LINES...

MODELS is models.txt, MACHINE a few words on where it was measured, LINES one file a number of threads. Writes
OUT/bench.md and OUT/bench.svg.
"""

import json
import math
import pathlib
import sys
from xml.sax.saxutils import escape

BAR = 11
GAP = 9
LEFT = 190
WIDTH = 620
TOP = 44
HALO = ' font-size="9" stroke="#fff" stroke-width="3" paint-order="stroke"'
COLOURS = ["#1f6f8b", "#e07a3f", "#6a994e", "#7b5ea7"]


def read_models(path):
    """Names by file stem in the order of the file, and the stems that count for the mean."""
    names, counted = {}, set()
    for line in pathlib.Path(path).read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        origin, file, name = line.split(maxsplit=2)
        stem = pathlib.Path(file).stem
        names[stem] = name
        if origin != "restored":
            counted.add(stem)
    return names, counted


def read_runs(paths):
    """Of each file its threads and its objects by model."""
    runs = []
    for path in paths:
        rows = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
        rows = {row["model"]: row for row in rows if "model" in row}
        if not rows:
            sys.exit(f"report.py: {path}: nothing was measured")
        runs.append((next(iter(rows.values()))["threads"], rows))
    return runs


def mean_ratio(rows, counted):
    ratios = [row["ratio"] for model, row in rows.items() if model in counted and row["ratio"]]
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def number(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def scaled(value, factor, digits):
    return number(None if value is None else value * factor, digits)


def columns(rows):
    """Header and cell of every column; that of the cold start only where it was measured."""
    found = [
        ("edgeconv ms", lambda r: number(r["edgeconv_ms"], 3)),
        ("p99", lambda r: number(r["edgeconv_p99_ms"], 3)),
        ("ONNX Runtime ms", lambda r: number(r["onnxruntime_ms"], 3)),
        ("p99", lambda r: number(r["onnxruntime_p99_ms"], 3)),
        ("ratio", lambda r: number(r["ratio"], 2)),
        ("GFLOP/s", lambda r: number(r["gflops"], 1)),
        ("of peak", lambda r: scaled(r["peak_share"], 100, 0) + " %"),
        ("arena kB", lambda r: scaled(r["arena_bytes"], 1e-3, 0)),
        ("RSS MB", lambda r: scaled(r["rss_bytes"], 1e-6, 1)),
        ("B/run", lambda r: number(r["allocated_bytes_per_run"], 0)),
    ]
    if any("cold_ratio" in row for row in rows):
        found += [
            ("cold ms", lambda r: number(r.get("edgeconv_cold_ms"), 0)),
            ("ORT cold ms", lambda r: number(r.get("onnxruntime_cold_ms"), 0)),
            ("cold ratio", lambda r: number(r.get("cold_ratio"), 2)),
        ]
    return found


def table(names, counted, threads, rows):
    shown = columns(rows.values())
    lines = [f"## {threads} thread{'s' if threads > 1 else ''}", ""]
    lines.append("| model | " + " | ".join(header for header, _ in shown) + " |")
    lines.append("| --- |" + " ---: |" * len(shown))
    for model, name in names.items():
        if model in rows:
            mark = "" if model in counted else " (not in the mean)"
            mark += "" if rows[model]["is_stable"] else " *"
            lines.append(f"| {name}{mark} | " + " | ".join(cell(rows[model]) for _, cell in shown) + " |")
    peak = sorted(row["peak_gflops"] for row in rows.values())[len(rows) // 2]
    lines += ["", f"Geometric mean of the ratios: **{number(mean_ratio(rows, counted), 2)}**; "
              f"measured peak of the machine: {peak:.0f} GFLOP/s.", ""]
    return lines


def write_table(path, names, counted, machine, runs):
    lines = ["# edgeconv beside ONNX Runtime", "",
             "Written by `./build.sh bench`. fp32, medians; ratio is ONNX Runtime's time over ours, above 1 "
             "we are faster. A star: the median was not stable to 1 % in the time given, the machine was not "
             "quiet. How it is measured is told [beside it](../README.md).", "", f"Machine: {machine}.", ""]
    for threads, rows in runs:
        lines += table(names, counted, threads, rows)
    path.write_text("\n".join(lines).rstrip() + "\n")


def text(x, y, content, anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escape(content)}</text>'


def chart_group(y, name, ratios, scale):
    """One model: its name and a bar a number of threads."""
    parts = [text(LEFT - 8, y + BAR * len(ratios) / 2 + 4, name, "end")]
    for i, ratio in enumerate(ratios):
        if ratio is None:
            continue
        top = y + i * BAR
        width = ratio * scale
        parts.append(f'<rect x="{LEFT}" y="{top:.1f}" width="{width:.1f}" height="{BAR - 1}" '
                     f'fill="{COLOURS[i % len(COLOURS)]}"/>')
        parts.append(text(LEFT + width + 4, top + BAR - 2, f"{ratio:.2f}", extra=HALO))
    return parts


def legend(runs):
    title = "ONNX Runtime's time ÷ edgeconv's: longer is faster"
    parts = [text(LEFT, 16, title, extra=' font-weight="bold"')]
    x = LEFT
    for i, (threads, _) in enumerate(runs):
        parts.append(f'<rect x="{x}" y="24" width="10" height="10" fill="{COLOURS[i % len(COLOURS)]}"/>')
        parts.append(text(x + 14, 33, f"{threads} thread{'s' if threads > 1 else ''}"))
        x += 90
    return parts


def write_chart(path, names, counted, runs):
    groups = [(name, [rows.get(model, {}).get("ratio") for _, rows in runs])
              for model, name in names.items() if any(model in rows for _, rows in runs)]
    groups.append(("geometric mean", [mean_ratio(rows, counted) for _, rows in runs]))
    step = BAR * len(runs) + GAP
    height = TOP + step * len(groups) + 8
    greatest = max([ratio for _, ratios in groups for ratio in ratios if ratio] + [1.0])
    scale = (WIDTH - LEFT - 40) / greatest
    one = LEFT + scale
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
             'font-family="sans-serif" font-size="11" fill="#222">',
             f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>', *legend(runs),
             f'<line x1="{one:.1f}" y1="{TOP - 6}" x2="{one:.1f}" y2="{height - 8}" stroke="#222" '
             'stroke-dasharray="3 3"/>']
    for i, (name, ratios) in enumerate(groups):
        parts += chart_group(TOP + i * step, name, ratios, scale)
    path.write_text("\n".join([*parts, "</svg>", ""]))


def main():
    if len(sys.argv) < 5:
        sys.exit("usage: report.py MODELS OUT MACHINE LINES...")
    names, counted = read_models(sys.argv[1])
    machine = sys.argv[3]
    runs = read_runs(sys.argv[4:])
    out = pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    write_table(out / "bench.md", names, counted, machine, runs)
    write_chart(out / "bench.svg", names, counted, runs)


if __name__ == "__main__":
    main()
