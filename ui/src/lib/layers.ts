/**
 * A layer is something that is open over a screen: a menu, a bar, a dialog. Escape closes the one
 * that was opened last, and means the screen itself only when none is open.
 */

type Close = () => void;

/** A modal layer has the keys to itself; beside the other kind the screen has its keys as well. */
type Kind = "modal" | "beside";

const layers: { close: Close; kind: Kind }[] = [];
let screen: Close | null = null;

/** Notes that a layer is open, until the returned function is called. */
export function openLayer(close: Close, kind: Kind = "modal"): () => void {
  const layer = { close, kind };
  layers.push(layer);
  return () => {
    const at = layers.indexOf(layer);
    if (at >= 0) layers.splice(at, 1);
  };
}

/** Says what Escape does to the screen, until the returned function is called. */
export function onScreenEscape(leave: Close): () => void {
  screen = leave;
  return () => {
    if (screen === leave) screen = null;
  };
}

/**
 * Closes the layer that was opened last, or means the screen; false when there is neither.
 *
 * A browser tells that a popover or a dialog has closed only later; the next key is already meant
 * for what is under it.
 */
export function closeTopLayer(): boolean {
  const close = layers.pop()?.close ?? screen;
  close?.();
  return close !== null;
}

/** Whether a modal layer is open. */
export function hasModal(): boolean {
  return layers.some(({ kind }) => kind === "modal");
}
