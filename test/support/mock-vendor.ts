import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface VendorRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: VendorRequest) => void | Promise<void>;

/** An API vendor on loopback: it answers what a test tells it to, and remembers what it was asked. A request that nobody told it to answer fails the test. */
export class MockVendor {
  readonly requests: VendorRequest[] = [];
  /** Connections that the gateway closed before the answer was out. */
  aborted = 0;
  url = '';
  /** What it lists. */
  models: readonly string[] = ['gpt-mock'];
  #answer: Answer = (response) => {
    response.writeHead(599).end('nobody told the mock vendor what to answer');
  };
  readonly #server = createServer((request, response) => {
    void this.#serve(request, response);
  });

  static async start(): Promise<MockVendor> {
    const vendor = new MockVendor();
    await new Promise<void>((resolve) => vendor.#server.listen(0, '127.0.0.1', resolve));
    vendor.url = `http://127.0.0.1:${(vendor.#server.address() as AddressInfo).port}`;
    return vendor;
  }

  /** What every chat completion is answered with from now on; the list of models is not. */
  answer(answer: Answer): void {
    this.#answer = answer;
    this.requests.length = 0;
    this.aborted = 0;
  }

  json(status: number, body: unknown, headers: Record<string, string> = {}): void {
    this.answer((response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  /** Frames as they are, with a wait between them. Milliseconds. */
  stream(frames: readonly string[], wait = 0): void {
    this.answer(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const frame of frames) {
        if (response.destroyed) return;
        response.write(frame);
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      }
      response.end();
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
    if (seen.path.endsWith('/models')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data: this.models.map((id) => ({ id, object: 'model' })) }));
      return;
    }
    this.requests.push(seen);
    response.once('close', () => {
      if (!response.writableFinished) this.aborted += 1;
    });
    await this.#answer(response, seen);
  }
}

/** One chunk of a streamed chat completion, as an SSE frame. */
export function chunkFrame(delta: object, finish: string | null = null, extra: object = {}): string {
  const chunk = { id: 'chatcmpl-mock', object: 'chat.completion.chunk', created: 1, model: 'gpt-mock', choices: [{ index: 0, delta, finish_reason: finish }], ...extra };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** A vendor that answers `answer N` to the N-th turn of a conversation. */
export function converse(vendor: MockVendor): void {
  vendor.answer((response, { body }) => {
    const { messages } = JSON.parse(body) as { readonly messages: readonly { readonly role: string }[] };
    const turns = messages.filter(({ role }) => role === 'user').length;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end([chunkFrame({ role: 'assistant', content: `answer ${turns}` }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'].join(''));
  });
}
