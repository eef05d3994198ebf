"""Prints the title of a document and its paragraphs as python-docx reads them, as JSON."""

import json
import sys

import docx

document = docx.Document(sys.argv[1])


def seen(paragraph):
    style = paragraph.style
    is_heading = bool(style.element.xpath("w:pPr/w:outlineLvl"))
    return style.name, is_heading, [(run.style.name, run.text) for run in paragraph.runs]


print(json.dumps([document.core_properties.title, [seen(it) for it in document.paragraphs]]))
