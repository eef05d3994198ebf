"""Do the checkpoints give the same text and times in the public reference package as in the training code?

    python reference_check.py --asr ../demo/asr --aligner ../demo/aligner DIR ...      (DIR: as heldout.py writes)

Both run in float32. The package's encoder gets its own 8 s window mask (on a CPU it builds the mask, then does not use it).
Prints every difference; the exit status is 1 when more than one clip in 100 differs in text, or more than one word
border in 100 by more than one class of 80 ms. Shorter than one second, the last row can differ: the package pads that
one chunk by nothing, the batches here pad it to a full chunk.
"""

import argparse
import sys

import torch

from evaluate import Own, Recordings, Reference


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--asr", required=True)
    p.add_argument("--aligner", required=True)
    p.add_argument("folders", nargs="+")
    a = p.parse_args()
    torch.set_num_threads(1)
    own, reference = Own(a.asr, a.aligner), Reference(a.asr, a.aligner, windows=True)
    texts = borders = different_texts = different_borders = 0
    for folder in a.folders:
        clips = Recordings(folder, False)
        for c, x, y in zip(clips.clips, own.transcribe(clips), reference.transcribe(clips)):
            texts += 1
            if x != y:
                different_texts += 1
                print(f"{c['name']}\n  own       {x}\n  reference {y}")
        for c, x, y in zip(clips.clips, own.align(clips), reference.align(clips)):
            if len(x) != len(y):
                raise SystemExit(f"{c['name']}: {len(x)} words here, {len(y)} there")
            for (s, e), (t, u) in zip(x, y):
                borders += 2
                wrong = (abs(s - t) > 0.081) + (abs(e - u) > 0.081)
                different_borders += wrong
                if wrong:
                    print(f"{c['name']}: {s:.2f}-{e:.2f} here, {t:.2f}-{u:.2f} there")
    print(f"{texts - different_texts} of {texts} texts and {borders - different_borders} of {borders} word borders agree")
    sys.exit(different_texts > texts / 100 or different_borders > borders / 100)


if __name__ == "__main__":
    main()
