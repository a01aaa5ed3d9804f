"""What a run leaves behind: the table, the targets, results.json, the chart."""
import json
import os
import shutil
import statistics
import time

import chart

TITLES = {"stdio": "stdio", "stdio_single": "single",
          "stdio_unlocked": "unlocked", "gio": "GIO", "sdl": "SDL2",
          "bio": "BIO", "apr": "APR", "cxx": "C++", "rust": "Rust",
          "python": "Python"}


def collect(bench, measured, machine):
    """The result of a run as plain data."""
    rows, wrong = [], []
    for w, cells in measured:
        columns = {}
        for cell in cells:
            figures = cell.figures
            columns[cell.name] = {
                "median": statistics.median(figures) if figures else None,
                "rounds": [round(f, 4) for f in figures]}
            if cell.error:
                columns[cell.name]["error"] = cell.error
                wrong.append(f"{w.id}: {cell.name}: {cell.error}")
        rows.append({"id": w.id, "title": w.title, "unit": w.unit, "n": w.n,
                     "size": w.size, "chart": w.chart, "columns": columns})
    return {"mode": bench.options.mode, "rounds": bench.options.rounds,
            "date": time.strftime("%Y-%m-%d"), "machine": machine,
            "notes": bench.notes, "wrong": wrong, "workloads": rows}


def figure(value):
    if value is None:
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio(value, base):
    if value is None or not base or base < 0:
        return "-"
    times = value / base
    return f"{times:.0f}x" if times >= 10 else f"{times:.2f}x"


def table(result):
    """The lines of the table: figures of the limit and of Rill, then peers as
    ratios to Rill's plain calls, and below them the other forms."""
    present = [p for p in TITLES
               if any(p in w["columns"] for w in result["workloads"])]
    wide = max([len(w["title"]) for w in result["workloads"]] + [20]) + 4
    lines = ["".join(["".ljust(wide), "limit".rjust(11), "Rill".rjust(11)] +
                     [TITLES[p].rjust(9) for p in present])]
    for w in result["workloads"]:
        middle = {name: c["median"] for name, c in w["columns"].items()}
        base = middle.get("rill")
        unit = "B" if w["unit"] == "bytes" else w["unit"]
        if w["unit"] == "bytes":
            peers = [figure(middle.get(p)) for p in present]
        else:
            peers = [ratio(middle.get(p), base) for p in present]
        lines.append("".join(
            [f"{w['title']}, {unit}".ljust(wide),
             figure(middle.get("limit")).rjust(11), figure(base).rjust(11)] +
            [p.rjust(9) for p in peers]))
        others = [f"{name} {figure(value)} ({ratio(value, base)})"
                  for name, value in middle.items()
                  if name not in TITLES and name not in ("limit", "rill")]
        for at in range(0, len(others), 4):
            lines.append("    " + ", ".join(others[at:at + 4]))
    return lines


def target_lines(result):
    lines = []
    for target in result["targets"]:
        missed = [c for c in target["checks"] if not c["reached"]]
        good = len(target["checks"]) - len(missed)
        lines.append(f"{target['title']}: {good} of "
                     f"{len(target['checks'])} reached")
        for c in missed:
            lines.append(f"    missed by {c['missed_by_percent']:g} %: "
                         f"{c['what']} is {figure(c['value'])}, wanted "
                         f"{c['kind']} {figure(c['bound'])}")
    return lines


def text(result):
    about = ", ".join(f"{k}: {v}" for k, v in result["machine"].items())
    lines = [f"{about}", f"{result['mode']} run, medians of "
             f"{result['rounds']} rounds, {result['seconds']:.0f} s", ""]
    lines += table(result)
    lines += ["", "Peers: time as a multiple of Rill's plain calls, above 1 "
              "is slower than Rill; bytes as they are.",
              "Limit: a hand-written loop over memory that is there, or the "
              "bare system call.",
              "stdio: in a program that has started a thread, so that it "
              "locks; single: in one that has not;",
              "unlocked: with the calls that never lock.", ""]
    if result.get("text_bytes"):
        lines.append(f"library text: {result['text_bytes'] / 1024:.0f} KiB")
    took = result.get("startup_us", {})
    if all(took.values()) and took:
        lines.append("start-up: " + ", ".join(
            f"{name.removeprefix('start_')} {statistics.median(t):.0f} us"
            for name, t in took.items()))
    lines += result["notes"]
    lines += [f"FAILED: {w}" for w in result["wrong"]]
    lines += ["", "Targets", ""] + target_lines(result)
    return "\n".join(lines) + "\n"


def write(result, options):
    """Print the report and leave it, with the figures and the chart."""
    report = text(result)
    print(report, end="")
    path = os.path.join(options.out, "results.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
        file.write("\n")
    with open(os.path.join(options.out, "results.txt"), "w",
              encoding="utf-8") as file:
        file.write(report)
    made = [path] + chart.draw(result, options.out)
    print("\nWritten:", " ".join(os.path.relpath(p) for p in made))
    if options.publish:
        os.makedirs(options.publish, exist_ok=True)
        for source in made:
            name = os.path.basename(source).replace("results", "bench")
            name = name.replace("chart", "bench")
            shutil.copyfile(source, os.path.join(options.publish, name))
