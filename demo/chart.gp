# chart.gp - draw benchmark.tsv (name, seconds, label, colour; the slowest
# first) as horizontal bars. Called twice by demo/run, with `kind` "svg" or
# "png", in the folder of the results.
#
# The times span five powers of ten, so the axis is logarithmic, and each bar
# carries its time in words.
set encoding utf8
if (kind eq "svg") \
    set terminal svg size 1000,520 font "DejaVu Sans,15" background "white"; \
else \
    set terminal pngcairo size 1500,780 font "DejaVu Sans,16" background "white"
set output "benchmark.".kind

rows = int(system("wc -l < benchmark.tsv"))
set datafile separator "\t"
set label 1 "{/:Bold Collect “Hello World” 50,000 times: how long does each way take?}" \
    at screen 0.025,0.94 left
set label 2 "{/*0.85 Shorter is better. Each step of the scale is ten times \
as long. “Times faster” is against Python's bytes +=.}" \
    at screen 0.025,0.88 left textcolor "#606060"

set logscale x 10
set xrange [low:high]
set yrange [rows - 0.4:-0.6]
set xtics ("1 µs" 1e-6, "10 µs" 1e-5, "100 µs" 1e-4, "1 ms" 1e-3, \
    "10 ms" 1e-2, "100 ms" 1e-1, "1 s" 1, "10 s" 10, "100 s" 100) \
    scale 0 textcolor "#606060"
set ytics scale 0 noenhanced
set grid xtics linetype 1 linecolor "#e2e2e2"
set grid noytics
set border 0
set lmargin 20
set rmargin 4
set tmargin 5.5
set bmargin 3
unset key
set style fill solid noborder

plot "benchmark.tsv" \
    using 2:0:(low):2:($0 - 0.34):($0 + 0.34):4:ytic(1) \
    with boxxyerror linecolor rgb variable, \
    "" using 2:0:3 with labels left noenhanced \
    offset character 0.8,0 textcolor "#303030"
