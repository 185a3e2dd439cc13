const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** `just now`, `4 min ago`, `in 2 h`. */
export function relative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 5) return 'just now';
  const [unit, size] = units.find(([, size]) => distance >= size) ?? ['s', 1];
  const words = `${Math.floor(distance / size)} ${unit}`;
  return seconds > 0 ? `in ${words}` : `${words} ago`;
}

const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** To the second, in the reader's own time zone, which it names. */
export function exactly(at: number): string {
  return whole.format(at);
}
