import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

  it('shows the configuration, where each value is from, and no secret', async () => {
    const at = mkdtempSync(join(folder, 'config-'));
    writeFileSync(join(at, '.env'), 'SHELLM_PORT=7001\nSHELLM_RPM=7\nOPENAI_API_KEY=sk-of-the-file-0123456789\n');
    writeFileSync(join(at, 'shellm.config.yaml'), 'aliases: { fast: demo/demo }\nproviders: { own: { base_url: "http://127.0.0.1:9/v1", default_model: m } }\n');
    const env = { SHELLM_RPM: '8', SHELLM_CLIENTS: '{"app":{"key":"sk-of-the-app-0123456789"}}', SHELLM_KEY_SECRET: 'key-secret-of-32-characters-or-more' };
    const [json, text] = await Promise.all([runShellm(['config', '--json'], { folder: at, env }), runShellm(['config'], { folder: at, env })]);
    expect([json.code, json.stderr]).toEqual([0, '']);
    const { ok, problems, file, variables } = JSON.parse(json.stdout) as {
      ok: boolean;
      problems: unknown;
      file: { path: string; parts: object };
      variables: Record<string, unknown>;
    };
    expect([ok, problems, file.path]).toEqual([true, [], join(at, 'shellm.config.yaml')]);
    expect(file.parts).toMatchObject({ aliases: ['fast → demo/demo'], providers: [expect.stringMatching(/^own /)] });
    expect(variables).toMatchObject({
      SHELLM_PORT: { value: 7001, from: '.env' },
      SHELLM_RPM: { value: 8, from: 'environment' },
      SHELLM_BODY_LIMIT: { value: 1_048_576, from: 'default' },
      SHELLM_DATA_DIR: { value: at, from: 'environment' },
      OPENAI_API_KEY: { value: '…6789', from: '.env' },
      SHELLM_CLIENTS: { value: 'keys of app', from: 'environment' },
      ANTHROPIC_API_KEY: { value: null, from: 'default' },
    });
    expect(text.stdout).toMatch(/^SHELLM_PORT +7001 +\.env$/m);
    expect(json.stdout + text.stdout).not.toMatch(/sk-of-the|key-secret/);
  });

  it('names all that is wrong with a configuration, and shows the rest', async () => {
    const { code, stdout, stderr } = await run('config', { env: { SHELLM_PORT: 'http', SHELLM_RPM: 'x', SHELLM_PROT: '1', SHELLM_WARM: '3' } });
    expect([
      code,
      stderr
        .trim()
        .split('\n')
        .map((line) => /^shellm: (\w+): /.exec(line)?.[1]),
    ]).toEqual([1, expect.arrayContaining(['SHELLM_PORT', 'SHELLM_RPM', 'SHELLM_PROT'])]);
    expect(stdout).toMatch(/^SHELLM_WARM +3 +environment$/m);
    const unknown = await run('config --json', { env: { SHELLM_PROVIDERS: 'nobody' } });
    expect([unknown.code, JSON.parse(unknown.stdout)]).toEqual([
      1,
      expect.objectContaining({ ok: false, problems: [expect.stringMatching(/^SHELLM_PROVIDERS: "nobody" is no provider/)] }),
    ]);
  });

  const completed: [string, string[], string[]][] = [
    ['shellm sta', ['start', 'status'], ['stop']],
    ['shellm keys ', ['create', 'list', 'revoke', '--no-color'], ['serve', '--rpm']],
    ['shellm keys create --budget', ['--budget-usd', '--budget-tokens'], ['--rpm']],
    ['shellm completion ', ['bash', 'zsh', 'fish'], ['create']],
    ['shellm logs -n 5 --f', ['--follow'], ['--lines']],
  ];

  it('completes in bash', async () => {
    const { stdout: script } = await run('completion bash');
    for (const [line, offered, not] of completed) {
      const words = line.split(' ');
      const ask = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _shellm; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const said = execFileSync('bash', ['--norc', '-ec', `${script}\n${ask}`], { encoding: 'utf8' }).split('\n');
      expect([line, said]).toEqual([line, expect.arrayContaining(offered)]);
      for (const word of not) expect(said).not.toContain(word);
    }
  });

  (existsSync('/usr/bin/fish') ? it : it.skip)('completes in fish', async () => {
    const { stdout: script } = await run('completion fish');
    for (const [line, offered, not] of completed) {
      const said = execFileSync('fish', ['--no-config', '-c', `${script}\ncomplete -C '${line}'`], { encoding: 'utf8', env: { HOME: folder, PATH: '/usr/bin:/bin' } })
        .split('\n')
        .map((each) => each.split('\t')[0]);
      // Options are offered where one is begun.
      const wanted = line.endsWith(' ') ? offered.filter((word) => !word.startsWith('-')) : offered;
      expect([line, said]).toEqual([line, expect.arrayContaining(wanted)]);
      for (const word of not) expect(said).not.toContain(word);
    }
  });

  (existsSync('/usr/bin/zsh') ? it : it.skip)('completes in zsh', async () => {
    const { stdout: script } = await run('completion zsh');
    for (const [line, offered, not] of completed) {
      const words = line.split(' ');
      // What completion itself would give and take.
      const stubs = `compdef() { : }\n_files() { : }\n_describe() { print -rl -- "\${(@P)2}" }`;
      const ask = `words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _shellm`;
      const said = execFileSync('zsh', ['-fec', `${stubs}\n${script}\n${ask}`], { encoding: 'utf8' })
        .split('\n')
        .map((each) => each.split(':')[0]);
      expect([line, said]).toEqual([line, expect.arrayContaining(offered)]);
      const before = words.at(-1) === '' ? not : [];
      for (const word of before) expect(said).not.toContain(word);
    }
  });
});
