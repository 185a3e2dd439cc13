/**
 * What a directive with `steps` says of one request of its tool loop. A step is over when each of its calls has a result, in whatever order and grouping they came.
 *
 * @template T
 * @param {readonly T[]} steps
 * @param {number} results those that follow the directive
 * @param {(step: T) => number} calls how many a step makes
 * @returns {T | undefined}
 */
export function stepAt(steps, results, calls) {
  let left = results;
  for (const step of steps) {
    const made = calls(step);
    if (made === 0 || left < made) return step;
    left -= made;
  }
  return steps.at(-1);
}
