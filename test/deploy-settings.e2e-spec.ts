import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

const project = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(resolve(project, file), 'utf8');
const files = globSync(['deploy/**', 'config/**', 'docs/deployment.md'], { cwd: project, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => resolve(entry.parentPath, entry.name).slice(project.length + 1));

/** .env.example has every variable that the settings read: scripts/check-documents.mjs sees to that. */
const settings = new Map([...read('.env.example').matchAll(/^#(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));

function numberIn(file: string, pattern: RegExp): number {
  return Number(pattern.exec(read(file))?.[1]);
}

it.each(files)('%s names no variable that nobody reads', (file) => {
  const named = [...read(file).matchAll(/\bSHELLM_[A-Z0-9_]*[A-Z0-9]\b(?!\w|\*)/g)].map(([name]) => name);
  expect(named.filter((name) => !settings.has(name))).toEqual([]);
});

describe('the time that is left to a shutdown is longer than the grace that the gateway takes, by what it needs to end its CLIs', () => {
  const grace = Number(settings.get('SHELLM_SHUTDOWN_GRACE_MS')) / 1000;

  it.each([
    ['deploy/shellm.service', /^TimeoutStopSec=(\d+)$/m],
    ['deploy/cloudflared/shellm-tunnel.service', /^TimeoutStopSec=(\d+)$/m],
  ])('%s', (file, pattern) => {
    expect(numberIn(file, pattern)).toBeGreaterThanOrEqual(grace + 15);
  });
});

describe('an idle connection is closed by the proxy, not by the gateway under its hands', () => {
  it.each([
    ['deploy/cloudflared/config.yml', /keepAliveTimeout: (\d+)s/],
    ['deploy/nginx/shellm.conf', /keepalive_timeout (\d+)s/],
    ['deploy/caddy/Caddyfile', /keepalive (\d+)s/],
  ])('%s', (file, pattern) => {
    const seconds = numberIn(file, pattern);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(Number(settings.get('SHELLM_KEEP_ALIVE_MS')) / 1000);
  });
});

it.each([
  ['deploy/nginx/shellm.conf', /proxy_read_timeout (\d+)s/],
  ['deploy/caddy/Caddyfile', /response_header_timeout (\d+)s/],
])('%s waits longer than the gateway for an answer', (file, pattern) => {
  expect(numberIn(file, pattern)).toBeGreaterThan(Number(settings.get('SHELLM_REQUEST_TIMEOUT_MS')) / 1000);
});

it.each([
  ['deploy/cloudflared/config.yml', /service: http:\/\/([\d.:]+)/],
  ['deploy/nginx/shellm.conf', /server ([\d.:]+);/],
  ['deploy/caddy/Caddyfile', /reverse_proxy ([\d.:]+)/],
])('%s leads to where the gateway listens', (file, pattern) => {
  expect(pattern.exec(read(file))?.[1]).toBe(`${settings.get('SHELLM_HOST')}:${settings.get('SHELLM_PORT')}`);
});

describe('deploy/cloudflared/config.yml', () => {
  interface Rule {
    readonly hostname?: string;
    readonly path?: string;
    readonly service: string;
    readonly originRequest?: Readonly<Record<string, unknown>>;
  }
  const config = parse(read('deploy/cloudflared/config.yml')) as { readonly ingress: readonly Rule[] } & Readonly<Record<string, unknown>>;
  const rule = (path: string): Rule | undefined =>
    config.ingress.find(({ hostname, path: pattern }) => (hostname === undefined || hostname === 'llm.example.com') && (pattern === undefined || new RegExp(pattern).test(path)));

  it('has what cloudflared knows, and ends with a rule for all the rest, which it demands', () => {
    expect(Object.keys(config).sort()).toEqual(['credentials-file', 'ingress', 'tunnel']);
    const known = ['connectTimeout', 'disableChunkedEncoding', 'httpHostHeader', 'keepAliveConnections', 'keepAliveTimeout'];
    expect(config.ingress.flatMap(({ originRequest = {} }) => Object.keys(originRequest)).sort()).toEqual(known);
    expect(config.ingress.at(-1)).toEqual({ service: 'http_status:404' });
  });

  it.each(['/v1/chat/completions', '/health', '/docs', '/jobs/x', '/administration'])('serves %s', (path) => {
    expect(rule(path)?.service).toMatch(/^http:/);
  });

  it.each(['/admin/keys', '/dashboard', '/dashboard/app.js', '/metrics'])('keeps %s inside', (path) => {
    expect(rule(path)?.service).toBe('http_status:404');
  });
});
