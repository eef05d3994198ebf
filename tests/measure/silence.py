#!/usr/bin/env python3
"""How far first words are off after long pauses, and lines of texts that leave sentences out.

    python3 tests/measure/silence.py target/release/earmark [pauses|partial]

Joins the short English samples, whose word times are known. Needs ffmpeg.
"""

import array
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import wave

RATE = 16_000
SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "samples"
NAMES = ["en-01", "en-02", "en-03", "en-05", "en-07", "en-09", "en-11", "en-13"]
TOLERANCE = 250


def sample(name):
    """Samples, text, and times of the first and last word in ms."""
    path = SAMPLES / f"{name}.flac"
    command = ["ffmpeg", "-v", "error", "-i", path, "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"]
    pcm = array.array("h", subprocess.run(command, check=True, capture_output=True).stdout)
    words = json.loads(path.with_suffix(".words.json").read_text())["words"]
    times = [word for word in words if word.get("start_ms") is not None]
    return pcm, path.with_suffix(".txt").read_text().strip(), times[0]["start_ms"], times[-1]["end_ms"]


def background(kind, seconds, rng):
    n = int(seconds * RATE)
    if kind == "noise":  # -60 dBFS
        return array.array("h", (int(rng.gauss(0, 33)) for _ in range(n)))
    return array.array("h", bytes(2 * n))


def bare(word):
    return "".join(letter for letter in word.lower() if letter.isalnum())


def write(path, pcm):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm.tobytes())


def run(earmark, *arguments):
    ran = subprocess.run([earmark, *arguments], capture_output=True, text=True)
    return json.loads(ran.stdout)


def report(label, errors, note=""):
    errors = sorted(errors)
    at = lambda share: errors[min(len(errors) - 1, int(share * len(errors)))]
    far = sum(error > TOLERANCE for error in errors)
    print(f"{label:32} median {at(0.5):5} ms, 95th percentile {at(0.95):6} ms, over {TOLERANCE} ms {far} of {len(errors)}{note}")


def pauses(earmark, clips, folder):
    rng = random.Random(1)
    path, text = folder / "pause.wav", folder / "pause.txt"
    for kind in ["digital", "noise"]:
        for command in ["transcribe", "align"]:
            errors = []
            for seconds in [1, 3, 10, 30]:
                for first, second in zip(clips[::2], clips[1::2]):
                    gaps = [background(kind, seconds, rng) for _ in range(2)]
                    write(path, gaps[0] + first[0] + gaps[1] + second[0])
                    text.write_text(f"{first[1]}\n{second[1]}\n")
                    at = len(gaps[0]) * 1000 // RATE
                    starts = [at + first[2], at + len(first[0]) * 1000 // RATE + seconds * 1000 + second[2]]
                    if command == "align":
                        found = run(earmark, "align", path, text)["lines"]
                        found = [(bare(line["text"].split()[0]), line["start_ms"]) for line in found if line["found"]]
                    else:
                        read = run(earmark, "transcribe", "--format", "json", path)
                        words = [word for segment in read["segments"] for word in segment["words"]]
                        found = [(bare(word["text"]), word["start_ms"]) for word in words]
                    for start, clip in zip(starts, (first, second)):
                        heard = [abs(at - start) for word, at in found if word == bare(clip[1].split()[0])]
                        errors += [min(heard)] if heard else []
            report(f"{command}, {kind}, 1 to 30 s", errors)


def partial(earmark, clips, folder):
    rng = random.Random(2)
    path, text = folder / "joined.wav", folder / "part.txt"
    for share in [0.1, 0.25, 0.5]:
        errors, missed = [], 0
        for _ in range(4):
            order = rng.sample(clips, len(clips))
            pcm, truth = array.array("h"), []
            for clip in order:
                at = len(pcm) * 1000 // RATE
                truth.append((clip[1], at + clip[2], at + clip[3]))
                pcm += clip[0] + background("noise", rng.uniform(0.2, 1.5), rng)
            write(path, pcm)
            n_left_out = max(1, round(share * len(order)))
            left_out = set(rng.sample(range(len(order)), n_left_out))
            kept = [it for n, it in enumerate(truth) if n not in left_out]
            text.write_text("".join(f"{it[0]}\n" for it in kept))
            for line, (_, start, end) in zip(run(earmark, "align", path, text)["lines"], kept):
                if line["found"]:
                    errors += [abs(line["start_ms"] - start), abs(line["end_ms"] - end)]
                else:
                    missed += 1
        report(f"align, {share:.0%} left out", errors, f", {missed} lines not found")
    right = wrong = 0
    for at in range(len(clips)):
        write(path, clips[at][0])
        text.write_text(clips[(at + 3) % len(clips)][1] + "\n")
        wrong += run(earmark, "align", path, text)["lines"][0]["found"]
        text.write_text(clips[at][1] + "\n")
        right += run(earmark, "align", path, text)["lines"][0]["found"]
    print(f"another text is found {wrong} times, the right one {right} times of {len(clips)}")


def main():
    earmark, only = sys.argv[1], sys.argv[2:]
    clips = [sample(name) for name in NAMES]
    with tempfile.TemporaryDirectory() as folder:
        for measure in [pauses, partial]:
            if not only or measure.__name__ in only:
                measure(earmark, clips, pathlib.Path(folder))


main()
