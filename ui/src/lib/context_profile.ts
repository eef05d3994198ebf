/** A context profile is a named list of names and words to expect. */

import type { Profile, Settings } from "./backend";

/** The chosen profile; `null` when none is chosen, or it is gone. */
export function chosenProfile({ profiles, profile }: Settings): Profile | null {
  return profiles.find(({ name }) => name === profile) ?? null;
}

/** What the recogniser is told. */
export function chosenContext(settings: Settings): string {
  return (chosenProfile(settings) ?? settings).context;
}

/** The first of `name(1)`, `name(2)`, … that no profile has. */
export function unusedName(profiles: Profile[], name: (n: number) => string): string {
  const used = new Set(profiles.map((one) => one.name));
  let n = 1;
  while (used.has(name(n))) n += 1;
  return name(n);
}
