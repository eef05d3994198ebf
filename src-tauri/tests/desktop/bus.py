"""What a desktop has on its session bus: notifications and a tray, for a test to look at.

Says one JSON object a line: that it is ready, then what happens. Does one command a line:
`click ID` clicks on a notification, `menu` reads the tray's menu, `choose LABEL` chooses from it.
"""

import json
import sys
import threading

from gi.repository import Gio, GLib

INTERFACES = Gio.DBusNodeInfo.new_for_xml("""
<node>
  <interface name="org.freedesktop.Notifications">
    <method name="GetCapabilities"><arg type="as" direction="out"/></method>
    <method name="GetServerInformation">
      <arg type="s" direction="out"/><arg type="s" direction="out"/>
      <arg type="s" direction="out"/><arg type="s" direction="out"/>
    </method>
    <method name="Notify">
      <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
      <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
      <arg type="u" direction="out"/>
    </method>
    <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  </interface>
  <interface name="org.kde.StatusNotifierWatcher">
    <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
    <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
    <property name="ProtocolVersion" type="i" access="read"/>
    <property name="RegisteredStatusNotifierItems" type="as" access="read"/>
  </interface>
</node>
""").interfaces

NOTIFICATIONS, WATCHER = "org.freedesktop.Notifications", "org.kde.StatusNotifierWatcher"
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
n_shown = 0
tray = None


def say(**what):
    print(json.dumps(what), flush=True)


def called(_bus, sender, _path, _interface, method, parameters, call):
    global n_shown, tray
    if method == "Notify":
        _, replaces, _, title, text, actions, _, _ = parameters.unpack()
        n_shown += not replaces
        say(notification=replaces or n_shown, title=title, text=text, actions=actions[::2])
        call.return_value(GLib.Variant("(u)", (replaces or n_shown,)))
    elif method == "GetCapabilities":
        call.return_value(GLib.Variant("(as)", (["actions", "body"],)))
    elif method == "GetServerInformation":
        call.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))
    elif method == "RegisterStatusNotifierItem":
        (where,) = parameters.unpack()
        tray = (sender, where if where.startswith("/") else "/StatusNotifierItem")
        call.return_value(None)
        say(tray=sender)


def asked(_bus, _sender, _path, _interface, name):
    known = {
        "IsStatusNotifierHostRegistered": GLib.Variant("b", True),
        "ProtocolVersion": GLib.Variant("i", 0),
        "RegisteredStatusNotifierItems": GLib.Variant("as", []),
    }
    return known[name]


def ask(path, interface, method, parameters):
    answer = bus.call_sync(
        tray[0], path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, 10_000
    )
    return answer.unpack()


def items():
    """The tray's menu: label, whether it can be chosen, and number of each line that has a label."""
    wish = GLib.Variant("(ss)", ("org.kde.StatusNotifierItem", "Menu"))
    (path,) = ask(tray[1], "org.freedesktop.DBus.Properties", "Get", wish)
    everything = GLib.Variant("(iias)", (0, -1, []))
    _, (_, _, lines) = ask(path, "com.canonical.dbusmenu", "GetLayout", everything)
    return path, [line for line in flat(lines) if line[0]]


def flat(lines):
    """Those of menus within the menu behind the line that opens them."""
    for number, of, inner in lines:
        yield of.get("label"), of.get("enabled", True), number
        yield from flat(inner)


def obey(line):
    command, _, what = line.strip().partition(" ")
    if command == "click":
        said = GLib.Variant("(us)", (int(what), "default"))
        bus.emit_signal(None, "/org/freedesktop/Notifications", NOTIFICATIONS, "ActionInvoked", said)
    elif command == "menu":
        say(menu=[[label, enabled] for label, enabled, _ in items()[1]])
    elif command == "choose":
        path, known = items()
        number = next(n for label, _, n in known if label == what)
        event = GLib.Variant("(isvu)", (number, "clicked", GLib.Variant("i", 0), 0))
        ask(path, "com.canonical.dbusmenu", "Event", event)


def listen():
    for line in sys.stdin:
        GLib.idle_add(obey, line)
    GLib.idle_add(loop.quit)


for name, path, interface in [
    (NOTIFICATIONS, "/org/freedesktop/Notifications", INTERFACES[0]),
    (WATCHER, "/StatusNotifierWatcher", INTERFACES[1]),
]:
    bus.register_object(path, interface, called, asked, None)
    Gio.bus_own_name_on_connection(bus, name, Gio.BusNameOwnerFlags.NONE, None, None)

loop = GLib.MainLoop()
say(ready=True)
threading.Thread(target=listen, daemon=True).start()
loop.run()
