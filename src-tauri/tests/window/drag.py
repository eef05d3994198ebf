"""A small window to drag files out of: `drag.py NAME X Y FILE...` puts it there."""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

name, x, y, files = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
uris = [pathlib.Path(file).absolute().as_uri() for file in files]

box = Gtk.EventBox()
box.add(Gtk.Label(label="drag"))
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
box.connect("drag-data-get", lambda *given: given[2].set_uris(uris))
box.connect("drag-end", lambda *_: Gtk.main_quit())

window = Gtk.Window(type=Gtk.WindowType.POPUP, title=name)
window.set_default_size(100, 60)
window.move(x, y)
window.add(box)
window.show_all()
Gtk.main()
