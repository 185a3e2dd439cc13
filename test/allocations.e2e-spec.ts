import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const folder = resolve(import.meta.dirname, 'allocations');
const stored = resolve(folder, 'figures.json');
/** Wide: what a busy machine moves is a few percent, what somebody adds to each chunk or request is more. */
const MARGIN = 1.25;

it('a request and a chunk allocate no more than they did (UPDATE_ALLOCATIONS=1 stores what they do now)', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128', '--single-threaded-gc', '--disable-warning=ExperimentalWarning'],
    resolve(folder, 'workload.mjs'),
  ]);
  const bytes = JSON.parse(stdout) as Record<string, number>;
  if (process.env['UPDATE_ALLOCATIONS']) writeFileSync(stored, `${JSON.stringify(bytes, null, 2)}\n`);
  const before = JSON.parse(readFileSync(stored, 'utf8')) as Record<string, number>;
  expect(Object.keys(bytes)).toEqual(Object.keys(before));
  const tooMuch = Object.entries(bytes).filter(([name, now]) => now > before[name]! * MARGIN);
  expect(tooMuch.map(([name, now]) => `${name} allocates ${now} bytes, not ${before[name]!}`)).toEqual([]);
}, 60_000);
