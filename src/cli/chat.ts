import { answerTo, type Message } from './chat-answer.js';
import { converse } from './chat-loop.js';
import { readPrompt } from './chat-prompt.js';
import { CommandFailure, EXIT } from './command-failure.js';
import { GatewayClient } from './gateway-client.js';
import { printJson } from './print.js';

export interface ChatOptions {
  readonly model?: string;
  readonly system?: string;
  readonly json?: boolean;
  readonly url?: string;
}

const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Asks once and tells the answer; without a prompt, on a terminal, goes on until its user has enough. */
export async function chat(prompt: string | undefined, { model, system, json = false, url }: ChatOptions): Promise<void> {
  const talks = prompt === undefined && !json && isTerminal();
  const asked = talks ? '' : await readPrompt(prompt);
  if (!talks && asked.trim() === '') throw new CommandFailure('there is nothing to ask: give a prompt, or pipe one in', EXIT.usage);
  const gateway = GatewayClient.find(url);
  const instructions = instructionsOf(system);
  const request = { model: model ?? (await defaultModel(gateway)), messages: [...instructions, { role: 'user', content: asked } satisfies Message] };
  if (talks) await converse(gateway, { ...request, messages: instructions });
  else await untilStopped((signal) => (json ? tellWhole(gateway, request, signal) : answerTo(gateway, request, signal)));
}

function instructionsOf(system: string | undefined): Message[] {
  return system === undefined ? [] : [{ role: 'system', content: system }];
}

function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** Who the first model of the list is of. */
async function defaultModel(gateway: GatewayClient): Promise<string> {
  const { data } = (await (await gateway.ask('/v1/models')).json()) as { readonly data: readonly { readonly owned_by: string }[] };
  const first = data.find(({ owned_by: owner }) => owner !== 'shellm');
  if (!first) throw new CommandFailure('the gateway has no provider that is usable; `shellm providers` says what to do');
  return first.owned_by;
}

async function tellWhole(gateway: GatewayClient, request: object, signal: AbortSignal): Promise<void> {
  printJson(await (await gateway.ask('/v1/chat/completions', { body: request, signal })).json());
}

/** Ctrl-C lets go of the answer, and the gateway then ends the turn at the vendor too. */
async function untilStopped(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  const stop = (name: keyof typeof CODES): void => {
    process.exitCode = CODES[name];
    abort.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await work(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
