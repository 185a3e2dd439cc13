import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface Callback {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody who is called back. */
export class Receiver {
  readonly callbacks: Callback[] = [];
  url = '';
  answer: (response: ServerResponse, callback: Callback) => void = (response) => response.writeHead(204).end();
  readonly #server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const callback = { path: request.url ?? '', headers: request.headers, body };
      this.callbacks.push(callback);
      this.answer(response, callback);
    });
  });

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${(receiver.#server.address() as AddressInfo).port}`;
    return receiver;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  to(path: string): Callback[] {
    return this.callbacks.filter((callback) => callback.path === path);
  }
}
