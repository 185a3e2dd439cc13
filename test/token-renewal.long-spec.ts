import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bootGateway, call } from './support/boot.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type MockAnthropic, startMock } from './support/mock-anthropic.mjs';
import { startMockGemini } from './support/mock-gemini.mjs';
import { canIntercept, interceptTls, type TlsInterceptor } from './support/tls-interceptor.js';

const bin = findInstalledCli('claude');
const able = bin !== undefined && canIntercept();
if (bin !== undefined && !able) process.stderr.write('SKIPPED: the spec of token renewal; it needs openssl.\n');

/** Each conversation has a process of its own: the CLI's lock over all of them keeps the login. */
(able ? describe : describe.skip)("Claude's login, when it has expired", () => {
  let vendor: MockAnthropic;
  let internet: TlsInterceptor;
  let home: string;
  const renewals: string[] = [];
  let current = 'refresh-0';

  const renew = (text: string, response: ServerResponse): void => {
    const { refresh_token: sent } = JSON.parse(text) as { refresh_token: string };
    renewals.push(sent);
    setTimeout(() => {
      response.setHeader('content-type', 'application/json');
      // As the vendor does: a token that was used once logs everybody out.
      if (sent !== current) response.writeHead(400).end('{"error":"invalid_grant"}');
      else {
        current = `refresh-${renewals.length}`;
        response.end(
          JSON.stringify({ token_type: 'Bearer', access_token: `access-${renewals.length}`, refresh_token: current, expires_in: 28_800, scope: 'user:inference user:profile' }),
        );
      }
    }, 800);
  };
  const passOn = (request: IncomingMessage & { readonly text: string }, response: ServerResponse): void => {
    const { host } = new URL(vendor.url);
    const sent = httpRequest(new URL(request.url ?? '', vendor.url), { method: request.method, headers: { ...request.headers, host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    sent.end(request.text);
  };

  beforeAll(async () => {
    vendor = await startMock({ strict: true });
    internet = await interceptTls(['platform.claude.com', 'api.anthropic.com', 'console.anthropic.com', 'claude.ai'], (request, response) => {
      if (request.url?.startsWith('/v1/oauth/token') === true) renew(request.text, response);
      else if (request.url?.startsWith('/v1/messages') === true) passOn(request, response);
      else response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    });
    home = mkdtempSync(join(tmpdir(), 'login-'));
    mkdirSync(join(home, '.claude'));
    const login = { accessToken: 'access-0', refreshToken: current, expiresAt: Date.now() - 1000, scopes: ['user:inference', 'user:profile'], subscriptionType: 'max' };
    writeFileSync(join(home, '.claude/.credentials.json'), JSON.stringify({ claudeAiOauth: login }), { mode: 0o600 });
  });
  afterAll(async () => {
    await internet.close();
    await vendor.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('is renewed once, however many turns begin at the same time', async () => {
    const gateway = await bootGateway({
      ...{
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: home,
        SHELLM_CLAUDE_BIN: bin!,
        SHELLM_PROVIDERS: 'claude',
        SHELLM_MAX_CONCURRENT: '8',
        SHELLM_QUEUE_TIMEOUT_MS: '60000',
      },
      ...{ HTTPS_PROXY: internet.proxyUrl, NODE_EXTRA_CA_CERTS: internet.authority },
    });
    const ask = (number: number): ReturnType<typeof call> =>
      call(`${gateway.url}/v1/chat/completions`, { body: { model: 'claude', messages: [{ role: 'user', content: `turn ${number}` }] } });
    const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(ask));
    await gateway.close();
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(renewals).toEqual(['refresh-0']);
    expect(readFileSync(join(home, '.claude/.credentials.json'), 'utf8')).toContain('refresh-1');
  }, 90_000);
});

const gemini = findInstalledCli('gemini');

/** One process serves all chats: it renews the login, in the user's own file, through the link. */
(gemini !== undefined && canIntercept() ? describe : describe.skip)("Gemini's login, when it has expired", () => {
  it('is renewed once, in the one file', async () => {
    const vendor = await startMockGemini();
    const renewals: string[] = [];
    const internet = await interceptTls(['oauth2.googleapis.com', 'www.googleapis.com', 'cloudcode-pa.googleapis.com', 'play.googleapis.com'], (request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/token') renewals.push(new URLSearchParams(request.text).get('refresh_token') ?? '');
      const token = { access_token: `access-${renewals.length}`, expires_in: 3599, token_type: 'Bearer', scope: 'https://www.googleapis.com/auth/cloud-platform' };
      setTimeout(() => response.end(JSON.stringify(request.url?.startsWith('/token') === true ? token : {})), 500);
    });
    const home = mkdtempSync(join(tmpdir(), 'login-'));
    mkdirSync(join(home, '.gemini'));
    const file = join(home, '.gemini/oauth_creds.json');
    writeFileSync(file, JSON.stringify({ access_token: 'old', refresh_token: 'refresh-0', scope: 'x', token_type: 'Bearer', expiry_date: Date.now() - 1000 }), { mode: 0o600 });
    const gateway = await bootGateway({
      ...{ PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home, SHELLM_GEMINI_BIN: gemini!, SHELLM_PROVIDERS: 'gemini', SHELLM_MAX_CONCURRENT: '6' },
      ...{
        HTTPS_PROXY: internet.proxyUrl,
        NO_PROXY: '127.0.0.1',
        NODE_EXTRA_CA_CERTS: internet.authority,
        SHELLM_GEMINI_ENV: 'CODE_ASSIST_ENDPOINT',
        CODE_ASSIST_ENDPOINT: vendor.url,
      },
    });
    const ask = (number: number): ReturnType<typeof call> =>
      call(`${gateway.url}/v1/chat/completions`, { body: { model: 'gemini', messages: [{ role: 'user', content: `turn ${number}` }] } });
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(ask));
    const { body } = await call(`${gateway.url}/health`);
    await gateway.close();
    await internet.close();
    await vendor.close();
    const login = readFileSync(file, 'utf8');
    rmSync(home, { recursive: true });
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
    expect(body.providers.gemini).toMatchObject({ status: 'ready', auth: 'subscription' });
    expect(renewals).toEqual(['refresh-0']);
    expect(JSON.parse(login)).toMatchObject({ access_token: 'access-1', refresh_token: 'refresh-0' });
  }, 90_000);
});
