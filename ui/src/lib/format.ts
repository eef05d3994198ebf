/** Formats durations, days and sizes for reading. */

import type { Ms, Moment } from "./backend/types";
import type { Messages } from "./i18n/en";

/** `1:02:03`; the hour is left out when it is zero. */
export function clock(ms: Ms): string {
  const s = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600);
  const min = Math.floor(s / 60) % 60;
  return h > 0 ? `${h}:${two(min)}:${two(s % 60)}` : `${min}:${two(s % 60)}`;
}

/** As `clock`, with as many digits of the second as part it from the moments before and after. */
function distinctClock(ms: Ms, others: readonly (Ms | undefined)[]): string {
  const near = others.filter((other) => other !== undefined && other !== ms);
  for (const digits of [0, 1, 2]) {
    const shown = withDigits(ms, digits);
    if (near.every((other) => withDigits(other as Ms, digits) !== shown)) return shown;
  }
  return withDigits(ms, 3);
}

/** The time at a place of a list, told apart from those beside it: the rule for every list. */
export function timeInList(rows: readonly { start_ms: Ms }[], at: number): string {
  const [before, row, after] = [rows[at - 1], rows[at], rows[at + 1]];
  return row ? distinctClock(row.start_ms, [before?.start_ms, after?.start_ms]) : "";
}

function withDigits(ms: Ms, digits: number): string {
  const rest = String(ms % 1000).padStart(3, "0");
  return clock(ms) + (digits === 0 ? "" : `.${rest.slice(0, digits)}`);
}

/** `3 min`; steady, so that it does not flicker: seconds in steps of five. */
export function roughly(ms: number, messages: Messages): string {
  const s = Math.max(5, Math.ceil(ms / 5000) * 5);
  if (s < 60) return messages.time.seconds(s);
  const min = Math.ceil(s / 60);
  return min < 60
    ? messages.time.minutes(min)
    : messages.time.hours(Math.floor(min / 60), min % 60);
}

/** The day of a moment: as a heading, or short, within a line. */
export function day(
  at: Moment,
  now: Moment,
  messages: Messages,
  length: "long" | "short" = "long",
): string {
  const then = midnight(at);
  const days = Math.round((midnight(now) - then) / 86_400_000);
  if (days === 0) return messages.time.today;
  if (days === 1) return messages.time.yesterday;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(messages.locale, {
    ...(length === "long" ? { weekday: "long" } : {}),
    day: "numeric",
    month: length,
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(at);
}

/** Hour and minute of a moment. */
export function hour(at: Moment, messages: Messages): string {
  return new Intl.DateTimeFormat(messages.locale, { hour: "numeric", minute: "2-digit" }).format(
    at,
  );
}

/** `1.9 GB`. */
export function bytes(n: number, messages: Messages): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let value = n;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = value < 10 && unit > 1 ? 1 : 0;
  return `${value.toLocaleString(messages.locale, { maximumFractionDigits: digits })} ${units[unit]}`;
}

function midnight(at: Moment): Moment {
  return new Date(at).setHours(0, 0, 0, 0);
}
