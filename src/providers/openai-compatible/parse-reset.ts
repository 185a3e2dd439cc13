const DAY = 86_400_000;
const units: Readonly<Record<string, number>> = { d: DAY, h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, µs: 0.001, ns: 0.000_001 };
/** Longer than any window: what is above it is no duration. Milliseconds. */
const YEAR = 366 * DAY;

/**
 * When a rate limit is whole again, as vendors write it: OpenAI's durations (`1s`, `6m0s`, `12ms`), seconds (Cerebras), or a Unix time in seconds.
 *
 * @param now when it was said; milliseconds since 1970
 * @returns milliseconds since 1970; undefined for what is none of these
 */
export function parseReset(text: string, now: number): number | undefined {
  if (/^\d{1,12}(\.\d{1,20})?$/.test(text)) {
    const seconds = Number(text);
    return seconds > 1_000_000_000 ? within(seconds * 1000 - now, now) : within(seconds * 1000, now);
  }
  if (!/^(\d{1,12}(\.\d{1,20})?(d|h|ms|m|s|us|µs|ns)){1,8}$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)([a-zµ]+)/g)) sum += Number(amount) * (units[unit] ?? 0);
  return within(sum, now);
}

function within(ms: number, now: number): number | undefined {
  return ms >= 0 && ms <= YEAR ? now + ms : undefined;
}
