"""Prints the cues of a subtitle file, as pysubs2 reads them, as JSON: [[start_ms, end_ms, text]]."""

import json
import sys

import pysubs2

cues = pysubs2.load(sys.argv[1], encoding="utf-8")
json.dump([[cue.start, cue.end, cue.plaintext] for cue in cues if not cue.is_comment], sys.stdout)
