#!/bin/sh
# make_data.sh OUT [SHARDS] [CLIPS]: all training shards and the small development sets, two processes at low priority.
# Finished shards are skipped, so a second call goes on where the first one stopped.
out=${1:?folder for the data}; shards=${2:-8}; clips=${3:-5000}
here=$(cd "$(dirname "$0")" && pwd); python=${PYTHON:-python3}
mkdir -p "$out"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
run() { nice -n 19 "$python" "$here/make_data.py" "$@"; }
dev() {
    run "$out/dev_en" --clips 80 --seed 901 --split heldout --only en --long 0
    run "$out/dev_unseen" --clips 60 --seed 902 --split heldout --only en --long 0 --unseen
    run "$out/dev_zh" --clips 60 --seed 903 --split heldout --only zh --long 0
    run "$out/dev_clean" --clips 80 --seed 904 --split heldout --only en --long 0 --condition clean
    run "$out/dev_long" --clips 40 --seed 905 --split heldout --long 1
    run "$out/dev_names" --clips 60 --seed 906 --split heldout --only en --long 0 --condition clean --names listed
    run "$out/dev_invented" --clips 40 --seed 907 --split heldout --only en --long 0 --condition clean --names invented
    run "$out/dev_dictated" --clips 60 --seed 909 --split heldout --long 0 --condition clean --dictated 1
    run "$out/dev_names_zh" --clips 40 --seed 908 --split heldout --only zh --long 0 --condition clean --names listed
}
part() {
    i=$1
    while [ "$i" -le "$shards" ]; do
        run "$out/train$i" --clips "$clips" --seed "$i"
        i=$((i + 2))
    done
}
{ dev; part 1; } &
part 2 &
wait
