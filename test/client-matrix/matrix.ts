import { agentsSdk } from '../support/clients/agents-sdk.js';
import { aiSdk } from '../support/clients/ai-sdk.js';
import { bootGateway, type Gateway } from '../support/boot.js';
import { type Client } from '../support/clients/client.js';
import { langChain } from '../support/clients/langchain.js';
import { openAiSdk } from '../support/clients/openai.js';
import { claude } from './vendors/anthropic.js';
import { gemini } from './vendors/google.js';
import { codex, openai } from './vendors/openai.js';
import { type MatrixVendor, type StartVendor } from './vendors/vendor.js';

export const clients: readonly Client[] = [openAiSdk, aiSdk('chat'), langChain('chat'), agentsSdk('chat')];

const starters: Readonly<Record<string, StartVendor>> = { claude, codex, gemini, openai };
export const providers = Object.keys(starters);

/** One gateway with every provider, each before its own vendor. */
export class Matrix {
  private constructor(
    readonly gateway: Gateway,
    readonly vendors: ReadonlyMap<string, MatrixVendor>,
  ) {}

  static async start(): Promise<Matrix> {
    const started = await Promise.all(Object.values(starters).map((start) => start()));
    const vendors = started.filter((vendor) => vendor !== undefined);
    const environment = Object.assign({}, ...vendors.map((vendor) => vendor.environment)) as Record<string, string>;
    const gateway = await bootGateway({ ...environment, PATH, SHELLM_PROVIDERS: vendors.map(({ id }) => id).join(','), SHELLM_MAX_CONCURRENT: '4', SHELLM_FALLBACK_CHAIN: '' });
    return new Matrix(gateway, new Map(vendors.map((vendor) => [vendor.id, vendor])));
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await Promise.all([...this.vendors.values()].map((vendor) => vendor.close()));
  }
}

/** Where Node is: Gemini CLI is a Node program. */
const PATH = `${process.execPath.slice(0, process.execPath.lastIndexOf('/'))}:/usr/bin:/bin`;
