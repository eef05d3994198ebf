import fc from "fast-check";
import { expect, test } from "vitest";

import { Heights } from "./row_heights";

test("rows stand on each other, whatever was measured", () => {
  const list = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(list, list, fc.nat(39), fc.nat(3000), (start, measures, at, y) => {
      const heights = new Heights([...start]);
      const plain = [...start];
      measures.forEach((height, i) => {
        const row = i % plain.length;
        const grown = heights.measure(row, height);
        if (grown !== 0) plain[row] = height;
      });
      const row = at % plain.length;
      expect(heights.top(row)).toBe(plain.slice(0, row).reduce((a, b) => a + b, 0));
      expect(heights.total).toBe(plain.reduce((a, b) => a + b, 0));
      const hit = heights.at(y);
      expect(heights.top(hit)).toBeLessThanOrEqual(y);
      if (hit < plain.length - 1) expect(heights.top(hit + 1)).toBeGreaterThan(y);
    }),
  );
});

test("an empty list has no height", () => {
  const heights = new Heights([]);
  expect([heights.total, heights.at(50), heights.top(3), heights.measure(0, 4)]).toEqual([
    0, 0, 0, 0,
  ]);
});
