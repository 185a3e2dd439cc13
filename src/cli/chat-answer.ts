import { once } from 'node:events';
import { CommandFailure } from './command-failure.js';
import { type GatewayClient } from './gateway-client.js';
import { paint } from './paint.js';
import { SseParser } from '../wire/sse/sse-parser.js';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null } }[];
  readonly error?: { readonly message?: string };
}

/** What a terminal would take for orders. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/**
 * Writes the answer to stdout as it comes, and to stderr, where that is a terminal, what the model thinks before.
 *
 * @returns the answer
 * @throws CommandFailure where it fails, or breaks off; the signal's reason
 */
export async function answerTo(gateway: GatewayClient, { model, messages }: ChatRequest, signal: AbortSignal): Promise<string> {
  const response = await gateway.ask('/v1/chat/completions', { body: { model, messages, stream: true }, signal });
  const teller = new Teller();
  for await (const { choices: [choice] = [] } of chunksOf(response)) {
    const { content, reasoning_content: thought } = choice?.delta ?? {};
    if (thought) await teller.think(thought);
    if (content) await teller.tell(content);
  }
  if (!teller.answer.endsWith('\n')) await write(process.stdout, '\n');
  return teller.answer;
}

class Teller {
  answer = '';
  #thinks = false;

  async think(text: string): Promise<void> {
    if (!process.stderr.isTTY) return;
    this.#thinks = true;
    await write(process.stderr, paint('dim', harmless(text), process.stderr));
  }

  async tell(text: string): Promise<void> {
    if (this.#thinks) await write(process.stderr, '\n\n');
    this.#thinks = false;
    this.answer += text;
    await write(process.stdout, process.stdout.isTTY ? harmless(text) : text);
  }
}

/** What the stream says until its end. */
async function* chunksOf({ body }: Response): AsyncGenerator<Chunk> {
  const parser = new SseParser();
  for await (const bytes of (body ?? []) as AsyncIterable<Uint8Array>) {
    for (const { data } of parser.push(bytes)) {
      if (data === '[DONE]') return;
      const chunk = JSON.parse(data) as Chunk;
      if (chunk.error) throw new CommandFailure(chunk.error.message ?? 'the answer failed');
      yield chunk;
    }
  }
  throw new CommandFailure('the answer broke off');
}

function harmless(text: string): string {
  return text.replace(CONTROLS, '');
}

/** Waits for a reader that is slow. */
async function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}
