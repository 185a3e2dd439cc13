import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { call } from './support/boot.js';

const project = resolve(import.meta.dirname, '..');
const run = promisify(execFile);

/** What `npm publish` would send, installed in an empty folder by somebody with an empty home. The build is there: `npm test` makes it. */
describe('the packed package', () => {
  let room: string;
  let tarball: string;
  let environment: Record<string, string>;
  let server: ChildProcess | undefined;

  const inApp = (command: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> =>
    run(command, args, { cwd: join(room, 'app'), env: environment, timeout: 60_000 });

  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'packed-'));
    await Promise.all(['app', 'home', 'elsewhere'].map((folder) => mkdir(join(room, folder))));
    environment = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, HOME: join(room, 'home'), SHELLM_PORT: '0', npm_config_update_notifier: 'false' };
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', room], { cwd: project });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    tarball = join(room, filename);
    await inApp('npm', 'install', '--no-audit', '--no-fund', tarball);
  }, 120_000);

  afterAll(async () => {
    server?.kill('SIGKILL');
    await rm(room, { recursive: true, force: true });
  });

  it('is small, and all that is installed', async () => {
    expect((await stat(tarball)).size).toBeLessThan(5e6);
    expect((await readdir(join(room, 'app/node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['shellm']);
    const files = await readdir(join(room, 'app/node_modules/shellm'), { recursive: true });
    expect(files.filter((file) => /\.(ts|tsx|map|tsbuildinfo)$|spec|\.env$|^(src|test|build|\.ci)/.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/THIRD-PARTY-NOTICES.txt', 'dashboard/dist/index.html', 'config/shellm.config.example.yaml']));
    const notices = await readFile(join(room, 'app/node_modules/shellm/dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['@nestjs/core', 'fastify', 'rxjs', 'swagger-ui-dist']) expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    expect(files.filter((file) => file.endsWith('.js')).length).toBeGreaterThan(3);
  });

  it('starts, answers, documents itself and ends', async () => {
    server = spawn(join(room, 'app/node_modules/.bin/shellm'), [], { cwd: join(room, 'app'), env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
    const url = await listening(server);
    const { status, body } = await call(`${url}/v1/chat/completions`, { body: { model: 'demo', messages: [{ role: 'user', content: 'Hello there' }] } });
    expect(status).toBe(200);
    expect(body.choices[0].message.content).toContain('Hello there');
    // A thread of its own, found by its file.
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
    const format = { type: 'json_schema', json_schema: { name: 'place', schema } };
    const object = await call(`${url}/v1/chat/completions`, { body: { model: 'demo', messages: [{ role: 'user', content: 'Where?' }], response_format: format } });
    expect(Object.keys(JSON.parse(object.body.choices[0].message.content as string) as object)).toEqual(['city']);
    for (const path of ['/docs', '/docs/swagger-ui-bundle.js', '/docs-json', '/health']) expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200]);
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
  }, 60_000);

  it('runs its commands by npx, from another folder too', async () => {
    const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as { version: string };
    expect((await inApp('npx', '--no-install', 'shellm', '--version')).stdout).toBe(`${version}\n`);
    const { stdout } = await run('npx', ['--yes', '--package', tarball, 'shellm', 'keys', 'list', '--json'], { cwd: join(room, 'elsewhere'), env: environment, timeout: 60_000 });
    expect(JSON.parse(stdout)).toEqual([]);
  }, 60_000);
});

/** The url of its first line. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((found, fail) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /"url":"(http:[^"]+)"/.exec(output)?.[1];
      if (url !== undefined) found(url);
    });
    child.once('exit', () => {
      fail(new Error(`it ended: ${output}`));
    });
  });
}
