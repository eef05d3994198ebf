"""Write words.txt and characters.txt: all the grammar can say. python wordlists.py"""

import os

import grammar_en
import grammar_zh
import names

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, lines):
    with open(f"{HERE}/{name}", "w", encoding="utf8") as f:
        f.write("\n".join(lines) + "\n")
    print(name, len(lines))


if __name__ == "__main__":
    write("words.txt", grammar_en.vocabulary())
    write("characters.txt", sorted(set(grammar_zh.characters()) | set("".join("".join(pair) for pair in names.CHINESE))))
    write("names.txt", [" / ".join(pair) for pair in names.ENGLISH + names.CHINESE])
