#!/bin/sh
# run_two.sh SCRIPT RUN [options]: two ranks of one thread each (two OpenMP threads in one process are ruinous on busy cores).
# Called again after an interruption, it goes on from RUN/state.pt.
script=$1 run=$2; shift 2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$run"; rm -f "$run/meet"
export OMP_NUM_THREADS=1
for rank in 0 1; do
    nice -n 19 "${PYTHON:-python3}" -W ignore "$here/$script" "$run" --rank $rank --world 2 --meet "$run/meet" "$@" >> "$run/log$rank" 2>&1 &
done
wait
