import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultIn } from './faults.js';

const MODEL = 'gpt-fake';
const BEGIN = 'half an answer';
const DONE = 'data: [DONE]\n\n';
const USAGE = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };

/** An API vendor on loopback that misbehaves as the last of a request's words says: `[[fault NAME]]`; see `faults.ts`. */
export class FaultyVendor {
  /** Requests that came to where a redirect leads: it must not be followed. */
  stolen = 0;
  readonly #port: number;
  #server: Server;

  static async start(): Promise<FaultyVendor> {
    const server = await listen(0);
    return new FaultyVendor(server, (server.address() as AddressInfo).port);
  }

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
    this.#serve();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  /** Refuses connections while `run` runs. */
  async away<T>(run: () => Promise<T>): Promise<T> {
    await this.close();
    try {
      return await run();
    } finally {
      this.#server = await listen(this.#port);
      this.#serve();
    }
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  #serve(): void {
    this.#server.on('request', (request, response) => {
      this.#answer(request, response).catch(() => response.destroy()); // who asked has left
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    const json = (body: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (path.endsWith('/models')) {
      json({ object: 'list', data: [{ id: MODEL, object: 'model' }] });
    } else if (path.includes('stolen')) {
      this.stolen += 1;
      json(whole('a redirect was followed'));
    } else {
      const { stream, messages } = JSON.parse(Buffer.concat(chunks).toString()) as { stream?: boolean; messages: unknown };
      await faults[faultIn(JSON.stringify(messages)) ?? 'none']?.(new Exchange(response, stream === true));
    }
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function whole(content: string): object {
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 1,
    model: MODEL,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: USAGE,
  };
}

function frame(delta: object, finish: string | null = null): string {
  const chunk = { id: 'chatcmpl-fake', object: 'chat.completion.chunk', created: 1, model: MODEL, choices: [{ index: 0, delta, finish_reason: finish }] };
  return `data: ${JSON.stringify(chunk)}\n\n`;
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
    if (!this.stream) return JSON.stringify(whole(`${BEGIN}${rest}`));
    return [frame({ role: 'assistant', content: BEGIN }), frame({ content: rest }), frame({}, 'stop'), DONE].join('');
  }

  /** The head of an answer, and the first half of its body. */
  half(): void {
    this.response.writeHead(200, this.headers);
    this.response.write(this.stream ? frame({ role: 'assistant', content: BEGIN }) : JSON.stringify(whole(BEGIN)).slice(0, 60));
  }

  say(text: string): void {
    this.response.writeHead(200, this.headers).end(text);
  }

  refuse(status: number): void {
    this.response.writeHead(status, { 'content-type': 'application/json' }).end('{"error": {"message": "No.", "type": "x", "param": null, "code": null}}');
  }

  /** Text of our own in place of Node's head: piece by piece. */
  async raw(text: string, pieceLength: number, intervalMs = 0): Promise<void> {
    const { socket } = this.response;
    for (let at = 0; at < text.length && socket?.destroyed === false; at += pieceLength) {
      socket.write(text.slice(at, at + pieceLength));
      await sleep(intervalMs);
    }
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
  async 'slow-head'(exchange) {
    const body = exchange.answer(' and the rest');
    const head = `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: ${exchange.headers['content-type'] ?? ''}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    await exchange.raw(head, 16, 20);
    await exchange.raw(body, body.length);
  },
  async 'endless-head'(exchange) {
    await exchange.raw(`HTTP/1.1 200 OK\r\nx-noise: ${'x'.repeat(1 << 20)}`, 1 << 14);
  },
  'half-event'(exchange) {
    exchange.half();
    exchange.response.end(exchange.stream ? frame({ content: 'lost' }).slice(0, -20) : undefined);
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
  'wrong-values'(exchange) {
    const odd = [
      {},
      { choices: 42 },
      { choices: [null] },
      { choices: [{ index: 0, delta: 7 }] },
      { choices: [{ index: 'x', delta: { content: { a: 1 }, tool_calls: 'y' }, finish_reason: 9 }] },
    ];
    exchange.say(exchange.stream ? odd.map((value) => `data: ${JSON.stringify(value)}\n\n`).join('') : JSON.stringify({ id: 7, choices: 42 }));
  },
  redirect({ response }) {
    response.writeHead(307, { location: '/v1/stolen' }).end();
  },
  async endless(exchange) {
    const { response } = exchange;
    exchange.half();
    const closed = new Promise((resolve) => response.once('close', resolve));
    for (const piece = exchange.stream ? frame({ content: 'word '.repeat(20_000) }) : 'word '.repeat(20_000); !response.destroyed;) {
      if (!response.write(piece)) await Promise.race([closed, new Promise((drained) => response.once('drain', drained))]);
    }
  },
  async 'split-utf8'(exchange) {
    exchange.response.writeHead(200, exchange.headers);
    for (const byte of Buffer.from(exchange.answer(' naïve 🦀 日本'))) {
      exchange.response.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    exchange.response.end();
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
