"""Tiny random checkpoints with the file names, keys, tensor names and shapes of the published ones.

Every weight is a bfloat16 number that float16 can hold as well, so the same model can be stored in
f32, bf16 and f16 without changing a bit of what it computes in f32.
"""

import json
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save

from vocabulary import LANGUAGES, Vocabulary

ALIGNER_LANGUAGES = (
    "Chinese English Cantonese French German Italian Japanese Korean Portuguese Russian Spanish"
).split()
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

MEL = 128
CONV = 8
ENCODER_LAYERS, ENCODER_DIM, ENCODER_HEADS, ENCODER_FFN = 2, 32, 4, 64
LAYERS, HIDDEN, HEADS, KV_HEADS, HEAD_DIM, FFN = 2, 48, 4, 2, 16, 96
CLASSES = 400  # the aligner's: 32 s in steps of 80 ms


@dataclass(frozen=True)
class Temper:
    """How random weights are bent so that greedy output wanders instead of repeating one token.

    `likeness`: share of every key head that equals a query head of its group, so that positions
    attend to similar ones. `kinship`: size of a vector common to all text embeddings, so that text
    attends to text. `focus`: mean weight of the q and k norms. `audio`: size of the audio rows.
    """

    likeness: float
    kinship: float
    focus: float
    audio: float


TEMPER = {"asr": Temper(0.8, 0.7, 3.0, 2.0), "aligner": Temper(0.6, 0.5, 2.5, 1.5)}
LOUDER = {"<|im_end|>": 1.35, "<asr_text>": 1.4}  # rows scaled up, so that both get generated


def draw(seed, name, shape, mean, deviation):
    """Normal numbers that depend on nothing but the seed and the tensor's name."""
    source = np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))
    return mean + deviation * source.standard_normal(shape)


def storable(array):
    """The nearest numbers that bfloat16 and float16 both hold."""
    out = torch.from_numpy(np.asarray(array, dtype=np.float32)).bfloat16().float()
    out[out.abs() < 2.0**-17] = 0.0
    assert torch.equal(out, out.half().float())
    return out


def weights(kind, seed, vocabulary):
    """Original tensor name to f32 tensor."""
    temper = TEMPER[kind]
    out = {}

    def put(name, *shape, deviation, mean=0.0):
        out[name] = draw(seed, name, shape, mean, deviation)

    def linear(name, n_out, n_in, *, bias=False, gain=1.0):
        put(f"{name}.weight", n_out, n_in, deviation=gain / math.sqrt(n_in))
        if bias:
            put(f"{name}.bias", n_out, deviation=0.1)

    def norm(name, n):
        put(f"{name}.weight", n, mean=1.0, deviation=0.1)
        put(f"{name}.bias", n, deviation=0.1)

    tower = "thinker.audio_tower"
    for name, n_in in (("conv2d1", 1), ("conv2d2", CONV), ("conv2d3", CONV)):
        put(f"{tower}.{name}.weight", CONV, n_in, 3, 3, deviation=1.6 / math.sqrt(9 * n_in))
        put(f"{tower}.{name}.bias", CONV, deviation=0.1)
    linear(f"{tower}.conv_out", ENCODER_DIM, CONV * MEL // 8, gain=1.5)
    for i in range(ENCODER_LAYERS):
        layer = f"{tower}.layers.{i}"
        for name, gain in (("q", 1.6), ("k", 1.6), ("v", 1.0), ("out", 1.0)):
            projection = f"{layer}.self_attn.{name}_proj"
            linear(projection, ENCODER_DIM, ENCODER_DIM, bias=True, gain=gain)
        norm(f"{layer}.self_attn_layer_norm", ENCODER_DIM)
        linear(f"{layer}.fc1", ENCODER_FFN, ENCODER_DIM, bias=True)
        linear(f"{layer}.fc2", ENCODER_DIM, ENCODER_FFN, bias=True, gain=1.2)
        norm(f"{layer}.final_layer_norm", ENCODER_DIM)
    norm(f"{tower}.ln_post", ENCODER_DIM)
    linear(f"{tower}.proj1", ENCODER_DIM, ENCODER_DIM, bias=True)
    linear(f"{tower}.proj2", HIDDEN, ENCODER_DIM, bias=True, gain=1.5 * temper.audio)

    embeddings = "thinker.model.embed_tokens.weight"
    put(embeddings, vocabulary.rows, HIDDEN, deviation=0.25)
    out[embeddings] += draw(seed, "kinship", (1, HIDDEN), 0.0, 0.25 * temper.kinship)
    for i in range(LAYERS):
        layer = f"thinker.model.layers.{i}"
        attention = f"{layer}.self_attn"
        linear(f"{attention}.q_proj", HEADS * HEAD_DIM, HIDDEN)
        linear(f"{attention}.k_proj", KV_HEADS * HEAD_DIM, HIDDEN)
        linear(f"{attention}.v_proj", KV_HEADS * HEAD_DIM, HIDDEN, gain=1.5)
        linear(f"{attention}.o_proj", HIDDEN, HEADS * HEAD_DIM, gain=1.5)
        first_of_group = out[f"{attention}.q_proj.weight"].reshape(KV_HEADS, -1, HEAD_DIM, HIDDEN)
        keys = out[f"{attention}.k_proj.weight"]
        keys *= math.sqrt(1 - temper.likeness**2)
        keys += temper.likeness * first_of_group[:, 0].reshape(keys.shape)
        for name in ("q_norm", "k_norm"):
            put(f"{attention}.{name}.weight", HEAD_DIM, mean=temper.focus, deviation=0.3)
        put(f"{layer}.input_layernorm.weight", HIDDEN, mean=1.0, deviation=0.2)
        put(f"{layer}.post_attention_layernorm.weight", HIDDEN, mean=1.0, deviation=0.2)
        linear(f"{layer}.mlp.gate_proj", FFN, HIDDEN, gain=1.5)
        linear(f"{layer}.mlp.up_proj", FFN, HIDDEN, gain=1.5)
        linear(f"{layer}.mlp.down_proj", HIDDEN, FFN, gain=1.2)
    put("thinker.model.norm.weight", HIDDEN, mean=2.5, deviation=0.3)

    if kind == "aligner":
        put("thinker.lm_head.weight", CLASSES, HIDDEN, deviation=0.25)
    else:
        for text, gain in LOUDER.items():
            out[embeddings][vocabulary.added_ids[text]] *= gain
        out[embeddings][vocabulary.used :] = 0.0  # no token uses these rows
        out["thinker.lm_head.weight"] = out[embeddings]
    return {name: storable(array) for name, array in out.items()}


def native_name(name):
    """The name a tensor has in the `-hf` repositories."""
    for old, new in (
        ("thinker.audio_tower.proj1.", "model.multi_modal_projector.linear_1."),
        ("thinker.audio_tower.proj2.", "model.multi_modal_projector.linear_2."),
        ("thinker.audio_tower.", "model.audio_tower."),
        ("thinker.model.", "model.language_model."),
        ("thinker.", ""),
    ):
        if name.startswith(old):
            return new + name[len(old) :]
    raise ValueError(name)


def audio_config():
    """`audio_config` of the original layout."""
    return {
        "activation_dropout": 0,
        "activation_function": "gelu",
        "attention_dropout": 0,
        "conv_chunksize": 500,
        "d_model": ENCODER_DIM,
        "downsample_hidden_size": CONV,
        "dropout": 0,
        "encoder_attention_heads": ENCODER_HEADS,
        "encoder_ffn_dim": ENCODER_FFN,
        "encoder_layers": ENCODER_LAYERS,
        "initializer_range": 0.02,
        "max_source_positions": 1500,
        "model_type": "qwen3_asr_audio_encoder",
        "n_window": 50,
        "n_window_infer": 800,
        "num_hidden_layers": ENCODER_LAYERS,
        "num_mel_bins": MEL,
        "output_dim": HIDDEN,
        "scale_embedding": False,
    }


def text_config(kind, vocabulary):
    """`text_config` of the original layout."""
    return {
        "attention_bias": False,
        "attention_dropout": 0.0,
        "head_dim": HEAD_DIM,
        "hidden_act": "silu",
        "hidden_size": HIDDEN,
        "initializer_range": 0.02,
        "intermediate_size": FFN,
        "max_position_embeddings": 65536,
        "model_type": "qwen3",
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "num_key_value_heads": KV_HEADS,
        "rms_norm_eps": 1e-06,
        "rope_scaling": {
            "interleaved": True,
            "mrope_interleaved": True,
            "mrope_section": [4, 2, 2],  # sums to half the head width; without effect
            "rope_type": "default",
            "type": "default",
        },
        "rope_theta": 1000000,
        "tie_word_embeddings": kind == "asr",
        "use_cache": True,
        "vocab_size": vocabulary.rows,
    }


def original_config(kind, vocabulary, dtype):
    """`config.json` of the original layout."""
    ids = vocabulary.added_ids
    thinker = {
        "audio_config": audio_config(),
        "audio_end_token_id": ids["<|audio_end|>"],
        "audio_start_token_id": ids["<|audio_start|>"],
        "audio_token_id": ids["<|audio_pad|>"],
        "dtype": dtype,
        "initializer_range": 0.02,
        "model_type": "qwen3_asr" if kind == "asr" else "qwen3_forced_aligner",
        "text_config": text_config(kind, vocabulary),
    }
    top = {
        "architectures": ["Qwen3ASRForConditionalGeneration"],
        "model_type": "qwen3_asr",
        "support_languages": LANGUAGES if kind == "asr" else ALIGNER_LANGUAGES,
        "thinker_config": thinker,
        # With a later 4.x here the package swaps the splitting pattern of local tokenizers.
        "transformers_version": "4.57.1",
    }
    if kind == "aligner":
        thinker["classify_num"] = CLASSES
        top["timestamp_token_id"] = ids["<timestamp>"]
        top["timestamp_segment_time"] = 80
    return top


def native_config(vocabulary, dtype):
    """`config.json` of the `-hf` layout."""
    ids = vocabulary.added_ids
    audio = audio_config()
    del audio["max_source_positions"], audio["num_hidden_layers"]
    audio |= {
        "max_position_embeddings": 13,
        "model_type": "qwen3_asr_encoder",
        "num_key_value_heads": ENCODER_HEADS,
    }
    text = text_config("asr", vocabulary)
    del text["rope_scaling"]
    text["rope_parameters"] = {"rope_theta": text.pop("rope_theta"), "rope_type": "default"}
    return {
        "architectures": ["Qwen3ASRForConditionalGeneration"],
        "audio_config": audio,
        "audio_token_id": ids["<|audio_pad|>"],
        "dtype": dtype,
        "eos_token_id": [ids["<|endoftext|>"], ids["<|im_end|>"]],
        "initializer_range": 0.02,
        "model_type": "qwen3_asr",
        "pad_token_id": ids["<|im_end|>"],
        "text_config": text,
        "tie_word_embeddings": True,
        "timestamp_token_id": ids["<asr_text>"] + 1,
        "token_classification_bias": False,
        "transformers_version": "5.13.0",
    }


# Renders what the published template renders for one system text and one recording.
CHAT_TEMPLATE = (
    "{%- for message in messages if message.role == 'system' -%}"
    "{{- '<|im_start|>system\\n' + message.content + '<|im_end|>\\n' -}}"
    "{%- endfor -%}"
    "{{- '<|im_start|>user\\n<|audio_start|><|audio_pad|><|audio_end|><|im_end|>\\n' -}}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
)

FEATURE_EXTRACTOR = {
    "chunk_length": 30,
    "dither": 0.0,
    "feature_extractor_type": "WhisperFeatureExtractor",
    "feature_size": MEL,
    "hop_length": 160,
    "n_fft": 400,
    "n_samples": 480000,
    "nb_max_frames": 3000,
    "padding_side": "right",
    "padding_value": 0.0,
    "processor_class": "Qwen3ASRProcessor",
    "return_attention_mask": True,
    "sampling_rate": 16000,
}


def write_json(path, value):
    """One JSON file, readable."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_weights(path, tensors, dtype):
    """One safetensors file."""
    stored = {
        name: tensor.to(DTYPES[dtype]).contiguous().clone() for name, tensor in tensors.items()
    }
    path.write_bytes(save(stored, metadata={"format": "pt"}))


def write_original(folder, kind, seed, *, dtype="float32", shards=1, keep_head=True):
    """A checkpoint in the original layout. Without `keep_head` the tied head is not stored."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = Vocabulary(timestamps=kind == "aligner")
    tensors = weights(kind, seed, vocabulary)
    if not keep_head:
        del tensors["thinker.lm_head.weight"]
    if shards == 1:
        write_weights(folder / "model.safetensors", tensors, dtype)
    else:
        write_shards(folder, tensors, dtype, shards)
    for name, text in vocabulary.files().items():
        (folder / name).write_text(text, encoding="utf-8")
    ids = vocabulary.added_ids
    write_json(folder / "config.json", original_config(kind, vocabulary, dtype))
    write_json(folder / "preprocessor_config.json", FEATURE_EXTRACTOR)
    write_json(folder / "chat_template.json", {"chat_template": CHAT_TEMPLATE})
    write_json(folder / "generation_config.json", {
        "do_sample": False,
        "eos_token_id": [ids["<|endoftext|>"], ids["<|im_end|>"]],
        "pad_token_id": ids["<|endoftext|>"],
        "temperature": 1e-06,
    })
    return vocabulary


def write_shards(folder, tensors, dtype, shards):
    """The tensors spread over several files of about equal size, with the index beside them."""
    names = list(tensors)
    total = sum(tensors[name].numel() for name in names)
    parts, seen = [{} for _ in range(shards)], 0
    for name in names:
        parts[seen * shards // total][name] = tensors[name]
        seen += tensors[name].numel()
    index = {}
    for i, part in enumerate(parts, 1):
        file = f"model-{i:05}-of-{shards:05}.safetensors"
        write_weights(folder / file, part, dtype)
        index |= dict.fromkeys(part, file)
    total_size = total * torch.empty(0, dtype=DTYPES[dtype]).element_size()
    write_json(folder / "model.safetensors.index.json", {
        "metadata": {"total_size": total_size},
        "weight_map": dict(sorted(index.items())),
    })


def write_native(folder, seed, tokenizer_json):
    """The ASR checkpoint in the flat layout of the `-hf` repositories, f32, head left out.

    `tokenizer_json` is the fast tokenizer as the public library writes it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = Vocabulary()
    tensors = weights("asr", seed, vocabulary)
    del tensors["thinker.lm_head.weight"]
    renamed = {native_name(name): tensor for name, tensor in tensors.items()}
    write_weights(folder / "model.safetensors", renamed, "float32")
    (folder / "tokenizer.json").write_text(tokenizer_json, encoding="utf-8")
    tokenizer = vocabulary.config()
    del tokenizer["added_tokens_decoder"]  # tokenizer.json has them
    write_json(folder / "tokenizer_config.json", tokenizer)
    write_json(folder / "config.json", native_config(vocabulary, "float32"))
    ids = vocabulary.added_ids
    write_json(folder / "generation_config.json", {
        "do_sample": False,
        "eos_token_id": [ids["<|endoftext|>"], ids["<|im_end|>"]],
        "pad_token_id": ids["<|im_end|>"],
    })
    extractor = {key: FEATURE_EXTRACTOR[key] for key in (
        "chunk_length dither feature_size hop_length n_fft padding_side padding_value "
        "return_attention_mask sampling_rate").split()}
    extractor |= {
        "feature_extractor_type": "Qwen3ASRFeatureExtractor",
        "min_length": 8000,
        "n_window": 50,
    }
    write_json(folder / "processor_config.json", {
        "feature_extractor": extractor,
        "processor_class": "Qwen3ASRProcessor",
        "timestamp_segment_time": 80,
    })
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")
