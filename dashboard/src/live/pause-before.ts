const longest = 30_000;

/** How long to wait before it is tried again: longer each time, up to half a minute, less by chance, so that not all come at once. */
export function pauseBefore(failures: number, chance: number): number {
  return Math.min(longest, 500 * 2 ** Math.min(failures, 10)) * (0.5 + chance / 2);
}
