import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './support/eventually.js';
import { processesOf } from './support/processes.js';
import { endOf, leftIn, startSelftest } from './support/selftest.js';

describe('shellm selftest', () => {
  jest.setTimeout(120_000);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'selftest-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('ends all that it started at Ctrl-C', async () => {
    const child = startSelftest(folder);
    const run = endOf(child);
    await eventually(() => processesOf(folder).length > 3, 30_000);
    child.kill('SIGINT');
    expect((await run).code).toBe(130);
    expect(leftIn(folder)).toEqual([]);
    await eventually(() => processesOf(folder).length === 0);
  });
});
