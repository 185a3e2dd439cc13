// Whether a soak's figures stay where they are: what a straight line through the last two thirds of the samples rises by, from its beginning to its end.
import { quantile } from '../driver.mjs';

/** At most so much more at the end than at the beginning: a share of the median, or an amount, whichever is more. */
const bounds = [
  { name: 'memory of the process', unit: 'MiB', of: ({ rss }) => rss, share: 0.1, amount: 20 },
  { name: 'heap in use', unit: 'MiB', of: ({ heap }) => heap, share: 0.1, amount: 15 },
  { name: 'descriptors', unit: '', of: ({ fds }) => fds, share: 0.1, amount: 10 },
  { name: 'children', unit: '', of: ({ children }) => children, share: 0.2, amount: 2 },
];
const latencyBound = { unit: 'ms', share: 0.3, amount: 10 };

/** @returns one a figure: `{ name, unit, median, rise, limit, flat }` */
export function trends(samples) {
  const late = samples.slice(Math.floor(samples.length / 3));
  const kinds = [...new Set(late.flatMap(({ latency }) => Object.keys(latency)))];
  const latencies = kinds.map((kind) => ({ ...latencyBound, name: `latency of ${kind}, p50`, of: ({ latency }) => latency[kind]?.p50 }));
  return [...bounds, ...latencies].map(({ name, unit, of, share, amount }) => {
    const points = late.map((one) => [one.seconds, of(one)]).filter(([, value]) => Number.isFinite(value));
    const values = points.map(([, value]) => value),
      median = quantile(values, 0.5),
      limit = Math.max(median * share, amount);
    const rise = slope(points) * (points.at(-1)[0] - points[0][0]);
    return { name, unit, median, rise, limit, flat: rise <= limit };
  });
}

/** Of Theil and Sen: the median of the slopes between all pairs, which a few outliers do not move. */
function slope(points) {
  const slopes = [];
  for (let i = 0; i < points.length; i++) for (let j = i + 1; j < points.length; j++) slopes.push((points[j][1] - points[i][1]) / (points[j][0] - points[i][0]));
  return slopes.length > 0 ? quantile(slopes, 0.5) : 0;
}

export const inWords = ({ name, unit, median, rise, limit, flat }) =>
  `${flat ? '✓' : '✗'} ${name}: ${median.toFixed(1)}${unit && ` ${unit}`}, ${rise >= 0 ? 'rises' : 'falls'} by ${Math.abs(rise).toFixed(1)} over the last two thirds (at most ${limit.toFixed(1)})`;
