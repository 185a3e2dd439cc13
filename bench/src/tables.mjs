// The tables of a run, in Markdown.
import { cpus } from 'node:os';
import { chunksPerSecond, firstChunk, latency, median, ownPerRequest, perChunk, perRequest, perSecond, spread } from './figures.mjs';

export const number = (x, digits = 2) => (Number.isFinite(x) ? (Math.abs(x) >= 1000 ? String(Math.round(x)) : x.toFixed(digits)) : '–');
export const table = (head, rows) =>
  [`| ${head.join(' | ')} |`, `|${head.map((_, i) => (i ? '---:' : '---')).join('|')}|`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
const percent = (share) => (Number.isFinite(share) ? `${number(share * 100, 0)} %` : '–');
const errors = (r) => r.errors,
  wrong = (r) => r.wrong;

export function head({ began, load, rounds, reference }) {
  return `Run of ${began.toISOString().slice(0, 16).replace('T', ' ')} UTC. Node ${process.version}, ${cpus().length} cores (${cpus()[0].model.trim()}), load average ${load.before} before and ${load.after} after, ${rounds} rounds in alternation, medians. "×" columns: target / ${reference}, paired within a round.`;
}

export function json(figures, targets, reference) {
  const ids = [1, 16, 64, 256].map((c) => `json-c${c}`),
    of = (t, id, figure) => median(figures.of(t.name, id, figure));
  return [
    '## JSON: cost and throughput',
    '',
    table(
      [
        'target',
        'CPU ms/req (c=64)',
        `CPU × ${reference}`,
        'spread',
        'CPU ms/req (c=1)',
        '×',
        'req/s c=1',
        'c=16',
        'c=64',
        'c=256',
        'req/s × (c=64)',
        'p50 c=64 ms',
        'p95',
        'p99',
        'p99 c=256',
        'errors',
      ],
      targets.map((t) => {
        const cost = t.pid ? figures.ratios(t.name, 'json-c64', perRequest) : [];
        return [
          t.name,
          number(t.pid ? of(t, 'json-c64', perRequest) : NaN, 3),
          number(median(cost)),
          percent(spread(cost)),
          ...(t.pid ? [number(of(t, 'json-c1', perRequest), 3), number(median(figures.ratios(t.name, 'json-c1', perRequest)))] : ['–', '–']),
          ...ids.map((id) => number(of(t, id, perSecond), 0)),
          number(median(figures.ratios(t.name, 'json-c64', perSecond))),
          ...['p50', 'p95', 'p99'].map((q) => number(of(t, 'json-c64', latency(q)))),
          number(of(t, 'json-c256', latency('p99'))),
          figures.sum(t.name, ids, errors),
        ];
      }),
    ),
  ];
}

export function open(figures, targets, reference, rate) {
  const added = (t, q) => median(figures.added(t.name, 'json-open', latency(q)));
  return [
    `## JSON at a fixed ${rate} req/s: latency added over direct (ms)`,
    '',
    table(
      ['target', 'p50', 'added p50', 'added p95', 'added p99', `added p50 × ${reference}`, 'spread', 'CPU ms/req', `CPU × ${reference}`, 'errors'],
      targets.map((t) => {
        const ratios = figures.addedRatios(t.name, 'json-open', latency('p50'));
        return [
          t.name,
          number(median(figures.of(t.name, 'json-open', latency('p50')))),
          ...['p50', 'p95', 'p99'].map((q) => number(added(t, q))),
          number(median(ratios)),
          percent(spread(ratios)),
          ...(t.pid ? [number(median(figures.of(t.name, 'json-open', perRequest)), 3), number(median(figures.ratios(t.name, 'json-open', perRequest)))] : ['–', '–']),
          figures.sum(t.name, ['json-open'], errors),
        ];
      }),
    ),
  ];
}

export function sse(figures, targets, reference) {
  return [
    '## SSE: first chunk, and saturation (16 streams of 1,000 chunks, all at once)',
    '',
    table(
      [
        'target',
        'first chunk p50 ms (c=1)',
        'added',
        `added × ${reference}`,
        'spread',
        'chunks/s',
        `chunks/s × ${reference}`,
        'CPU µs/chunk',
        `CPU × ${reference}`,
        'spread',
        'errors',
        'wrong text',
      ],
      targets.map((t) => {
        const cost = t.pid ? figures.ratios(t.name, 'sse-burst', perChunk) : [],
          first = figures.addedRatios(t.name, 'sse-first', firstChunk);
        return [
          t.name,
          number(median(figures.of(t.name, 'sse-first', firstChunk))),
          number(median(figures.added(t.name, 'sse-first', firstChunk))),
          number(median(first)),
          percent(spread(first)),
          number(median(figures.of(t.name, 'sse-burst', chunksPerSecond)), 0),
          number(median(figures.ratios(t.name, 'sse-burst', chunksPerSecond)), 3),
          number(t.pid ? median(figures.of(t.name, 'sse-burst', perChunk)) : NaN),
          number(median(cost)),
          percent(spread(cost)),
          figures.sum(t.name, ['sse-burst'], errors),
          figures.sum(t.name, ['sse-burst'], wrong),
        ];
      }),
    ),
  ];
}

export function paced(figures, targets, reference) {
  const ids = ['paced-100', 'paced-500', 'paced-1000'],
    of = (t, id, figure) => median(figures.of(t.name, id, figure));
  return [
    '## Paced streams held at once (100 × 10 ms, 500 × 50 ms, 1,000 × 100 ms: 10,000 chunks/s each)',
    '',
    table(
      [
        'target',
        'CPU µs/chunk 100',
        '500',
        '1000',
        `CPU × ${reference} (500)`,
        'spread',
        'jitter p99 ms 100',
        '500',
        '1000',
        'held 100/500/1000',
        'failed or wrong',
        'RSS MiB idle',
        'at 500',
        'at 1000',
      ],
      targets.map((t) => {
        const cost = t.pid ? figures.ratios(t.name, 'paced-500', perChunk) : [],
          memory = (mib) => number(t.pid ? mib : NaN, 0);
        return [
          t.name,
          ...ids.map((id) => number(t.pid ? of(t, id, perChunk) : NaN, 1)),
          number(median(cost)),
          percent(spread(cost)),
          ...ids.map((id) =>
            number(
              of(t, id, (r) => r.jitterP99),
              1,
            ),
          ),
          ids
            .map((id) =>
              number(
                of(t, id, (r) => r.held),
                0,
              ),
            )
            .join('/'),
          figures.sum(t.name, ids, (r) => r.errors + r.wrong),
          memory(t.idle),
          memory(of(t, 'paced-500', (r) => r.rss)),
          memory(of(t, 'paced-1000', (r) => r.rss)),
        ];
      }),
    ),
  ];
}

export function start(figures, targets) {
  const told = (t, figure, digits) => {
    const values = figures.of(t.name, 'start', (r) => r[figure]);
    return [number(median(values), digits), percent(spread(values))];
  };
  return [
    '## Start and stop (a process of its own each round; memory after 1,500 requests)',
    '',
    table(
      ['target', 'ms until it answers', 'spread', 'ms from SIGTERM to exit', 'spread', 'RSS MiB idle', 'spread'],
      targets.filter((t) => figures.of(t.name, 'start', (r) => r).length).map((t) => [t.name, ...told(t, 'listening', 0), ...told(t, 'exit', 0), ...told(t, 'rss', 0)]),
    ),
  ];
}

/** `cli-direct` is the program alone, started by the driver: what no gateway can go under. */
export function cli(figures, targets, stages, program) {
  const reference = 'cli-pipe',
    names = ['cli-direct', ...targets.map(({ name }) => name)];
  return [
    `## CLI route (${program}): × against ${reference}`,
    '',
    table(
      [
        'target',
        'gateway CPU ms/req (c=8)',
        '×',
        'spread',
        'with children',
        'req/s c=1',
        'c=8',
        'req/s × (c=8)',
        'p50 c=1 ms',
        'p99',
        'p50 at 20 req/s',
        'conversations: gateway CPU ms/req',
        '×',
        'first chunk p50',
        'chunks/s',
        'errors',
        'wrong',
      ],
      names.map((name) => {
        const of = (id, figure) => median(figures.of(name, id, figure)),
          cost = name === 'cli-direct' ? [] : figures.ratios(name, 'cli-c8', ownPerRequest, reference),
          own = (x) => number(name === 'cli-direct' ? NaN : x);
        return [
          name,
          own(of('cli-c8', ownPerRequest)),
          number(median(cost)),
          percent(spread(cost)),
          own(of('cli-c8', perRequest)),
          number(of('cli-c1', perSecond), 0),
          number(of('cli-c8', perSecond), 0),
          number(median(figures.ratios(name, 'cli-c8', perSecond, reference))),
          number(of('cli-c1', latency('p50'))),
          number(of('cli-c1', latency('p99'))),
          number(of('cli-open', latency('p50'))),
          own(of('cli-live', ownPerRequest)),
          number(name === 'cli-direct' ? NaN : median(figures.ratios(name, 'cli-live', ownPerRequest, reference))),
          number(of('cli-first', firstChunk)),
          number(of('cli-burst', chunksPerSecond), 0),
          figures.sum(
            name,
            stages.map(({ id }) => id),
            errors,
          ),
          figures.sum(name, ['cli-first', 'cli-burst'], wrong),
        ];
      }),
    ),
  ];
}

export function checks(targets) {
  const names = [...new Set(targets.flatMap((t) => Object.keys(t.checks)))];
  return [
    '## Checks',
    '',
    table(
      ['target', ...names],
      targets.map((t) => [t.name, ...names.map((name) => t.checks[name] ?? '–')]),
    ),
  ];
}
