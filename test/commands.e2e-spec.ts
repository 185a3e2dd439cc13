import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandRun, runShellm } from './support/run-shellm.js';

const ESCAPE = '\u001b[';

describe('shellm, the command', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'commands-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const run = (args: string, options: { env?: Record<string, string>; terminal?: boolean } = {}): Promise<CommandRun> => runShellm(args.split(' '), { folder, ...options });

  it('has colours on a terminal alone, and none where it is told so', async () => {
    const [terminal, piped, forced, off, without] = await Promise.all([
      run('help', { terminal: true }),
      run('help'),
      run('help', { env: { FORCE_COLOR: '1' } }),
      run('help', { terminal: true, env: { NO_COLOR: '1' } }),
      run('help --no-color', { terminal: true }),
    ]);
    expect([terminal, piped, forced, off, without].map(({ code, stdout }) => [code, stdout.includes(ESCAPE), stdout.includes('Commands:')])).toEqual(
      [true, false, true, false, false].map((coloured) => [0, coloured, true]),
    );
  });

  it.each([
    ['strat', "shellm: unknown command 'strat' (did you mean start?)\n"],
    ['keys lost', "shellm: unknown command 'lost' (did you mean list?)\n"],
    ['usage --form 1', "shellm: unknown option '--form' (did you mean --from?)\n"],
    ['keys create', "shellm: missing required argument 'name'\n"],
  ])('exits 2 at `shellm %s`', async (args, line) => {
    expect(await run(args)).toEqual({ code: 2, stdout: '', stderr: line });
  });

  it('exits 1 with one line where it fails', async () => {
    expect(await run('usage --by colour')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^shellm: [^\n]+\n$/) });
  });

  it('shows the help of a command, however deep', async () => {
    expect((await run('help keys create')).stdout).toContain('Usage: shellm keys create');
  });
});
