import OpenAI from 'openai';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootGateway, call, type Gateway } from '../support/boot.js';
import { ConfigFile } from '../../src/config/config-file.js';
import { type AgentEntry, type FileSettings } from '../../src/config/file-settings.js';

const program = fileURLToPath(new URL('../../selftest/fake-acp-agent.mjs', import.meta.url));

export type Entries = Readonly<Record<string, Partial<AgentEntry>>>;

/** What the configuration file says of fake agents: by name, each with what differs from a trusted one. */
export function fakeAgents(entries: Entries): FileSettings {
  const byDefault: AgentEntry = { command: process.execPath, args: [program], env: {}, trusted: true, files: [], defaultModel: undefined, initTimeoutMs: 10_000 };
  return {
    aliases: new Map(),
    providers: new Map(),
    acp: new Map(Object.entries(entries).map(([name, entry]) => [name, { ...byDefault, ...entry }])),
    images: { fetch: false, allow: [] },
    callbacks: { allow: [] },
    prices: new Map(),
  };
}

/** A key for all but agents, one that names no models, one that names the agents. */
export const keys = { all: 'key-of-all-12345678', plain: 'key-of-plain-1234567', named: 'key-of-named-1234567' };

/** What a gateway with agents is started with; secrets among it. */
function agentEnvironment(names: readonly string[]): Record<string, string> {
  const models = names.map((name) => `acp/${name}/*`);
  return {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    SHELLM_CLIENTS: JSON.stringify({ all: { key: keys.all, models: ['*'] }, plain: { key: keys.plain }, named: { key: keys.named, models } }),
    SHELLM_MAX_CONCURRENT: '20',
    SHELLM_QUEUE_DEPTH: '100',
    OPENAI_API_KEY: 'sk-secret-of-the-gateway',
    ANTHROPIC_API_KEY: 'sk-ant-secret-of-the-gateway',
    SHELLM_KEY_SECRET: 'secret-of-the-gateway-of-32-characters',
  };
}

type Told = Awaited<ReturnType<typeof call>>;

/** A gateway with fake agents behind it, and the words of its clients. */
export class AgentHarness {
  readonly client: OpenAI;

  private constructor(readonly gateway: Gateway) {
    this.client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.named, maxRetries: 0 });
  }

  /** @param others names of agents that come later */
  static async start(entries: Entries, { others = [], environment = {} }: { others?: readonly string[]; environment?: Record<string, string> } = {}): Promise<AgentHarness> {
    const harness = new AgentHarness(await bootGateway({ ...agentEnvironment([...Object.keys(entries), ...others]), ...environment }));
    harness.adopt(entries);
    return harness;
  }

  /** Changes the configuration file. */
  adopt(entries: Entries): void {
    this.gateway.app.get(ConfigFile).adopt(fakeAgents(entries));
  }

  ask(content: unknown, { agent = 'fake', key = keys.named, ...body }: Record<string, unknown> & { agent?: string; key?: string } = {}): Promise<Told> {
    return call(`${this.gateway.url}/v1/chat/completions`, {
      body: { model: `acp/${agent}`, messages: [{ role: 'user', content }], ...body },
      headers: { authorization: `Bearer ${key}` },
    });
  }
}

export function textOf({ body }: Told): string {
  return (body as OpenAI.ChatCompletion).choices[0]?.message.content ?? '';
}

export interface Recalled {
  readonly system?: { readonly mode: string; readonly content: readonly { readonly text: string }[] };
  readonly model: string;
  readonly effort?: string;
  readonly mode?: string;
  readonly prompts: readonly (readonly { readonly type: string; readonly text: string }[])[];
}

/** The fake agent's word of what its session was told: the answer to `[[fake recall]]`. */
export function recalled(answer: Told): Recalled {
  return JSON.parse(textOf(answer)) as Recalled;
}
