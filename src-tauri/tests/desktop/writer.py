"""A program of another's, with a text to write in and something on the clipboard.

Says one JSON object a line: the number of its window, then its text whenever that changes. Does one
command a line: `clear` empties the text, `copy TEXT` and `picture` put something on the clipboard,
`pasted` tells what is there.
"""

import json
import sys
import threading

import gi

for library in ("Gtk", "Gdk", "GdkX11"):
    gi.require_version(library, "3.0")
from gi.repository import Gdk, GdkPixbuf, GdkX11, GLib, Gtk

PICTURE = bytes(range(12))

window = Gtk.Window()
window.set_default_size(400, 120)
window.move(20, 600)
view = Gtk.TextView()
text = view.get_buffer()
window.add(view)
clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)


def say(**what):
    print(json.dumps(what), flush=True)


def written(_buffer):
    say(text=text.get_text(*text.get_bounds(), True))


def pasted():
    picture = clipboard.wait_for_image()
    if picture:
        rows = bytes(picture.get_pixels())[:12]
        say(picture=picture.get_width() == 4 and rows == PICTURE)
    else:
        say(pasted=clipboard.wait_for_text() or "")


def obey(line):
    command, _, what = line.rstrip("\n").partition(" ")
    if command == "clear":
        text.set_text("")
    elif command == "copy":
        clipboard.set_text(what, -1)
        say(copied=True)
    elif command == "picture":
        pixels = GLib.Bytes.new(PICTURE)
        colours = GdkPixbuf.Colorspace.RGB
        clipboard.set_image(GdkPixbuf.Pixbuf.new_from_bytes(pixels, colours, False, 8, 4, 1, 12))
        say(copied=True)
    elif command == "pasted":
        pasted()


def listen():
    for line in sys.stdin:
        GLib.idle_add(obey, line)
    GLib.idle_add(Gtk.main_quit)


text.connect("changed", written)
window.show_all()
window.get_window().focus(Gdk.CURRENT_TIME)
say(window=window.get_window().get_xid())
threading.Thread(target=listen, daemon=True).start()
Gtk.main()
