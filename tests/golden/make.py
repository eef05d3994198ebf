"""Remakes everything in this folder but the scripts: `python make.py` (see README.md).

Seeds are tried from 1 upwards until one gives output that is varied and nowhere close to a tie.
"""

import itertools
import json
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save

import checkpoint
import clips
import reference
import streams
import units
from cases import ALIGN_CASES, CASES, sampled_frames, sampled_rows, strip_control

HERE = Path(__file__).parent
MADE = "asr asr-hf asr-sharded asr-bf16 asr-f16 aligner cases align-cases".split()
ENOUGH_MARGIN = 4e-3  # the tests need 2e-3
ENOUGH_TOKENS = 8
# What Unicode calls white space. Python's strip() also takes U+001C to U+001F; no published model
# writes those, so runs where that would show are of no use.
WHITE_SPACE = "".join(
    c for c in map(chr, range(0x3001)) if c.isspace() and not 0x1C <= ord(c) <= 0x1F
)


def refusal(case, run, runs):
    """Why a run is of no use as a golden case, or None."""
    if run["margins"].min() < ENOUGH_MARGIN:
        return f"{case.name}: margin {run['margins'].min():.4f}"
    if len(set(run["generated_ids"])) < ENOUGH_TOKENS:
        return f"{case.name}: {len(set(run['generated_ids']))} different tokens"
    for part in (run["raw"], run["raw"].partition("<asr_text>")[2]):
        if part.strip() != part.strip(WHITE_SPACE):
            return f"{case.name}: control characters at an end"
    if any(run["generated_ids"] == other["generated_ids"] for other in runs.values()):
        return f"{case.name}: the same as another case"
    return None


def asr_runs(seed, folder):
    """All cases on the checkpoint of one seed, or None at the first that is of no use."""
    checkpoint.write_original(folder, "asr", seed)
    recogniser = reference.Recogniser(folder)
    runs = {}
    for case in CASES:
        run = recogniser.run(case.clip, strip_control(case.context), case.language, case.limit)
        if reason := refusal(case, run, runs):
            print(f"asr seed {seed}: {reason}")
            return None
        runs[case.name] = run
    stopped = sum(run["generated_ids"][-1] in recogniser.stop_ids for run in runs.values())
    tagged = sum("<asr_text>" in run["raw"] for run in runs.values())
    if stopped < 3 or stopped > len(runs) - 3 or tagged < 3:
        print(f"asr seed {seed}: {stopped} stopped, {tagged} tagged of {len(runs)}")
        return None
    return recogniser, runs


def align_runs(seed, folder):
    """Both alignments on the checkpoint of one seed, or None if one is of no use."""
    checkpoint.write_original(folder, "aligner", seed, dtype="bfloat16")
    aligner = reference.Aligner(folder)
    runs = {}
    for case in ALIGN_CASES:
        run = aligner.run(case.clip, case.text, case.language)
        margin, varied = run["margins"].min(), len(set(run["classes"]))
        if margin < ENOUGH_MARGIN or varied < ENOUGH_TOKENS or run["raw_ms"] == run["fixed_ms"]:
            print(f"aligner seed {seed}: {case.name}: margin {margin:.4f}, {varied} classes")
            return None
        runs[case.name] = run
    return runs


def search(attempt):
    """The first seed whose attempt succeeds, and its result."""
    for seed in itertools.count(1):
        with tempfile.TemporaryDirectory() as folder:
            if result := attempt(seed, Path(folder)):
                return seed, result


def common_tensors(run, *, plain):
    """The tensors that recognition and alignment cases share."""
    frames = torch.tensor(sampled_frames(run["mel_frames"], plain=plain))
    rows = torch.tensor(sampled_rows(len(run["rows_out"]), plain=plain))
    tensors = {
        "mel": run["mel"][:, frames],
        "mel_frames_index": frames,
        "audio_embeds": run["rows_out"][rows],
        "rows_index": rows,
        "margins": run["margins"],
    }
    if plain:
        tensors["encoder_in"] = run["rows_in"][rows]
    return tensors


def shortened(prompt_ids, pad):
    """Prompt ids with the run of audio placeholders counted instead of written out."""
    first = prompt_ids.index(pad)
    count = prompt_ids.count(pad)
    assert set(prompt_ids[first : first + count]) == {pad}
    return {
        "head": prompt_ids[:first],
        "audio_pad": pad,
        "count": count,
        "tail": prompt_ids[first + count :],
    }


def write_case(folder, name, facts, tensors):
    """One case: facts as JSON, one key per line, and tensors beside it."""
    lines = (
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in facts.items()
    )
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (folder / f"{name}.json").write_text(text, encoding="utf-8")
    tensors = {key: tensor.contiguous().clone() for key, tensor in tensors.items()}
    (folder / f"{name}.safetensors").write_bytes(save(tensors))


def write_asr_cases(folder, recogniser, runs):
    """The recognition cases."""
    pad = recogniser.tokenizer.convert_tokens_to_ids("<|audio_pad|>")
    for case in CASES:
        run = runs[case.name]
        facts = {
            "clip": clips.describe(case.clip),
            "context": case.context,
            "context_stripped": strip_control(case.context),
            "forced_language": case.language,
            "max_new_tokens": case.limit,
            "mel_frames": run["mel_frames"],
            "audio_tokens": len(run["rows_out"]),
            "prompt": shortened(run["prompt_ids"], pad),
            "generated_ids": run["generated_ids"],
            "stopped": run["generated_ids"][-1] in recogniser.stop_ids,
            "raw": run["raw"],
            "language": run["language"],
            "text": run["text"],
            "smallest_margin": round(float(run["margins"].min()), 5),
        }
        tensors = common_tensors(run, plain=case.plain)
        for key in ("first_logits", "last_logits", "log_probabilities"):
            tensors[key] = run[key]
        write_case(folder, case.name, facts, tensors)


def write_align_cases(folder, vocabulary, runs):
    """The alignment cases."""
    for case in ALIGN_CASES:
        run = runs[case.name]
        facts = {
            "clip": clips.describe(case.clip),
            "text": case.text,
            "language": case.language,
            "mel_frames": run["mel_frames"],
            "audio_tokens": len(run["rows_out"]),
            "words": run["words"],
            "prompt_text": run["prompt"],
            "prompt": shortened(run["prompt_ids"], vocabulary.added_ids["<|audio_pad|>"]),
            "timestamp_positions": run["positions"],
            "classes": run["classes"],
            "raw_ms": run["raw_ms"],
            "fixed_ms": run["fixed_ms"],
            "items": run["items"],
            "smallest_margin": round(float(run["margins"].min()), 5),
        }
        tensors = common_tensors(run, plain=False) | {"timestamp_logits": run["logits"]}
        write_case(folder, case.name, facts, tensors)


def write_tables(path, tables):
    """The tables of `units`, one row per line."""
    blocks = []
    for name, rows in tables.items():
        lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
        blocks.append(f"{json.dumps(name)}: [\n" + ",\n".join(lines) + "\n]")
    path.write_text("{\n" + ",\n".join(blocks) + "\n}\n", encoding="utf-8")


def check_layouts(runs):
    """The other layouts hold the same model: those that the package can read give the same run,
    bit for bit, and the `-hf` one has the same tensors under its own names."""
    case = next(case for case in CASES if case.name == "12s")
    for name in ("asr-sharded", "asr-bf16", "asr-f16"):
        run = reference.Recogniser(HERE / name).run(case.clip, "", None, case.limit)
        assert run["generated_ids"] == runs[case.name]["generated_ids"], name
        assert torch.equal(run["first_logits"], runs[case.name]["first_logits"]), name
    original = load_file(HERE / "asr" / "model.safetensors")
    native = load_file(HERE / "asr-hf" / "model.safetensors")
    head = original.pop("thinker.lm_head.weight")
    assert torch.equal(head, original["thinker.model.embed_tokens.weight"])
    assert {checkpoint.native_name(key) for key in original} == set(native)
    for key, tensor in original.items():
        assert torch.equal(tensor, native[checkpoint.native_name(key)]), key


def main():
    seed, (recogniser, runs) = search(asr_runs)
    align_seed, aligned = search(align_runs)
    for name in MADE:
        shutil.rmtree(HERE / name, ignore_errors=True)
        (HERE / name).mkdir()

    checkpoint.write_original(HERE / "asr", "asr", seed)
    checkpoint.write_original(HERE / "asr-sharded", "asr", seed, shards=3)
    checkpoint.write_original(HERE / "asr-bf16", "asr", seed, dtype="bfloat16", keep_head=False)
    checkpoint.write_original(HERE / "asr-f16", "asr", seed, dtype="float16")
    fast = recogniser.tokenizer.backend_tokenizer.to_str()
    checkpoint.write_native(HERE / "asr-hf", seed, fast)
    vocabulary = checkpoint.write_original(
        HERE / "aligner", "aligner", align_seed, dtype="bfloat16"
    )

    write_asr_cases(HERE / "cases", recogniser, runs)
    write_align_cases(HERE / "align-cases", vocabulary, aligned)
    streams.write(HERE / "asr")
    write_tables(HERE / "units.json", units.tables(recogniser))
    check_layouts(runs)

    margins = [run["margins"].min() for run in runs.values()]
    align_margins = [run["margins"].min() for run in aligned.values()]
    checkpoint.write_json(HERE / "manifest.json", {
        "cases": [case.name for case in CASES],
        "align_cases": [case.name for case in ALIGN_CASES],
        "seed": seed,
        "aligner_seed": align_seed,
        "smallest_margin": round(float(min(margins)), 5),
        "smallest_aligner_margin": round(float(min(align_margins)), 5),
        "tolerance": {"mel": 1e-4, "encoder_in": 1e-4, "audio_embeds": 1e-4, "logits": 1e-3},
        "versions": reference.VERSIONS,
    })
    size = sum(file.stat().st_size for name in MADE for file in (HERE / name).iterdir())
    print(f"seeds {seed} and {align_seed}, margin {min(margins):.4f}, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
