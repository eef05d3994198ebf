"""Measure exported checkpoints on folders of held-out clips.

    python evaluate.py --asr ../demo/asr [--aligner ../demo/aligner] [--engine own|reference] [--json FILE] DIR ...

DIR holds NAME.wav, NAME.txt and NAME.words.json as heldout.py writes them (NAME.context.txt is passed as context when
--context is given). `own` decodes with model.py; `reference` with the public qwen-asr package. The package ignores the
encoder's 8 s windows on a CPU; --windows applies the mask that it builds itself.
Word times are those of the true text, in the language of the clip.
"""

import argparse
import glob
import json
import os
import re
import time
import wave

import numpy as np
import torch
from safetensors.torch import load_file

import tokenizer
from data import Clips, Tokens
from decode import edit_distance, greedy, normal
from features import CHUNK_FRAMES, encoder_rows, log_mel
from model import Model
from train_aligner import SEGMENT, batch_of, kept, logits

LANG = dict(English="en", Chinese="zh")


def load_exported(folder):
    """(float32 Model, Tokens) of a folder in the published layout."""
    with open(f"{folder}/config.json") as f:
        thinker = json.load(f)["thinker_config"]
    a, t = thinker["audio_config"], thinker["text_config"]
    model = Model(
        d_model=a["d_model"], encoder_ffn=a["encoder_ffn_dim"], encoder_heads=a["encoder_attention_heads"], encoder_layers=a["encoder_layers"],
        channels=a["downsample_hidden_size"], hidden=t["hidden_size"], ffn=t["intermediate_size"], layers=t["num_hidden_layers"],
        heads=t["num_attention_heads"], kv_heads=t["num_key_value_heads"], head_dim=t["head_dim"], vocab=t["vocab_size"],
        theta=t["rope_theta"], classes=thinker.get("classify_num", 0))
    model.load_state_dict({n: w.float() for n, w in load_file(f"{folder}/model.safetensors").items()})
    return model.eval(), Tokens(tokenizer.exported(folder))


class Recordings(Clips):
    """Clips read from wav files."""

    def __init__(self, folder, with_context):
        self.tokens, self.clips = None, []
        for path in sorted(glob.glob(f"{folder}/*.wav")):
            base = path[:-4]
            with wave.open(path) as w:
                samples = np.frombuffer(w.readframes(w.getnframes()), "<i2").astype(np.float32) / 32768
            with open(base + ".txt", encoding="utf8") as f:
                text = f.read().strip()
            with open(base + ".words.json", encoding="utf8") as f:
                info = json.load(f)
            context = ""
            if os.path.exists(base + ".context.txt"):
                with open(base + ".context.txt", encoding="utf8") as f:
                    context = f.read()[:-1]
            listed = [entry for entry in re.split(r",? |\n", context) if entry and entry in text]
            mel = log_mel(samples)
            seconds = lambda t: None if t is None else t / 1000
            self.clips.append(dict(
                name=os.path.basename(base), path=path, text=text, language=info["language"], lang=LANG[info["language"]],
                context=context if with_context else "", listed=listed,
                words=[[w["text"], seconds(w["start_ms"]), seconds(w["end_ms"])] for w in info["words"]], seconds=len(samples) / 16000,
                features=mel, frames=len(mel), rows=encoder_rows(len(mel)), chunks=-(-len(mel) // CHUNK_FRAMES)))

    def mel(self, clips, chunks):
        x = np.zeros((len(clips), chunks * CHUNK_FRAMES, 128), np.float32)
        for b, c in enumerate(clips):
            x[b, : c["frames"]] = c["features"]
        return x


def monotonic(values):
    """Word borders made non-decreasing, as the published aligner's processor does: the longest non-decreasing
    subsequence stays, one or two others in a row take the nearer neighbour, longer runs are spread evenly."""
    n = len(values)
    length, parent = [1] * n, [-1] * n
    for i in range(n):
        for j in range(i):
            if values[j] <= values[i] and length[j] + 1 > length[i]:
                length[i], parent[i] = length[j] + 1, j
    good, at = set(), max(range(n), key=lambda i: length[i], default=-1)
    while at >= 0:
        good.add(at)
        at = parent[at]
    out, a = list(values), 0
    while a < n:
        if a in good:
            a += 1
            continue
        b = a
        while b < n and b not in good:
            b += 1
        left, right = (out[a - 1] if a else None), (values[b] if b < n else None)
        for k in range(a, b):
            if left is None or right is None:
                out[k] = right if left is None else left
            elif b - a <= 2:
                out[k] = left if k - (a - 1) <= b - k else right
            else:
                out[k] = left + (right - left) / (b - a + 1) * (k - a + 1)
        a = b
    return out


class Own:
    """Decoding with the training code."""

    def __init__(self, asr, aligner):
        self.asr = load_exported(asr) if asr else None
        self.aligner = load_exported(aligner) if aligner else None

    def transcribe(self, clips):
        model, clips.tokens = self.asr
        return greedy(model, clips, clips.clips)

    @torch.no_grad()
    def align(self, clips):
        """For each clip [(start, end)] in seconds for the words of the reference."""
        model, clips.tokens = self.aligner
        out = []
        for c in clips.clips:
            c["align"] = [(clips.tokens(kept(w)), s, e) for w, s, e in c["words"]]
            times = (logits(model, clips, batch_of(clips, [c])).argmax(-1)[0] * SEGMENT).tolist()
            times = monotonic(times)
            out.append(list(zip(times[::2], times[1::2])))
        return out


class Reference:
    """The public package, float32, greedy, one clip at a time."""

    def __init__(self, asr, aligner, windows):
        from qwen_asr.core.transformers_backend import Qwen3ASRConfig, Qwen3ASRForConditionalGeneration, Qwen3ASRProcessor
        from qwen_asr.inference import qwen3_asr, qwen3_forced_aligner, utils
        from transformers import AutoConfig, AutoModel, AutoProcessor

        try:
            AutoConfig.register("qwen3_asr", Qwen3ASRConfig)
            AutoModel.register(Qwen3ASRConfig, Qwen3ASRForConditionalGeneration)
            AutoProcessor.register(Qwen3ASRConfig, Qwen3ASRProcessor)
        except ValueError:
            pass

        def load(folder):
            model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
            if windows:
                tower = model.thinker.audio_tower
                for layer in tower.layers:
                    layer.register_forward_pre_hook(
                        lambda module, args, kw: (args, {**kw, "attention_mask": tower._prepare_attention_mask(args[0], args[1])}), with_kwargs=True)
            return model, AutoProcessor.from_pretrained(folder, fix_mistral_regex=True)

        self.parse = utils.parse_asr_output
        if asr:
            self.model, self.processor = load(asr)
            self.asr = qwen3_asr.Qwen3ASRModel("transformers", self.model, self.processor, max_new_tokens=300)
            ids = self.processor.tokenizer.convert_tokens_to_ids
            self.stop = [ids("<|im_end|>"), ids("<|endoftext|>")]
        if aligner:
            self.aligner = qwen3_forced_aligner.Qwen3ForcedAligner(*load(aligner), qwen3_forced_aligner.Qwen3ForceAlignProcessor())

    @staticmethod
    def _samples(clip):
        with wave.open(clip["path"]) as w:
            return np.frombuffer(w.readframes(w.getnframes()), "<i2").astype(np.float32) / 32768

    @torch.no_grad()
    def transcribe(self, clips):
        out = []
        for c in clips.clips:
            prompt = self.asr._build_text_prompt(context=c["context"], force_language=None)
            inputs = self.processor(text=[prompt], audio=[self._samples(c)], return_tensors="pt", padding=True)
            result = self.model.generate(**inputs, max_new_tokens=300, eos_token_id=self.stop)
            ids = result.sequences[:, inputs["input_ids"].shape[1] :]
            out.append(self.processor.batch_decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)[0])
        return out

    @torch.no_grad()
    def align(self, clips):
        out = []
        for c in clips.clips:
            result = self.aligner.align(audio=(self._samples(c), 16000), text=c["text"], language=c["language"])[0]
            out.append([(i.start_time, i.end_time) for i in result.items])
        return out


def measure(engine, clips, folder):
    """One line of figures for a folder."""
    figures, begin = dict(folder=folder, files=len(clips.clips)), time.time()
    if engine.asr:
        raws, errors, units, right, exact = engine.transcribe(clips), {}, {}, 0, 0
        for c, raw in zip(clips.clips, raws):
            tag, _, text = raw.partition("<asr_text>")
            a, b = normal(c["text"], c["lang"]), normal(text, c["lang"])
            c["hypothesis"], c["errors"] = text.strip(), edit_distance(a, b)
            errors[c["lang"]] = errors.get(c["lang"], 0) + c["errors"]
            units[c["lang"]] = units.get(c["lang"], 0) + len(a)
            right += tag.strip() == "language " + c["language"]
            exact += text.strip() == c["text"]
        for lang, key in (("en", "wer"), ("zh", "cer")):
            if lang in units:
                figures[key] = round(100 * errors[lang] / units[lang], 2)
        n = len(clips.clips)
        figures.update(language_accuracy=round(right / n, 4), exact=round(exact / n, 3))
        wanted = [(entry, c["hypothesis"]) for c in clips.clips for entry in c["listed"]]
        if wanted:  # names of the context that are said: how many are written as it spells them
            figures["listed_right"] = f"{sum(entry in text for entry, text in wanted)} of {len(wanted)}"
        figures["rtf"] = round((time.time() - begin) / sum(c["seconds"] for c in clips.clips), 3)
    if engine.aligner:
        misses = []
        for c, found in zip(clips.clips, engine.align(clips)):
            if len(found) != len(c["words"]):
                print("words differ:", c["name"], c["text"])
                continue
            for (_, start, end), (s, e) in zip(c["words"], found):
                misses += [abs(x - y) * 1000 for x, y in ((start, s), (end, e)) if x is not None]
        figures["align_ms"] = dict(n=len(misses), mean=round(float(np.mean(misses)), 1), median=round(float(np.median(misses)), 1), p95=round(float(np.percentile(misses, 95)), 1))
    return figures


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("folders", nargs="+")
    p.add_argument("--asr")
    p.add_argument("--aligner")
    p.add_argument("--engine", choices=["own", "reference"], default="own")
    p.add_argument("--windows", action="store_true")
    p.add_argument("--context", action="store_true")
    p.add_argument("--json")
    p.add_argument("--show", type=int, default=0, help="print the worst files")
    a = p.parse_args()
    torch.set_num_threads(1)
    if a.engine == "own":
        engine = Own(a.asr, a.aligner)
    else:
        engine = Reference(a.asr, a.aligner, a.windows)
        engine.asr = a.asr and engine.asr
        engine.aligner = a.aligner and engine.aligner
    table = []
    for folder in a.folders:
        clips = Recordings(folder, a.context)
        table.append(measure(engine, clips, folder))
        print(json.dumps(table[-1]), flush=True)
        for c in sorted(clips.clips, key=lambda c: -c.get("errors", 0))[: a.show]:
            print(f"  {c['errors']} {c['name']}\n    {c['text']}\n    {c['hypothesis']}")
    if a.json:
        with open(a.json, "w") as f:
            json.dump(table, f, indent=1)


if __name__ == "__main__":
    main()
