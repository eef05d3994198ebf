"""Runs the public package `qwen-asr` on a checkpoint and keeps what it computed.

Two things are handed to the package that it leaves out by itself: the stop ids of the checkpoint
(it has those of the published vocabulary written in), and, to every encoder layer, the window mask
that its own encoder class builds (without FlashAttention it forgets to pass it on and attends over
the whole clip, which is neither how the model was trained nor what its other backends compute).
"""

import os
import warnings
from importlib.metadata import version

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
warnings.filterwarnings("ignore")

import numpy as np
import torch
from qwen_asr import Qwen3ASRModel, Qwen3ForcedAligner
from qwen_asr.inference.utils import parse_asr_output
from transformers.utils.logging import disable_progress_bar

import clips

torch.set_num_threads(1)
disable_progress_bar()

VERSIONS = {
    name: version(name) for name in ("qwen-asr", "transformers", "torch", "tokenizers", "numpy")
}


def samples(clip):
    """A named clip as the package wants it."""
    return np.array(clips.pcm(clip), dtype=np.float32) / np.float32(32768)


class Listener:
    """Keeps what the encoder of a model saw and gave in its latest run, and windows its layers."""

    def __init__(self, model):
        self.tower = model.thinker.audio_tower
        self.rows_in = self.rows_out = None
        self.tower.layers[0].register_forward_pre_hook(self.keep_input, with_kwargs=True)
        self.tower.register_forward_hook(self.keep_output)
        for layer in self.tower.layers:
            layer.register_forward_pre_hook(self.window, with_kwargs=True)

    def keep_input(self, _layer, args, _kwargs):
        self.rows_in = args[0].detach()

    def keep_output(self, _tower, _args, out):
        self.rows_out = out.last_hidden_state.detach()

    def window(self, _layer, args, kwargs):
        rows, windows = args
        mask = self.tower._prepare_attention_mask(rows, windows)
        return args, kwargs | {"attention_mask": mask}


class Recogniser:
    """The package's recogniser on one checkpoint."""

    def __init__(self, folder):
        self.asr = Qwen3ASRModel.from_pretrained(str(folder), dtype=torch.float32)
        self.model = self.asr.model.eval()
        self.processor = self.asr.processor
        self.tokenizer = self.processor.tokenizer
        self.listener = Listener(self.model)
        stops = ("<|im_end|>", "<|endoftext|>")
        self.stop_ids = [self.tokenizer.convert_tokens_to_ids(text) for text in stops]

    @torch.no_grad()
    def run(self, clip, context, language, limit):
        """One greedy transcription, as a dict of everything a case needs."""
        prompt = self.asr._build_text_prompt(context=context, force_language=language)
        inputs = self.processor(
            text=[prompt], audio=[samples(clip)], return_tensors="pt", padding=True
        )
        result = self.model.generate(
            **inputs, max_new_tokens=limit, eos_token_id=self.stop_ids, output_logits=True
        )
        prompt_ids = inputs["input_ids"][0]
        generated = result.sequences[0, len(prompt_ids) :]
        logits = torch.cat(result.logits).float()
        best = logits.topk(2).values
        raw = self.processor.batch_decode(
            generated[None], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )[0]
        spoken, text = parse_asr_output(raw, user_language=language)
        return {
            "mel": inputs["input_features"][0],
            "mel_frames": int(inputs["feature_attention_mask"].sum()),
            "rows_in": self.listener.rows_in,
            "rows_out": self.listener.rows_out,
            "prompt_ids": prompt_ids.tolist(),
            "generated_ids": generated.tolist(),
            "first_logits": logits[0],
            "last_logits": logits[-1],
            "log_probabilities": logits.log_softmax(-1).gather(1, generated[:, None])[:, 0],
            "margins": best[:, 0] - best[:, 1],
            "raw": raw,
            "language": spoken,
            "text": text,
        }


class Aligner:
    """The package's forced aligner on one checkpoint."""

    def __init__(self, folder):
        self.aligner = Qwen3ForcedAligner.from_pretrained(str(folder), dtype=torch.float32)
        self.model = self.aligner.model.eval()
        self.listener = Listener(self.model)

    @torch.no_grad()
    def run(self, clip, text, language):
        """One alignment, as a dict of everything a case needs."""
        split = self.aligner.aligner_processor
        words, prompt = split.encode_timestamp(text, language)
        inputs = self.aligner.processor(
            text=[prompt], audio=[samples(clip)], return_tensors="pt", padding=True
        )
        logits = self.model.thinker(**inputs).logits[0].float()
        ids = inputs["input_ids"][0]
        positions = (ids == self.aligner.timestamp_token_id).nonzero()[:, 0]
        at_markers = logits[positions]
        best = at_markers.topk(2).values
        classes = at_markers.argmax(-1)
        raw_ms = (classes * self.aligner.timestamp_segment_time).numpy()
        items = self.aligner.align((samples(clip), clips.RATE), text, language)[0]
        return {
            "mel": inputs["input_features"][0],
            "mel_frames": int(inputs["feature_attention_mask"].sum()),
            "rows_in": self.listener.rows_in,
            "rows_out": self.listener.rows_out,
            "prompt": prompt,
            "prompt_ids": ids.tolist(),
            "words": words,
            "positions": positions.tolist(),
            "logits": at_markers,
            "classes": classes.tolist(),
            "margins": best[:, 0] - best[:, 1],
            "raw_ms": [int(ms) for ms in raw_ms],
            "fixed_ms": split.fix_timestamp(raw_ms),
            "items": [[item.text, item.start_time, item.end_time] for item in items],
        }
