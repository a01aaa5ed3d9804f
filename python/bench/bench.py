#!/usr/bin/python3
"""Measure rillio beside the standard io, in one process, workload by workload.

bench.py [--rounds N] [--only REGEX] [--json FILE] [--chart FILE]

Both do the same work in turns, io first in one round and rillio first in the
next, so that what the machine does meanwhile meets both. A turn repeats the
work until it takes a few milliseconds; the figure is the median of all turns'
processor time, the ratio that of the medians. The module must be importable
(PYTHONPATH).
"""
import argparse
import datetime
import gc
import io
import json
import math
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import rillio

from workloads import WORKLOADS

TURN = 0.01  # seconds that a turn takes at least


def turn(work, module, given, repeats):
    start = time.process_time_ns()
    for _ in range(repeats):
        work(module, given)
    return (time.process_time_ns() - start) / repeats


def repeats_for(work, module, given):
    """How often to do it in a turn; and the first time, which is warming up."""
    repeats = 1
    while True:
        seconds = turn(work, module, given, repeats) * repeats / 1e9
        if seconds >= TURN:
            return repeats
        repeats = max(repeats + 1, int(repeats * TURN / max(seconds, 1e-5)))


def measure(w, rounds, directory):
    """Returns nanoseconds for an operation: median of io, of rillio."""
    modules = (io, rillio)
    given = {m: w.setup(m, directory) if w.setup else None for m in modules}
    repeats = repeats_for(w.work, io, given[io])
    turn(w.work, rillio, given[rillio], repeats)
    times = {m: [] for m in modules}
    gc.collect()
    gc.disable()
    for number in range(rounds):
        for module in modules[::1 if number % 2 else -1]:
            times[module].append(turn(w.work, module, given[module], repeats))
    gc.enable()
    return [statistics.median(times[m]) / w.calls for m in modules]


def run(options):
    rows = []
    with tempfile.TemporaryDirectory() as directory:
        for w in WORKLOADS:
            if not re.search(options.only, w.name):
                continue
            try:
                standard, ours = measure(w, options.rounds, directory)
            except ImportError as missing:
                print(f"{w.title}: not measured, {missing}")
                continue
            rows.append({"id": w.name, "title": w.title, "io": standard,
                         "rillio": ours, "ratio": ours / standard,
                         "target": w.target})
            print(f"{ours / standard:6.2f}  {standard:12,.0f} {ours:12,.0f}"
                  f"  {w.title}", flush=True)
    return rows


def geometric_mean(rows):
    """How many times faster, over all."""
    return math.exp(-statistics.mean(math.log(r["ratio"]) for r in rows))


def chart(rows, path):
    """Bars: how many times faster. Drawn by gnuplot, where that is."""
    if not shutil.which("gnuplot"):
        return
    ordered = sorted(rows, key=lambda r: -r["ratio"])
    bars = [f"{at - 0.35} {at + 0.35} {1 / r['ratio']:.4f}"
            for at, r in enumerate(ordered, 1)]
    names = ", ".join(f'"{r["title"]} " {at}'
                      for at, r in enumerate(ordered, 1))
    script = "\n".join([
        f"set terminal svg size 960,{80 + 22 * len(rows)} "
        "font 'sans-serif,13' background rgb 'white'",
        f'set output "{path}"',
        "set title 'How many times as fast as io: longer is faster'",
        "set logscale x",
        f"set yrange [0.3:{len(rows) + 0.7}]",
        "set xrange [0.5:*]",
        'set xtics ("1/2" 0.5, "io" 1, "1.5x" 1.5, "2x" 2, "3x" 3, "5x" 5, '
        '"10x" 10, "20x" 20) scale 0.5',
        f"set ytics ({names}) nomirror scale 0",
        "set grid xtics lc rgb '#d0d0d0'",
        "set border 1 lc rgb '#444444'",
        f"set arrow from 1,0.3 to 1,{len(rows) + 0.7} nohead front "
        "lc rgb '#d62728' lw 2",
        "plot '-' using (1):1:(1):3:1:2 with boxxyerror fs solid noborder "
        "lc rgb '#2ca02c' notitle",
        *bars, "e", ""])
    subprocess.run(["gnuplot", "-"], input=script, text=True, check=True)


def machine():
    cpu = ""
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            found = re.search(r"model name\s*:\s*(.*)", f.read())
            cpu = found[1] if found else ""
    return {"cpu": cpu, "cores": os.cpu_count(),
            "python": platform.python_version(), "system": platform.system()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    parser.add_argument("--json")
    parser.add_argument("--chart")
    options = parser.parse_args()
    print("ratio   io: ns each   rillio: ns each")
    rows = run(options)
    if not rows:
        sys.exit("no such workload")
    missed = [r for r in rows if r["ratio"] > r["target"] + 0.005]
    print(f"geometric mean: {geometric_mean(rows):.2f} times as fast as io; "
          f"{len(rows) - len(missed)} of {len(rows)} reach their target")
    for r in missed:
        print(f"  missed: {r['title']}: {r['ratio']:.2f}, "
              f"target {r['target']:.2f}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as f:
            json.dump({"date": str(datetime.date.today()),
                       "rounds": options.rounds, "machine": machine(),
                       "geometric_mean": geometric_mean(rows),
                       "workloads": rows}, f, indent=1)
            f.write("\n")
    if options.chart:
        chart(rows, options.chart)


if __name__ == "__main__":
    main()
