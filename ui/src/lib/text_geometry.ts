/** The screen position of a character in a text, and the character at a position. */

/** The box of the character at an offset of a text; the last one's at the end. */
export function letterBox(root: HTMLElement, offset: number): DOMRect {
  const range = document.createRange();
  let rest = Math.max(0, Math.min(offset, (root.textContent?.length ?? 0) - 1));
  for (const node of textNodes(root)) {
    if (rest < node.length) {
      range.setStart(node, rest);
      range.setEnd(node, rest + 1);
      return range.getBoundingClientRect();
    }
    rest -= node.length;
  }
  return root.getBoundingClientRect();
}

/** Whether the character at an offset is drawn on the first or last row of its text. */
export function isOnEdge(root: HTMLElement, offset: number, edge: "first" | "last"): boolean {
  const letter = letterBox(root, offset);
  const whole = root.getBoundingClientRect();
  const distance = edge === "first" ? letter.top - whole.top : whole.bottom - letter.bottom;
  return distance < letter.height;
}

/** The offset in a text that is drawn under `x` on its first or last row; `null` out of sight. */
export function offsetUnder(root: HTMLElement, x: number, edge: "first" | "last"): number | null {
  const box = root.getBoundingClientRect();
  const half = letterBox(root, 0).height / 2;
  const y = edge === "first" ? box.top + half : box.bottom - half;
  const range = document.caretRangeFromPoint(x, y);
  if (!range || !root.contains(range.startContainer)) return null;
  let before = 0;
  for (const node of textNodes(root)) {
    if (node === range.startContainer) return before + range.startOffset;
    before += node.length;
  }
  return null;
}

function* textNodes(root: HTMLElement): Generator<Text> {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) yield node as Text;
}
