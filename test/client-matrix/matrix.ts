import { type IncomingMessage, type ServerResponse } from 'node:http';
import { bootGateway, type Gateway } from '../support/boot.js';
import { agentsSdk } from '../support/clients/agents-sdk.js';
import { aiSdk } from '../support/clients/ai-sdk.js';
import { anthropicSdk } from '../support/clients/anthropic.js';
import { claudeCode } from '../support/clients/claude-code.js';
import { type Client } from '../support/clients/client.js';
import { codexCli } from '../support/clients/codex.js';
import { langChain } from '../support/clients/langchain.js';
import { openAiResponses } from '../support/clients/openai-responses.js';
import { openAiSdk } from '../support/clients/openai.js';
import { findInstalledCli } from '../support/installed-cli.js';
import { claude } from './vendors/anthropic.js';
import { demo } from './vendors/demo.js';
import { gemini } from './vendors/google.js';
import { codex, openai } from './vendors/openai.js';
import { type MatrixVendor, type StartVendor } from './vendors/vendor.js';

const bins = { claude: findInstalledCli('claude'), codex: findInstalledCli('codex'), gemini: findInstalledCli('gemini') };

const libraries: readonly Client[] = [
  openAiSdk,
  openAiResponses,
  aiSdk('chat'),
  aiSdk('responses'),
  langChain('chat'),
  langChain('responses'),
  agentsSdk('chat'),
  agentsSdk('responses'),
  anthropicSdk,
];
const programs = [...(bins.claude === undefined ? [] : [claudeCode(bins.claude)]), ...(bins.codex === undefined ? [] : [codexCli(bins.codex)])];

/** The clients that are here: all the libraries, and the CLIs that are installed. */
export const clients: readonly Client[] = [...libraries, ...programs];

const vendors: readonly { readonly id: string; readonly start: StartVendor }[] = [
  ...(bins.claude === undefined ? [] : [{ id: 'claude', start: () => claude(bins.claude!) }]),
  ...(bins.codex === undefined ? [] : [{ id: 'codex', start: () => codex(bins.codex!) }]),
  ...(bins.gemini === undefined ? [] : [{ id: 'gemini', start: () => gemini(bins.gemini!) }]),
  { id: 'openai', start: openai },
  { id: 'demo', start: demo },
];

/** The providers that are here. */
export const providers: readonly string[] = vendors.map(({ id }) => id);

/** Whether nothing is missing for want of a CLI. */
export const whole = Object.values(bins).every((bin) => bin !== undefined);

/** Where Node is: Gemini CLI is a Node program. */
const PATH = `${process.execPath.slice(0, process.execPath.lastIndexOf('/'))}:/usr/bin:/bin`;

/** One gateway with every provider, each before its own vendor. */
export class Matrix {
  readonly url: string;
  #asked = 0;

  private constructor(
    private readonly gateway: Gateway,
    readonly vendors: ReadonlyMap<string, MatrixVendor>,
  ) {
    this.url = gateway.url;
    gateway.app.getHttpServer().on('request', ({ method, url = '' }: IncomingMessage, response: ServerResponse) => {
      if (method !== 'POST' || !/\/(chat\/completions|responses|messages)(\?|$)/.test(url)) return;
      this.#asked += 1;
      response.once('close', () => {
        if (response.statusCode >= 400) this.#asked -= 1;
      });
    });
  }

  /** How many answers clients have asked for so far; what was refused does not count. */
  asked(): number {
    return this.#asked;
  }

  static async start(): Promise<Matrix> {
    const started = await Promise.all(vendors.map(({ start }) => start()));
    const environment = Object.assign({}, ...started.map((vendor) => vendor.environment)) as Record<string, string>;
    const gateway = await bootGateway({ ...environment, PATH, SHELLM_PROVIDERS: providers.join(','), SHELLM_MAX_CONCURRENT: '4' });
    return new Matrix(gateway, new Map(started.map((vendor) => [vendor.id, vendor])));
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await Promise.all([...this.vendors.values()].map((vendor) => vendor.close()));
    for (const program of programs) program.close();
  }
}
