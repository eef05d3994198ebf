import { expect, test } from "vitest";

import catalog from "../../../../models/catalog.toml?raw";
import { zh } from "./zh";

const field = (entry: string, key: string) =>
  RegExp(`^${key} = "(.+)"$`, "m").exec(entry)?.[1] ?? `no ${key}`;

/** Each checkpoint of `models/catalog.toml`. */
const checkpoints = catalog
  .split("[[checkpoint]]")
  .slice(1)
  .map((entry) => ({
    name: field(entry, "name"),
    title: field(entry, "title"),
    about: field(entry, "about"),
  }));

test.each(checkpoints)("what the catalog says of $name is there in Chinese", (one) => {
  const isName = one.title.replace(" ", "-") === one.name;
  expect(zh.modelTitle(one.title)).toMatch(isName ? one.title : /^\p{Script=Han}/u);
  expect(zh.models.about(one)).toMatch(/^\p{Script=Han}/u);
});
