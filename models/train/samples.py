"""Make the recordings of samples/ from a fixed seed: python samples.py ../../samples (needs ffmpeg).

Held-out sentences, training voices. Compressed formats delay the sound by a few milliseconds; the times are those of
the source.
"""

import os
import random
import subprocess
import sys
import tempfile

import dialogues
import names
import synth
from clips import Source, plain, reserved
from data import LANGUAGE
from features import RATE
from grammar_en import English, Unit
from grammar_zh import Chinese
from heldout import write_texts, write_wav

SEED = 20260
FORMATS = {  # file extension of single recordings that are not .flac, with the encoder options
    "en-04": ("wav", []), "en-06": ("mp3", ["-b:a", "64k", "-ar", "44100", "-ac", "2"]), "en-08": ("m4a", ["-b:a", "64k", "-ar", "48000"]),
    "en-10": ("ogg", ["-c:a", "libvorbis", "-q:a", "4"]), "en-12": ("opus", ["-c:a", "libopus", "-b:a", "32k"]),
    "en-14": ("webm", ["-c:a", "libopus", "-b:a", "32k"]), "en-16": ("mp4", ["-c:a", "aac", "-b:a", "64k", "-ar", "44100"]),
    "zh-04": ("wav", []), "zh-06": ("mp3", ["-b:a", "48k"]), "zh-08": ("m4a", ["-b:a", "48k"]), "zh-10": ("ogg", ["-c:a", "libvorbis", "-q:a", "4"]),
    "zh-12": ("opus", ["-c:a", "libopus", "-b:a", "32k"]), "zh-14": ("webm", ["-c:a", "libopus", "-b:a", "32k"]),
    "zh-16": ("mp4", ["-c:a", "aac", "-b:a", "64k"]),
}


def save(folder, name, samples, text, language, words):
    extension, options = FORMATS.get(name, ("flac", ["-compression_level", "12"]))
    target = f"{folder}/{name}.{extension}"
    with tempfile.TemporaryDirectory() as temporary:
        wav = f"{temporary}/a.wav"
        write_wav(wav, samples)
        picture = ["-f", "lavfi", "-i", "color=c=navy:s=64x64:r=5", "-shortest", "-c:v", "mpeg4"] if extension == "mp4" else []
        subprocess.run(
            ["ffmpeg", "-y", "-v", "error", "-i", wav, *picture, "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", *options, target], check=True)
    write_texts(f"{folder}/{name}", text, language, words)


class Maker:
    def __init__(self):
        self.source = Source(SEED, "heldout")
        self.r = random.Random(SEED)
        self.english, self.chinese = self.source.grammars["en"], self.source.grammars["zh"]
        self.said = set()

    def sensible(self, lang):
        """A held-out sentence, never twice, that means something more often than the grammar's average."""
        while True:
            if lang == "en":
                g: English = self.english
                make, mark = self.r.choice([(g.meeting, "."), (g.meeting, "."), (g.figures, "."), (g.question, "?"), (g.smalltalk, ".")])
                units = make()
                first = units[0]
                units[0] = Unit(first.written[0].upper() + first.written[1:], first.spoken)
                last = units[-1]
                written = last.written[:-1] if last.written.endswith(".") and mark == "." else last.written
                units[-1] = Unit(written + mark, last.spoken + mark)
            else:
                g: Chinese = self.chinese
                units = g.sentence()
            text = plain(units, lang)
            if 12 < sum(len(u.spoken) * (1 if lang == "en" else 4) for u in units) < 75 and text not in self.said:
                if reserved(text):
                    self.said.add(text)
                    return units

    def speak(self, lang, units, voice):
        return synth.speak(self.source.espeak, lang, units, **voice)

    def voice(self, lang):
        return synth.random_voice(self.r, lang, vary=False)


FIRST = dict(en="Let's move the meeting to 3:30 on Thursday afternoon.", zh="我们星期四下午3点30分开会。")


def main(folder):
    os.makedirs(folder, exist_ok=True)
    m = Maker()
    plain_voice = dict(en=dict(voice="en-us", rate=165), zh=dict(voice=synth.CHINESE_BASE, rate=165))
    for lang in ("en", "zh"):
        for i in range(1, 21):
            units = dialogues.units(FIRST[lang], lang) if i == 1 else m.sensible(lang)
            piece = m.speak(lang, units, plain_voice[lang] if i <= 2 else m.voice(lang))
            samples, words, _ = synth.join([piece], [], 0.3, 0.5)
            save(folder, f"{lang}-{i:02d}", synth.set_level(samples, 0.7), plain(units, lang), LANGUAGE[lang], words)
        for i in range(1, 5):
            units = m.sensible(lang)
            samples, words, _ = synth.join([m.speak(lang, units, m.voice(lang))], [], 0.3, 0.5)
            samples = synth.add_noise(m.r, m.source.rng, samples, 10)
            save(folder, f"{lang}-noise-{i:02d}", synth.set_level(samples, 0.7), plain(units, lang), LANGUAGE[lang], words)
        for i, group in enumerate((1, 5), 1):  # without a context the first spelling is right
            first, second = (names.ENGLISH if lang == "en" else names.CHINESE)[group]
            units = m.source.sentence(lang, Unit(first, first, group))
            samples, words, _ = synth.join([m.speak(lang, units, m.voice(lang))], [], 0.3, 0.5)
            save(folder, f"{lang}-name-{i:02d}", synth.set_level(samples, 0.7), plain(units, lang), LANGUAGE[lang], words)
            with open(f"{folder}/{lang}-name-{i:02d}.context.txt", "w", encoding="utf8") as f:
                f.write(second + "\n")

        # a dialogue of two minutes: two voices take turns of one or two sentences
        speakers = [dict(plain_voice[lang], pitch=45), dict(voice=plain_voice[lang]["voice"] + "+f3", rate=160, pitch=60)]
        pieces, texts, pauses = [], [], []
        for turn, sentences in enumerate(dialogues.turns(dialogues.ENGLISH if lang == "en" else dialogues.CHINESE)):
            for sentence in sentences:
                pieces.append(m.speak(lang, dialogues.units(sentence, lang), speakers[turn % 2]))
                texts.append(sentence)
                pauses.append(m.r.uniform(0.4, 0.8))
            pauses[-1] += m.r.choice([0.2, 0.4, 0.8, 1.5, 2.5])
        samples, words, _ = synth.join(pieces, pauses[:-1], 0.3, 0.5)
        save(folder, f"{lang}-dialogue", synth.set_level(samples, 0.7), (" " if lang == "en" else "").join(texts), LANGUAGE[lang], words)

    # English, then Chinese
    pieces, texts, pauses = [], {}, []
    for lang, sentences in (("en", dialogues.SWITCH_ENGLISH), ("zh", dialogues.SWITCH_CHINESE)):
        texts[lang] = sentences
        for sentence in sentences:
            pieces.append(m.speak(lang, dialogues.units(sentence, lang), plain_voice[lang]))
            pauses.append(m.r.uniform(0.4, 0.9))
        pauses[-1] = 2.5
    samples, words, _ = synth.join(pieces, pauses[:-1], 0.3, 0.5)
    save(folder, "en-zh-switch", synth.set_level(samples, 0.7), " ".join(texts["en"]) + " " + "".join(texts["zh"]), "English,Chinese", words)


if __name__ == "__main__":
    main(sys.argv[1])
