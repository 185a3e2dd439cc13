import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
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

  it('is content with a gateway that is honest, and says what it saw', async () => {
    const { code, stdout, stderr } = await endOf(startSelftest(folder));
    expect([code, stdout.split('\n').filter((line) => line.includes('✗')), stderr]).toEqual([0, [], 'Playing what can go wrong …\n']);
    expect(stdout).toMatch(/^a CLI +claude +codex +gemini +acp\/fake +demo$/m);
    expect(stdout).toMatch(/^no-end( +✓ cli_failed){5}$/m);
    expect(stdout).toMatch(/^status-500 +✓ upstream_error$/m);
    expect(stdout).toContain('✓ left behind: no turn slot, no process, no file');
    expect(stdout).toContain('demo: ready');
    expect(stdout).toMatch(/turns in [\d.]+ s: every one ended as it has to\.\n$/);
    expect([leftIn(folder), processesOf(folder)]).toEqual([[], []]);
    expect(existsSync(join(folder, '.local'))).toBe(false);
  });

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
