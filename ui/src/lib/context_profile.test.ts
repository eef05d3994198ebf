import { expect, test } from "vitest";

import { defaults } from "./backend/mock/sample_history";
import { chosenContext, unusedName } from "./context_profile";

test("the chosen profile gives the context while it is there", () => {
  const profiles = [{ name: "Clinic", context: "metoprolol" }];
  const context = (profile: string | null) =>
    chosenContext({ ...defaults, context: "Anna", profiles, profile });
  expect(context(null)).toBe("Anna");
  expect(context("Clinic")).toBe("metoprolol");
  expect(context("gone")).toBe("Anna");
});

test("a new profile has a name of its own", () => {
  const named = (...names: string[]) =>
    unusedName(
      names.map((name) => ({ name, context: "" })),
      (n) => `Profile ${n}`,
    );
  expect(named()).toBe("Profile 1");
  expect(named("Profile 1", "Profile 3")).toBe("Profile 2");
});

test("names are made once each, however many there are", () => {
  const profiles = Array.from({ length: 5000 }, (_, i) => ({ name: `${i + 1}`, context: "" }));
  let n_made = 0;
  const name = (n: number) => {
    n_made += 1;
    return `${n}`;
  };
  expect(unusedName(profiles, name)).toBe("5001");
  expect(n_made).toBeLessThanOrEqual(5002);
});
