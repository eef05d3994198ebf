"""Asks a window to close, as the cross in its corner does where a window manager draws one."""

import ctypes
import sys

WINDOW = int(sys.argv[1])
CLIENT_MESSAGE = 33

x = ctypes.CDLL("libX11.so.6")
x.XOpenDisplay.restype = ctypes.c_void_p
x.XInternAtom.restype = ctypes.c_ulong
display = ctypes.c_void_p(x.XOpenDisplay(None))


def atom(name):
    return x.XInternAtom(display, name, False)


class Message(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("kind", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("words", ctypes.c_long * 5),
        ("room", ctypes.c_long * 12),
    ]


message = Message(
    type=CLIENT_MESSAGE, window=WINDOW, kind=atom(b"WM_PROTOCOLS"), format=32
)
message.words[0] = atom(b"WM_DELETE_WINDOW")
x.XSendEvent(display, ctypes.c_ulong(WINDOW), False, ctypes.c_long(0), ctypes.byref(message))
x.XSync(display, False)
