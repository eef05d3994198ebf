"""Average two exported checkpoints, one of which was trained further from the other.

    python average.py BASE TUNED SHARE OUT      # OUT = (1 - SHARE) * BASE + SHARE * TUNED

What a short further training breaks is mostly mended by going part of the way back, and what it taught mostly stays
(Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", public description).
"""

import os
import shutil
import sys

import torch
from safetensors.torch import load_file, save_file

WEIGHTS = "model.safetensors"


def main(base, tuned, share, out):
    os.makedirs(out, exist_ok=True)
    for name in os.listdir(tuned):
        if name != WEIGHTS:
            shutil.copy(f"{tuned}/{name}", f"{out}/{name}")
    share, old, new = float(share), load_file(f"{base}/{WEIGHTS}"), load_file(f"{tuned}/{WEIGHTS}")
    if old.keys() != new.keys() or any(old[n].shape != new[n].shape for n in old):
        sys.exit(f"{base} and {tuned} are not of one shape")
    mean = {n: torch.lerp(old[n].float(), new[n].float(), share).to(torch.bfloat16).contiguous() for n in old}
    save_file(mean, f"{out}/{WEIGHTS}", metadata={"format": "pt"})
    os.chmod(f"{out}/{WEIGHTS}", 0o644)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:5])
