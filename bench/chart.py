"""The chart: a line for each workload, a mark for each peer, its time as a
multiple of Rill's on a logarithmic axis; drawn by gnuplot as SVG and PNG."""
import os
import shutil
import subprocess

# name in the results, name in the chart, colour, gnuplot's point type
PEERS = (
    ("limit", "hand-written limit", "#000000", 2),
    ("stdio", "stdio", "#d62728", 7),
    ("stdio_unlocked", "stdio unlocked", "#d62728", 6),
    ("gio", "GLib GIO", "#9467bd", 5),
    ("sdl", "SDL 2", "#e377c2", 9),
    ("bio", "OpenSSL BIO", "#8c564b", 11),
    ("apr", "APR", "#7f7f7f", 13),
    ("cxx", "C++ streams", "#1f77b4", 5),
    ("rust", "Rust std", "#ff7f0e", 9),
    ("python", "Python io", "#17becf", 11),
)
RILL = "#2ca02c"


def middle(w, column):
    return (w["columns"].get(column) or {}).get("median")


def rows(result):
    """The workloads that have a name in the chart and a figure of Rill."""
    return [w for w in result["workloads"] if w["chart"] and
            middle(w, "rill")]


def points(chosen, peer):
    """Lines "ratio row" of one peer."""
    return [f"{middle(w, peer) / middle(w, 'rill'):.4f} {len(chosen) - at}"
            for at, w in enumerate(chosen) if middle(w, peer)]


def bands(count):
    """Every other row on grey."""
    return [f"set object {at} rectangle from graph 0, first {at - 0.5} to "
            f"graph 1, first {at + 0.5} fs solid noborder "
            "fc rgb '#f4f4f4' behind" for at in range(1, count + 1, 2)]


def script(result, terminal, output):
    chosen = rows(result)
    count = len(chosen)
    labels = ", ".join(f'"{w["chart"]} " {count - at}'
                       for at, w in enumerate(chosen))
    lines = [
        f"set terminal {terminal}",
        f'set output "{output}"',
        "set title offset 0,-0.6 'CPU time as a multiple of Rill''s plain calls: "
        "right of the green line is slower'",
        "set logscale x",
        "set xrange [0.25:200]",
        f"set yrange [0.4:{count + 0.6}]",
        'set xtics ("1/4" 0.25, "1/2" 0.5, "Rill" 1, "2x" 2, "5x" 5, '
        '"10x" 10, "20x" 20, "50x" 50, "100x" 100, "200x" 200) scale 0.5',
        f"set ytics ({labels}) nomirror scale 0",
        "set grid xtics lc rgb '#d0d0d0' lt 1 lw 1",
        "set border 1 lc rgb '#444444'",
        "set tics textcolor rgb '#000000'",
        "set key at screen 0.55, screen 0.995 center top vertical "
        "maxrows 3 samplen 1 spacing 1.1", "set tmargin 6.5",
        f"set arrow 1 from 1,0.4 to 1,{count + 0.6} nohead "
        f"lc rgb '{RILL}' lw 3",
    ] + bands(count)
    plots, data = [f"1/0 with lines lw 3 lc rgb '{RILL}' title 'Rill'"], []
    for name, title, colour, shape in PEERS:
        found = points(chosen, name)
        if found:
            plots.append(f"'-' using 1:2 with points pt {shape} ps 1.3 "
                         f"lw 1.5 lc rgb '{colour}' title '{title}'")
            data += found + ["e"]
    lines.append("plot " + ", ".join(plots))
    return "\n".join(lines + data) + "\n"


def draw(result, directory):
    """Returns the paths of the charts: none where gnuplot is missing."""
    chosen = rows(result)
    if not chosen or not shutil.which("gnuplot"):
        return []
    height = 130 + 26 * len(chosen)
    made = []
    for name, terminal in (
            ("chart.svg", f"svg size 960,{height} font 'sans-serif,14' "
             "background rgb 'white'"),
            ("chart.png", f"pngcairo size 960,{height} font 'sans,11' "
             "background rgb 'white'")):
        path = os.path.join(directory, name)
        done = subprocess.run(["gnuplot", "-"], text=True,
                              input=script(result, terminal, path),
                              stderr=subprocess.PIPE)
        if done.returncode == 0:
            made.append(path)
        else:
            print("bench: gnuplot:", done.stderr.strip())
    return made
