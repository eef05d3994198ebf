import { expect, test } from "vitest";

import { closeTopLayer, hasModal, onScreenEscape, openLayer } from "./layers";

test("the layer that was opened last is closed, then the one before, then the screen is meant", () => {
  const closed: string[] = [];
  const layer = (name: string, kind?: "beside") => {
    const gone = openLayer(() => {
      closed.push(name);
      gone();
    }, kind);
    return gone;
  };
  expect(closeTopLayer()).toBe(false);
  const find = layer("find", "beside");
  expect(hasModal()).toBe(false);
  // A screen that comes later stays under what is open.
  const left = onScreenEscape(() => closed.push("screen"));
  layer("menu");
  expect(hasModal()).toBe(true);
  expect(closeTopLayer()).toBe(true);
  expect(hasModal()).toBe(false);
  closeTopLayer();
  closeTopLayer();
  expect(closed).toEqual(["menu", "find", "screen"]);
  // What has gone by itself is not closed again.
  find();
  left();
  expect(closeTopLayer()).toBe(false);
});

test("the screen before does not take away what the next one said", () => {
  const seen: string[] = [];
  const before = onScreenEscape(() => seen.push("before"));
  const next = onScreenEscape(() => seen.push("next"));
  before();
  closeTopLayer();
  expect(seen).toEqual(["next"]);
  next();
});

test("the next key is meant for what is under a layer whose end comes later", () => {
  const closed: string[] = [];
  const find = openLayer(() => closed.push("find"), "beside");
  const menu = openLayer(() => closed.push("menu"));
  closeTopLayer();
  expect(hasModal()).toBe(false);
  closeTopLayer();
  expect(closed).toEqual(["menu", "find"]);
  menu();
  find();
  expect(closeTopLayer()).toBe(false);
});
