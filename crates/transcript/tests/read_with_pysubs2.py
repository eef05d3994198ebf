"""Prints the cues of a subtitle file, as pysubs2 reads them, as JSON: [[start_ms, end_ms, text]].

pysubs2 1.8.1 hands time stamps and character references of WebVTT through; here they go.
"""

import html
import json
import re
import sys

import pysubs2

path = sys.argv[1]


def plain(text):
    return html.unescape(re.sub("<[^>]*>", "", text)) if path.endswith(".vtt") else text


cues = pysubs2.load(path, encoding="utf-8")
json.dump([[cue.start, cue.end, plain(cue.plaintext)] for cue in cues if not cue.is_comment], sys.stdout)
