"""Counts the colours of a part of the display: x, y, width and height are the arguments."""

import sys

import gi

gi.require_version("Gdk", "3.0")
from gi.repository import Gdk  # noqa: E402

x, y, width, height = map(int, sys.argv[1:5])
pixels = Gdk.pixbuf_get_from_window(Gdk.get_default_root_window(), x, y, width, height)
if len(sys.argv) > 5:
    pixels.savev(sys.argv[5], "png", [], [])
n_channels, row = pixels.get_n_channels(), pixels.get_rowstride()
data = pixels.get_pixels()
colours = {
    data[at : at + 3]
    for line in range(pixels.get_height())
    for at in range(line * row, line * row + width * n_channels, n_channels)
}
print(len(colours))
