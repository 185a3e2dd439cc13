import { type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { chunkFrame, MockVendor } from '../support/mock-vendor.js';

const begin = 'half an answer';
const DONE = 'data: [DONE]\n\n';

const whole = (content: string): string =>
  JSON.stringify({
    id: 'chatcmpl-mock',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-mock',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
  });
const frames = (rest: string): string => [chunkFrame({ role: 'assistant', content: begin }), chunkFrame({ content: rest }), chunkFrame({}, 'stop'), DONE].join('');

async function bytewise(response: ServerResponse, text: string): Promise<void> {
  for (const byte of Buffer.from(text)) {
    response.write(Buffer.of(byte));
    await new Promise(setImmediate);
  }
  response.end();
}

/** One exchange that goes wrong. */
class Exchange {
  readonly headers: Record<string, string>;

  constructor(
    readonly response: ServerResponse,
    readonly stream: boolean,
  ) {
    this.headers = { 'content-type': stream ? 'text/event-stream' : 'application/json' };
  }

  answer(rest: string): string {
    return this.stream ? frames(rest) : whole(`${begin}${rest}`);
  }

  /** The head of an answer, and the first half of its body. */
  half(): void {
    this.response.writeHead(200, this.headers);
    this.response.write(this.stream ? chunkFrame({ role: 'assistant', content: begin }) : whole(begin).slice(0, 60));
  }

  say(text: string): void {
    this.response.writeHead(200, this.headers).end(text);
  }

  refuse(status: number): void {
    this.response.writeHead(status, { 'content-type': 'application/json' }).end('{"error": {"message": "No.", "type": "x", "param": null, "code": null}}');
  }
}

const faults: Readonly<Record<string, (exchange: Exchange) => void | Promise<void>>> = {
  none(exchange) {
    exchange.say(exchange.answer(' and the rest'));
  },
  'reset-first'({ response }) {
    response.destroy();
  },
  async reset(exchange) {
    exchange.half();
    await sleep(100);
    exchange.response.destroy();
  },
  'stall-first': () => undefined,
  stall(exchange) {
    exchange.half();
  },
  'half-event'(exchange) {
    exchange.half();
    exchange.response.end(exchange.stream ? chunkFrame({ content: 'lost' }).slice(0, -20) : undefined);
  },
  'no-end'(exchange) {
    exchange.half();
    exchange.response.end();
  },
  'bad-json'(exchange) {
    exchange.say(exchange.stream ? 'data: {"choices": [{{{\n\n' : '{"choices": [{{{');
  },
  'wrong-type'({ response }) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in at /home/secret-user</html>');
  },
  'wrong-shape'(exchange) {
    exchange.say(exchange.stream ? 'data: 42\n\n' : '[1, 2]');
  },
  redirect({ response }) {
    response.writeHead(307, { location: '/v1/stolen' }).end();
  },
  async endless(exchange) {
    const { response } = exchange;
    exchange.half();
    for (const piece = exchange.stream ? chunkFrame({ content: 'word '.repeat(20_000) }) : 'word '.repeat(20_000); !response.destroyed;) {
      if (!response.write(piece)) await Promise.race([new Promise((drained) => response.once('drain', drained)), new Promise((closed) => response.once('close', closed))]);
    }
  },
  async 'split-utf8'(exchange) {
    exchange.response.writeHead(200, exchange.headers);
    await bytewise(exchange.response, exchange.answer(' naïve 🦀 日本'));
  },
  'status-503'({ response }) {
    response.writeHead(503, { 'content-type': 'text/html' }).end('<html>/home/secret-user</html>');
  },
  'status-500'(exchange) {
    exchange.refuse(500);
  },
  'status-429'(exchange) {
    exchange.refuse(429);
  },
  'status-401'(exchange) {
    exchange.refuse(401);
  },
};

/** An API vendor that misbehaves as the last user text says: "[[fault NAME]]". */
export async function startFaultyVendor(): Promise<MockVendor> {
  const vendor = await MockVendor.start();
  vendor.answer((response, { body, path }) => {
    if (path.includes('stolen')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole('a redirect was followed'));
      return;
    }
    const { stream, messages } = JSON.parse(body) as { stream?: boolean; messages: unknown };
    const fault = /\[\[fault ([\w-]+)\]\]/.exec(JSON.stringify(messages))?.[1] ?? 'none';
    return faults[fault]?.(new Exchange(response, stream === true));
  });
  return vendor;
}
