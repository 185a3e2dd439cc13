import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { bootGateway, call } from './support/boot.js';
import { type CliVendor, installedClis } from './support/cli-vendors.js';
import { descendantsOf, type RunningProcess } from './support/processes.js';
import { spawnGateway, type SpawnedGateway } from './support/spawn-gateway.js';

const fake = (name: string): string => resolve(import.meta.dirname, `../selftest/fake-${name}.mjs`);
const CLIENT_KEY = 'client-key-of-the-gateway-4711';

/** What must reach no child, whatever it is for: the gateway's own secrets, the host user's, and what gets other code into a program. */
const forbidden = {
  SHELLM_CLIENTS: JSON.stringify({ all: { key: CLIENT_KEY, models: ['*', 'acp/*'] } }),
  SHELLM_KEY_SECRET: 'key-secret-of-the-gateway-of-32-characters',
  OPENAI_API_KEY: 'sk-openai-of-the-gateway',
  CEREBRAS_API_KEY: 'csk-of-the-gateway',
  AWS_SECRET_ACCESS_KEY: 'aws-of-the-user',
  GITHUB_TOKEN: 'github-of-the-user',
  SSH_AUTH_SOCK: '/nowhere/agent',
  NODE_OPTIONS: '--no-deprecation',
  NODE_PATH: '/nowhere/modules',
  LD_PRELOAD: '',
  LD_LIBRARY_PATH: '/nowhere/lib',
  BASH_ENV: '/nowhere/rc',
  GIT_SSH_COMMAND: '/nowhere/ssh',
  XDG_CONFIG_HOME: '/nowhere/config',
  PWD: '/nowhere/working',
};
/** Each provider's own, which must reach that one alone. */
const own: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  claude: { ANTHROPIC_API_KEY: 'sk-ant-of-claude', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' },
  gemini: { GEMINI_API_KEY: 'key-of-gemini', GOOGLE_CLOUD_LOCATION: 'moon' },
  codex: { CODEX_API_KEY: 'key-of-codex' },
  'acp/agent': { AGENT_KEY: 'key-of-the-agent' },
  demo: {},
};
/** What a child may have beside that. */
const everybody = /^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|TZ|LC_[A-Z]+|https?_proxy|HTTPS?_PROXY|(NO|no|ALL|all)_(PROXY|proxy)|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|TMPDIR)$/;
const switches: Readonly<Record<string, RegExp>> = {
  claude: /^(CLAUDE_CODE_\w+|CLAUDE_AGENT_SDK_MCP_NO_PREFIX|DISABLE_(TELEMETRY|AUTOUPDATER|AUTO_COMPACT)|ENABLE_TOOL_SEARCH)$/,
  gemini: /^(GEMINI_(CLI_(HOME|TRUST_WORKSPACE|NO_RELAUNCH)|SYSTEM_MD|TELEMETRY_ENABLED)|NO_BROWSER|GOOGLE_GEMINI_BASE_URL)$/,
  codex: /^CODEX_HOME$/,
  'acp/agent': /^(?!)/,
  demo: /^(?!)/,
};

/** How the children of each are known, fake or real. */
const programs: Readonly<Record<string, RegExp>> = {
  claude: /claude/,
  gemini: /gemini/,
  codex: /codex/,
  'acp/agent': /fake-acp-agent/,
  demo: /demo\/agent\.js/,
};

const namesIn = ({ environment }: RunningProcess): string[] =>
  environment
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(0, entry.indexOf('=')));

/** What a child of a provider has that it should not. The watchdog, a shell without an environment, is a child too. */
function wrongIn(provider: string, child: RunningProcess): string[] {
  const secrets = Object.entries({ ...forbidden, ...Object.assign({}, ...Object.entries(own).flatMap(([id, values]) => (id === provider ? [] : [values]))) });
  return [
    ...namesIn(child).filter((name) => !everybody.test(name) && own[provider]?.[name] === undefined && switches[provider]?.test(name) !== true),
    ...secrets.filter(([, value]) => value !== '' && child.environment.includes(String(value))).map(([name]) => `${name} in the environment`),
    ...[...secrets, ...Object.entries(own[provider] ?? {})]
      .filter(([name, value]) => /KEY|SECRET|TOKEN/.test(name) && child.argv.includes(String(value)))
      .map(([name]) => `${name} in argv`),
    ...(child.argv.includes(CLIENT_KEY) || child.environment.includes(CLIENT_KEY) ? ["a client's key"] : []),
    ...openFiles(child.pid).filter((file) => /shellm\.db|key-secret/.test(file)),
  ];
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return []; // it is gone
  }
}

const childrenOf = (gateway: SpawnedGateway): RunningProcess[] => descendantsOf(gateway.process.pid ?? 0).filter(({ environment }) => environment.includes('TMPDIR='));

(existsSync('/proc/self/environ') ? describe : describe.skip)('what a child is given', () => {
  jest.setTimeout(60_000);
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'agents-'));
    writeFileSync(
      join(folder, 'agents.yaml'),
      JSON.stringify({ acp: { agent: { command: process.execPath, args: [fake('acp-agent')], env: { AGENT_KEY: 'key-of-the-agent' }, trusted: true } } }),
    );
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const everything = (providers: readonly string[]): Record<string, string> => ({
    PATH: `.:relative/bin:${dirname(process.execPath)}:/usr/bin:/bin`,
    ...forbidden,
    ...Object.fromEntries(Object.values(own).flatMap(Object.entries<string>)),
    SHELLM_CONFIG: join(folder, 'agents.yaml'),
    SHELLM_PROVIDERS: providers.join(','),
    SHELLM_CLAUDE_BIN: fake('claude'),
    SHELLM_GEMINI_BIN: fake('gemini'),
    SHELLM_CODEX_BIN: fake('codex'),
    SHELLM_SHUTDOWN_GRACE_MS: '200',
  });
  /** A child of each that answers, and the one that waits ready, as the kernel shows them. */
  async function look(providers: readonly string[], environment: Record<string, string>): Promise<ReadonlyMap<string, readonly RunningProcess[]>> {
    const gateway = await spawnGateway(environment);
    try {
      const answers = await Promise.all(
        providers.map((model) =>
          call(`${gateway.url}/v1/chat/completions`, {
            headers: { authorization: `Bearer ${CLIENT_KEY}` },
            body: { model, messages: [{ role: 'user', content: 'hi' }], fallback: false },
          }),
        ),
      );
      expect(answers.map(({ status, body }) => (status === 200 ? 200 : (body as unknown)))).toEqual(providers.map(() => 200));
      return Map.groupBy(childrenOf(gateway), ({ argv }) => providers.find((id) => programs[id]?.test(argv)) ?? argv);
    } finally {
      await gateway.dispose();
    }
  }

  it('the fake ones: what they need of the environment, and nothing in their arguments', async () => {
    const providers = Object.keys(own);
    const found = await look(providers, everything(providers));
    expect([...found.keys()].toSorted()).toEqual(providers.toSorted());
    for (const [provider, children] of found)
      for (const child of children) {
        expect([provider, ...wrongIn(provider, child)]).toEqual([provider]);
        expect(child.environment).toMatch(/(^|\0)PATH=\//);
        expect(child.environment).not.toMatch(/relative\/bin/);
        for (const [name, value] of Object.entries(own[provider] ?? {})) expect(child.environment).toContain(`${name}=${value}\0`);
      }
  });

  (installedClis.length > 0 ? it : it.skip)('the real ones, and whatever they start: the same', async () => {
    const vendors: CliVendor[] = await Promise.all(installedClis.map(({ start }) => start()));
    const providers = installedClis.map(({ id }) => id);
    const found = await look(providers, { ...everything(providers), ...Object.assign({}, ...vendors.map(({ environment }) => environment)), PATH: everything([])['PATH']! });
    expect([...found.keys()].toSorted()).toEqual(providers.toSorted());
    for (const [provider, children] of found) for (const child of children) expect([provider, ...wrongIn(provider, child)]).toEqual([provider]);
    expect(vendors.map((vendor) => vendor.calls().length)).toEqual(vendors.map(() => 1));
    await Promise.all(vendors.map((vendor) => vendor.close()));
  });

  it.each(['SHELLM_CLAUDE_ENV', 'SHELLM_GEMINI_ENV', 'SHELLM_CODEX_ENV'])('%s does not pass on what gets other code into a program: the start says so', async (variable) => {
    await expect(bootGateway({ [variable]: 'MINE,NODE_OPTIONS', SHELLM_PROVIDERS: 'demo' })).rejects.toThrow(new RegExp(`^${variable}: must be names of variables`));
  });
});
