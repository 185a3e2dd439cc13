#!/usr/bin/env node
// The score of a run as bars: each figure of the gateway and of those beside it, with what is to be reached and what to go for then.
// Usage: node plot-score.mjs [results.json [score.svg]]; by default .work/results.json, of the last run, and plots/score.svg
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { document, line, rect, text } from './src/svg.mjs';

const bench = dirname(fileURLToPath(import.meta.url));
const [from = join(bench, '.work/results.json'), to = join(bench, 'plots/score.svg')] = process.argv.slice(2);
const { score, began, node } = JSON.parse(readFileSync(from, 'utf8'));
const rows = score.filter(({ reached }) => Number.isFinite(reached));
const LEFT = 470,
  WIDTH = 420,
  BAR = 13,
  GAP = 22;
const colours = { gateway: '#0969da', portkey: '#cf222e', 'nest-pipe': '#8c959f', 'node-parse': '#afb8c1', nginx: '#d0d7de' };

const parts = [text(20, 32, `Score of ${began.slice(0, 10)}, Node ${node}. Lines: what is to be reached (solid), what to go for then (dashed).`, { size: 13, fill: '#57606a' })];
let top = 58;
for (const { figure, unit = '×', reach, then, more, reached, mark, others } of rows) {
  const bars = [['gateway', reached], ...Object.entries(others)].filter(([, value]) => Number.isFinite(value));
  // A peer may be far off: the scale is the gateway's, what goes beyond it is cut and says so.
  const max = 1.5 * Math.max(reach, reached),
    height = bars.length * BAR,
    x = (value) => LEFT + (Math.min(Math.max(value, 0), max) / max) * WIDTH;
  parts.push(text(LEFT - 90, top + 11, `${figure}${more ? ' (more is better)' : ''} ${mark}`, { anchor: 'end', size: 11, weight: 600 }));
  for (const [index, [name, value]] of bars.entries()) {
    const y = top + index * BAR;
    parts.push(text(LEFT - 6, y + 10, name, { anchor: 'end', size: 10, fill: '#57606a' }), rect(LEFT, y, x(value) - LEFT, BAR - 2, colours[name]));
    parts.push(text(x(value) + 6, y + 10, `${value.toFixed(2)} ${unit}${value > max ? ' →' : ''}`, { size: 10 }));
  }
  parts.push(
    line(x(reach), top - 3, x(reach), top + height, '#1a7f37', 'stroke-width="1.5"'),
    line(x(then), top - 3, x(then), top + height, '#1a7f37', 'stroke-width="1.5" stroke-dasharray="3 3"'),
  );
  top += height + GAP;
}
mkdirSync(dirname(to), { recursive: true });
writeFileSync(to, document(1020, top + 10, parts));
