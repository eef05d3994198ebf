"""The package's streaming, step by step: `python streams.py` writes `stream-cases`.

The package streams with vLLM only. Its own state machine runs here, and the transformers model
stands in for vLLM: it is given a prompt and all audio so far, and gives text.
"""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import torch

import clips
import reference

HERE = Path(__file__).parent
FOLDER = HERE / "stream-cases"
ENOUGH_MARGIN = 4e-3

# name: clip, forced language, chunk in seconds, chunks without a prefix, tokens rolled back, limit
CASES = {
    "5s-english": ("5s", "English", 0.7, 1, 3, 12),
    "12s": ("12s", None, 2.0, 2, 5, 32),
    "12s-chinese": ("12s", "Chinese", 2.0, 2, 5, 24),
    "12s-one-unfixed": ("12s", "Chinese", 3.0, 1, 3, 24),
    "31s": ("31s", None, 4.0, 2, 4, 12),
}


class Engine:
    """Stands in for vLLM, and keeps what every step was given and gave."""

    def __init__(self, recogniser, limit):
        self.recogniser = recogniser
        self.limit = limit
        self.steps = []

    @torch.no_grad()
    def generate(self, requests, sampling_params, use_tqdm):
        (request,) = requests
        (audio,) = request["multi_modal_data"]["audio"]
        processor, tokenizer = self.recogniser.processor, self.recogniser.tokenizer
        inputs = processor(
            text=[request["prompt"]], audio=[audio], return_tensors="pt", padding=True
        )
        result = self.recogniser.model.generate(
            **inputs,
            max_new_tokens=self.limit,
            eos_token_id=self.recogniser.stop_ids,
            output_logits=True,
        )
        prompt_ids = inputs["input_ids"][0].tolist()
        generated = result.sequences[0, len(prompt_ids) :]
        best = torch.cat(result.logits).float().topk(2).values
        text = processor.batch_decode(
            generated[None], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )[0]
        pad = tokenizer.convert_tokens_to_ids("<|audio_pad|>")
        self.steps.append({
            "samples": len(audio),
            "audio_tokens": prompt_ids.count(pad),
            "prompt_end": prompt_ids[len(prompt_ids) - prompt_ids[::-1].index(pad) :],
            "generated_ids": generated.tolist(),
            "margin": round(float((best[:, 0] - best[:, 1]).min()), 5),
        })
        return [SimpleNamespace(outputs=[SimpleNamespace(text=text)])]


def run(folder, name):
    """One stream as the tests read it."""
    clip, language, chunk_s, n_unfixed_chunks, n_unfixed_tokens, limit = CASES[name]
    recogniser = reference.Recogniser(folder)
    asr = recogniser.asr
    engine = Engine(recogniser, limit)
    asr.backend, asr.model, asr.sampling_params = "vllm", engine, None
    state = asr.init_streaming_state(
        language=language,
        chunk_size_sec=chunk_s,
        unfixed_chunk_num=n_unfixed_chunks,
        unfixed_token_num=n_unfixed_tokens,
    )
    samples = reference.samples(clip)
    shown = []
    for start in range(0, len(samples), state.chunk_size_samples):
        asr.streaming_transcribe(samples[start : start + state.chunk_size_samples], state)
        shown.append([state.language, state.text])
    if len(samples) % state.chunk_size_samples:
        shown.pop()  # it only filled the buffer
        asr.finish_streaming_transcribe(state)
        shown.append([state.language, state.text])
    assert len(shown) == len(engine.steps), name
    margin = min(step["margin"] for step in engine.steps)
    assert margin > ENOUGH_MARGIN, f"{name}: margin {margin}"
    for step, (spoken, text) in zip(engine.steps, shown):
        step |= {"language": spoken, "text": text}
    return {
        "clip": clips.describe(clip),
        "forced_language": language,
        "chunk_samples": state.chunk_size_samples,
        "unfixed_chunks": n_unfixed_chunks,
        "unfixed_tokens": n_unfixed_tokens,
        "max_new_tokens": limit,
        "steps": engine.steps,
    }


def write(folder):
    """All cases on the checkpoint in a folder."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for name in CASES:
        case = run(folder, name)
        steps = ",\n".join(json.dumps(step, ensure_ascii=False) for step in case.pop("steps"))
        facts = ",\n".join(
            f"{json.dumps(key)}: {json.dumps(value)}" for key, value in case.items()
        )
        text = f'{{\n{facts},\n"steps": [\n{steps}\n]\n}}\n'
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(HERE / "asr")
