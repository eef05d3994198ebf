/** The zoom of the whole page: `rem` and the sizes made of it grow; it is kept on this computer. */

/** Percent, as browsers step. */
const STEPS = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200] as const;
const USUAL = 100;
const KEY = "zoom";

export type ZoomKey = "in" | "out" | "reset";

/** What a key asks for, held with Control or Command. */
export function zoomKey({ key }: Pick<KeyboardEvent, "key">): ZoomKey | null {
  if (key === "+" || key === "=") return "in";
  if (key === "-" || key === "_") return "out";
  return key === "0" ? "reset" : null;
}

/** The next step. Units: percent. */
export function zoomed(percent: number, asked: ZoomKey): number {
  if (asked === "reset") return USUAL;
  const next =
    asked === "in"
      ? STEPS.find((step) => step > percent)
      : STEPS.findLast((step) => step < percent);
  return next ?? percent;
}

/** Zooms as a key asks. */
export function zoom(asked: ZoomKey): void {
  const percent = zoomed(kept(), asked);
  localStorage.setItem(KEY, String(percent));
  apply(percent);
}

/** Zooms as the last time. */
export function restoreZoom(): void {
  apply(kept());
}

/** Measures the window anew in the present letters: a page that is drawn for the first time takes
 * those of 100 % for it. */
export function measureWindow(): void {
  const { body } = document;
  body.style.containerType = "normal";
  void body.offsetWidth;
  body.style.containerType = "";
}

function kept(): number {
  const percent = Number(localStorage.getItem(KEY));
  return STEPS.find((step) => step === percent) ?? USUAL;
}

function apply(percent: number): void {
  const root = document.documentElement.style;
  root.fontSize = percent === USUAL ? "" : `${percent}%`;
  root.setProperty("--zoom", String(percent / 100));
}
