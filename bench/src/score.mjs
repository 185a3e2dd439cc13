// The figures that this project is held to, each with what is to be reached and what to go for then: `value` gives one a round.
import { firstChunk, latency, median, ownPerRequest, perChunk, perRequest, perSecond, spread } from './figures.mjs';
import { number, table } from './tables.mjs';

const ratio = (stage, figure, reference) => (figures, target) => figures.ratios(target, stage, figure, reference);
const added = (stage, figure) => (figures, target) => figures.addedRatios(target, stage, figure);
const seconds = (figure) => (figures, target) => figures.of(target, 'start', (result) => result[figure] / 1000);
/** Of cli-latency.mjs: milliseconds through the gateway less by hand. */
const overByHand =
  (gateway, byHand) =>
  ({ claude }) =>
    claude?.[`claude: ${gateway}`]?.map((took, round) => took - claude[`claude: ${byHand}`][round]) ?? [];

export const score = [
  { id: 'json-cpu', figure: 'JSON, 64 connections: CPU a request', reach: 2.5, then: 2, value: ratio('json-c64', perRequest) },
  { id: 'json-rate', figure: 'JSON, 64 connections: requests a second', reach: 0.5, then: 0.65, more: true, value: ratio('json-c64', perSecond) },
  { id: 'burst-cpu', figure: 'stream burst: CPU a chunk', reach: 1.9, then: 1.3, value: ratio('sse-burst', perChunk) },
  { id: 'paced-cpu', figure: '500 paced streams: CPU a chunk', reach: 1.5, then: 1.25, value: ratio('paced-500', perChunk) },
  { id: 'added', figure: 'JSON at 300 req/s: added p50', reach: 2, then: 1.5, value: added('json-open', latency('p50')) },
  { id: 'first', figure: 'stream: added until the first chunk', reach: 2, then: 1.5, value: added('sse-first', firstChunk) },
  { id: 'memory-idle', figure: 'memory, idle, to nest-pipe', reach: 1.6, then: 1.3, value: ratio('start', ({ rss }) => rss, 'nest-pipe') },
  { id: 'memory-500', figure: 'memory, under 500 streams, to nest-pipe', reach: 1.6, then: 1.3, value: ratio('paced-500', ({ rss }) => rss, 'nest-pipe') },
  {
    id: 'cli-cpu',
    figure: 'CLI route, 8 cold at once: own CPU, to cli-pipe',
    cli: true,
    reach: 0.5,
    then: 0.25,
    value: ratio('cli-c8', ownPerRequest, 'cli-pipe'),
  },
  {
    id: 'cli-live',
    figure: 'CLI route, 8 conversations: own CPU, to cli-pipe',
    cli: true,
    target: 'gateway-live',
    reach: 0.5,
    then: 0.25,
    value: ratio('cli-live', ownPerRequest, 'cli-pipe'),
  },
  { id: 'claude-warm', figure: 'Claude CLI, warm: first word, over by hand', unit: 'ms', cli: true, reach: 10, then: 3, value: overByHand('gateway, warm', 'by hand, warm') },
  {
    id: 'claude-live',
    figure: 'Claude CLI, live conversation: first word, over by hand',
    unit: 'ms',
    cli: true,
    reach: 5,
    then: 1,
    value: overByHand('gateway, live next turn', 'by hand, next turn'),
  },
  { id: 'start', figure: 'start to the first answer', unit: 's', reach: 1, then: 0.5, value: seconds('listening') },
  { id: 'stop', figure: 'SIGTERM to exit, idle', unit: 's', reach: 0.5, then: 0.1, value: seconds('exit') },
];

const beside = ['portkey', 'nest-pipe', 'node-parse', 'nginx'];

/** One a figure: the gateway's values of all rounds, and the others' medians. */
export function scoreOf(figures) {
  return score.map(({ value, ...row }) => {
    const values = value(figures, row.target ?? (row.cli ? 'gateway-cli' : 'gateway')),
      reached = median(values);
    const met = (limit) => (row.more ? reached >= limit : reached <= limit);
    const mark = Number.isFinite(reached) ? (met(row.then) ? '✓✓' : met(row.reach) ? '✓' : '✗') : '–';
    return { ...row, values, reached, mark, others: Object.fromEntries(beside.map((name) => [name, row.cli ? NaN : median(value(figures, name))])) };
  });
}

export function scoreTable(rows, reference) {
  const told = (value, { unit = '×' }) => (Number.isFinite(value) ? `${number(value)}${unit === '×' ? '' : ` ${unit}`}` : '–');
  return [
    '## Score',
    '',
    `× ${reference} in the same round where nothing else is named. ✓: reached, ✓✓: what to go for then, too.`,
    '',
    table(
      ['figure', 'to reach', 'then', 'gateway', 'spread', '', ...beside],
      rows.map((row) => [
        row.figure,
        `${row.more ? '≥' : '≤'} ${told(row.reach, row)}`,
        told(row.then, row),
        told(row.reached, row),
        spreadOf(row),
        row.mark,
        ...beside.map((name) => told(row.others[name], row)),
      ]),
    ),
  ];
}

/** Of differences, which may be about nothing, as their range. */
function spreadOf({ values, unit }) {
  if (values.length < 2) return '–';
  return unit === 'ms' ? `${number(Math.min(...values))} to ${number(Math.max(...values))}` : `${number(spread(values) * 100, 0)} %`;
}
