const MINUTE_MS = 60_000;
const MAX_BUCKETS = 96;
/** Each fits a whole number of times into a day, or is one. */
const sizes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE_MS);
const LONGEST = 1440 * MINUTE_MS;

/** How long the parts are that a time is shown in: so that there are not many more than a hundred of them, where it is no longer than three months. Milliseconds. */
export function bucketSizeOf(lengthMs: number): number {
  return sizes.find((size) => lengthMs / size <= MAX_BUCKETS) ?? LONGEST;
}
