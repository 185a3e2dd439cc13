const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
/** Longer than any limit of an account lasts. Seconds. */
const MONTH = 31 * 86_400;

/** When an account may be used again, as Google's messages tell it (`retry in 43.5s`, `reset after 2h3m4s`): whole seconds, at least one; undefined where they do not. */
export function retryAfterOf(message: string): number | undefined {
  const [, duration = ''] = /\b(?:retry|reset) (?:after|in) ((?:\d{1,9}(?:\.\d{1,20})?(?:ms|[hms])){1,4})\b/i.exec(message) ?? [];
  if (duration === '') return undefined;
  let sum = 0;
  for (const [, amount, unit = ''] of duration.toLowerCase().matchAll(/([\d.]+)(ms|[hms])/g)) sum += Number(amount) * (units[unit] ?? 0);
  return sum > MONTH ? undefined : Math.max(1, Math.ceil(sum));
}
