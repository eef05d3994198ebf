"""Write a run as a checkpoint folder in the published ("original") layout, bf16.

    python export.py RUN TOKENIZER OUT          # speech to text or aligner: the run knows which

The running mean of the weights is written.
"""

import json
import os
import sys

import torch
from safetensors.torch import save_file

TEMPLATE = (  # our own rendering of the published prompt: system block, audio, assistant
    "{%- set ns = namespace(system='', audio='', reply='') -%}"
    "{%- for message in messages -%}"
    "{%- if message['content'] is string -%}"
    "{%- if message['role'] == 'system' -%}{%- set ns.system = ns.system + message['content'] -%}{%- endif -%}"
    "{%- else -%}{%- for part in message['content'] -%}"
    "{%- if part['type'] == 'audio' -%}{%- set ns.audio = ns.audio + '<|audio_start|><|audio_pad|><|audio_end|>' -%}"
    "{%- elif message['role'] == 'system' and part['type'] == 'text' -%}{%- set ns.system = ns.system + part['text'] -%}"
    "{%- elif message['role'] == 'assistant' and part['type'] == 'text' -%}{%- set ns.reply = ns.reply + part['text'] -%}"
    "{%- endif -%}{%- endfor -%}{%- endif -%}{%- endfor -%}"
    "{{- '<|im_start|>system\\n' + ns.system + '<|im_end|>\\n<|im_start|>user\\n' + ns.audio + '<|im_end|>\\n' -}}"
    "{%- if messages[-1]['role'] == 'assistant' -%}{{- '<|im_start|>assistant\\n' + ns.reply + '<|im_end|>\\n' -}}"
    "{%- elif add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
)


def main(run, tokenizer, out):
    os.makedirs(out, exist_ok=True)
    state = torch.load(f"{run}/state.pt", map_location="cpu", weights_only=False)
    c, aligner = state["config"], state["config"]["classes"] > 0
    weights = {n: w.to(torch.bfloat16).contiguous() for n, w in state["optimizer"]["mean"].items() if n.startswith("thinker.")}
    if not aligner:  # tied, and stored twice as in the published files
        weights["thinker.lm_head.weight"] = weights["thinker.model.embed_tokens.weight"].clone()
    save_file(weights, f"{out}/model.safetensors", metadata={"format": "pt"})
    os.chmod(f"{out}/model.safetensors", 0o644)

    with open(tokenizer, encoding="utf8") as f:
        t = json.load(f)
    added = sorted(t["added_tokens"], key=lambda a: a["id"])
    number = {a["content"]: a["id"] for a in added}
    vocab = {k: v for k, v in t["model"]["vocab"].items() if k not in number}
    with open(f"{out}/merges.txt", "w", encoding="utf8") as f:
        f.write("#version: 0.2\n" + "".join((m if isinstance(m, str) else " ".join(m)) + "\n" for m in t["model"]["merges"]))
    roles = dict(audio_token="<|audio_pad|>", audio_bos_token="<|audio_start|>", audio_eos_token="<|audio_end|>")
    token = lambda a: dict(content=a["content"], lstrip=False, normalized=False, rstrip=False, single_word=False, special=a["special"])
    tokenizer_config = dict(
        add_prefix_space=False, added_tokens_decoder={str(a["id"]): token(a) for a in added},
        additional_special_tokens=[a["content"] for a in added if a["special"] and a["content"] != "<|endoftext|>"],
        extra_special_tokens=roles, bos_token=None, clean_up_tokenization_spaces=False, eos_token="<|im_end|>", errors="replace",
        model_max_length=131072, pad_token="<|endoftext|>", processor_class="Qwen3ASRProcessor", split_special_tokens=False,
        tokenizer_class="Qwen2Tokenizer", unk_token=None, **roles)

    half = c["head_dim"] // 2
    side = half * 5 // 16
    audio = dict(
        activation_dropout=0, activation_function="gelu", attention_dropout=0, conv_chunksize=500, d_model=c["d_model"],
        downsample_hidden_size=c["channels"], dropout=0, encoder_attention_heads=c["encoder_heads"], encoder_ffn_dim=c["encoder_ffn"],
        encoder_layers=c["encoder_layers"], initializer_range=0.02, max_source_positions=1500, model_type="qwen3_asr_audio_encoder",
        n_window=50, n_window_infer=800, num_hidden_layers=c["encoder_layers"], num_mel_bins=128, output_dim=c["hidden"], scale_embedding=False)
    text = dict(
        attention_bias=False, attention_dropout=0.0, head_dim=c["head_dim"], hidden_act="silu", hidden_size=c["hidden"],
        initializer_range=0.02, intermediate_size=c["ffn"], max_position_embeddings=2048, model_type="qwen3",
        num_attention_heads=c["heads"], num_hidden_layers=c["layers"], num_key_value_heads=c["kv_heads"], rms_norm_eps=1e-6,
        rope_scaling=dict(interleaved=True, mrope_interleaved=True, mrope_section=[half - 2 * side, side, side], rope_type="default", type="default"),
        rope_theta=c["theta"], tie_word_embeddings=not aligner, use_cache=True, vocab_size=c["vocab"])
    thinker = dict(
        audio_config=audio, text_config=text, audio_end_token_id=number["<|audio_end|>"], audio_start_token_id=number["<|audio_start|>"],
        audio_token_id=number["<|audio_pad|>"], dtype="bfloat16", initializer_range=0.02,
        model_type="qwen3_forced_aligner" if aligner else "qwen3_asr")
    config = dict(
        architectures=["Qwen3ASRForConditionalGeneration"], model_type="qwen3_asr", support_languages=["Chinese", "English"],
        thinker_config=thinker, transformers_version="4.57.6")
    if aligner:
        thinker["classify_num"] = c["classes"]
        config.update(timestamp_token_id=number["<timestamp>"], timestamp_segment_time=80)
    generation = dict(do_sample=False, eos_token_id=[number["<|endoftext|>"], number["<|im_end|>"]], pad_token_id=number["<|endoftext|>"], temperature=1e-6)
    features = dict(
        chunk_length=30, dither=0.0, feature_extractor_type="WhisperFeatureExtractor", feature_size=128, hop_length=160, n_fft=400,
        n_samples=480000, nb_max_frames=3000, padding_side="right", padding_value=0.0, processor_class="Qwen3ASRProcessor",
        return_attention_mask=True, sampling_rate=16000)
    for name, content in (
        ("config.json", config), ("generation_config.json", generation), ("preprocessor_config.json", features),
        ("tokenizer_config.json", tokenizer_config), ("chat_template.json", dict(chat_template=TEMPLATE)),
    ):
        with open(f"{out}/{name}", "w", encoding="utf8") as f:
            json.dump(content, f, ensure_ascii=False, indent=2)
            f.write("\n")
    with open(f"{out}/vocab.json", "w", encoding="utf8") as f:
        json.dump(vocab, f, ensure_ascii=False)
    size = sum(os.path.getsize(f"{out}/{n}") for n in os.listdir(out)) / 1e6
    print(f"{out}: {size:.1f} MB, {sum(w.numel() for n, w in weights.items() if aligner or 'lm_head' not in n) / 1e6:.2f} M parameters")


if __name__ == "__main__":
    main(*sys.argv[1:4])
