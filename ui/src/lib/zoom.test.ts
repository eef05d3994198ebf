import { expect, test } from "vitest";

import { zoomed, zoomKey } from "./zoom";

test("keys ask for a larger, a smaller and the usual page", () => {
  expect(["+", "=", "-", "_", "0", "1"].map((key) => zoomKey({ key }))).toEqual([
    "in",
    "in",
    "out",
    "out",
    "reset",
    null,
  ]);
});

test("the page grows and shrinks by steps that end", () => {
  expect(zoomed(100, "in")).toBe(110);
  expect(zoomed(110, "out")).toBe(100);
  expect(zoomed(200, "in")).toBe(200);
  expect(zoomed(50, "out")).toBe(50);
  expect(zoomed(175, "reset")).toBe(100);
});
