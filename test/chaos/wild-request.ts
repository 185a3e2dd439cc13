import { type Random } from './random.js';
import { apiProviders, cliProviders } from '../../src/selftest/faulty-gateway.js';
import { apiFaults, cliFaults, playedBy } from '../../src/selftest/faults.js';

export type Api = 'chat' | 'messages' | 'responses';

/** One request of the chaos: all that is random about it is decided before it is sent. */
export interface WildRequest {
  readonly api: Api;
  readonly stream: boolean;
  readonly provider: string;
  readonly fault: string;
  readonly path: string;
  readonly body: unknown;
  /** The client leaves: so many milliseconds after it asked, or after so many pieces of the answer. */
  readonly leaves?: { readonly afterMs: number } | { readonly afterPieces: number };
}

const paths: Readonly<Record<Api, string>> = { chat: '/v1/chat/completions', messages: '/v1/messages', responses: '/v1/responses' };
/** Refused vendors and refused logins are left out: the first would need the vendor for itself, the second shuts a provider for a minute. */
const left = new Set(['refused', 'logged-out', 'none']);

/** Those that serve many turns in one process. What a fake of these says byte by byte would be torn by another turn's lines, which no real one does. */
const shared = new Set(['codex', 'gemini']);

/** @param calm the share of requests that nothing goes wrong with */
export function wildRequest(random: Random, calm: number): WildRequest {
  const api = random.pick<Api>(['chat', 'chat', 'messages', 'responses']);
  const stream = random.happens(0.6);
  const cli = random.happens(0.6);
  const provider: string = random.pick(cli ? cliProviders : apiProviders);
  const faults = (cli ? cliFaults : apiFaults).filter((fault) => !left.has(fault.name) && !(fault.name === 'split-utf8' && shared.has(provider)) && playedBy(provider, fault));
  const fault = random.happens(calm) ? cliFaults[0]! : random.pick(faults);
  const { prompt } = playedBy(provider, fault)!;
  const model = cli ? provider : `${provider}/gpt-fake`;
  const leaves = random.happens(0.25) ? (random.happens(0.5) ? { afterMs: random.below(250) } : { afterPieces: random.below(4) }) : undefined;
  return { api, stream, provider, fault: fault.name, path: paths[api], body: bodyOf(api, model, prompt, stream, random), ...(leaves && { leaves }) };
}

function bodyOf(api: Api, model: string, prompt: string, stream: boolean, random: Random): object {
  // Half of them repeat a conversation: live processes and threads are looked for.
  const before = random.happens(0.3)
    ? [
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: 'half an answer and the rest' },
      ]
    : [];
  const messages = [...before, { role: 'user', content: prompt }];
  if (api === 'responses') return { model, stream, input: messages, store: random.happens(0.2), fallback: false };
  return { model, stream, messages, fallback: false, ...(api === 'messages' && { max_tokens: 100_000 }) };
}
