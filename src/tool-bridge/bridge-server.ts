import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type McpCall, readMcp, refusalOf } from './mcp.js';
import { readBody } from './read-body.js';
import { ToolSession } from './tool-session.js';
import { packageVersion } from '../config/package-version.js';
import { type FunctionTool } from '../kernel/completion-request.js';

/** How long an agent may wait for a result. Whoever holds the call gives it up before. */
const MAX_WAIT_MS = 10 * 60_000;
/** How often an agent that waits is told that somebody is there: programs give up on an answer that does not begin, or goes silent, for some minutes. */
const SIGN_OF_LIFE_MS = 15_000;
/** Agents that are connected at the same time, each with a call or two. */
const MAX_CONNECTIONS = 1000;
/** For a request to arrive whole. */
const REQUEST_MS = 30_000;
const PARSE_ERROR = -32_700;

/**
 * Model Context Protocol over HTTP for programs on this very machine (https://modelcontextprotocol.io/specification/2025-06-18/basic/transports): each session has an
 * address of its own and a secret, both of which only its agent is told. It is no part of the gateway's own API.
 */
export class BridgeServer {
  /** By the digest of the address: how long a look-up takes tells nothing of it. */
  readonly #sessions = new Map<string, ToolSession>();
  readonly #origin: string;

  static async listen(): Promise<BridgeServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return new BridgeServer(server);
  }

  private constructor(private readonly server: Server) {
    this.#origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.requestTimeout = REQUEST_MS;
    server.maxConnections = MAX_CONNECTIONS;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      response.on('error', () => response.destroy());
      this.#handle(request, response).catch(() => {
        response.destroy();
      });
    });
    server.unref();
  }

  open(name: string, tools: readonly FunctionTool[]): ToolSession {
    const session = new ToolSession(name, tools, this.#origin, () => {
      this.#sessions.delete(key);
    });
    const key = keyOf(session.address);
    this.#sessions.set(key, session);
    return session;
  }

  async close(): Promise<void> {
    for (const session of [...this.#sessions.values()]) session.close();
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = this.#admit(request, response);
    if (!session) return;
    const body = await readBody(request);
    if (body === undefined) {
      end(response.setHeader('connection', 'close'), 413);
      return;
    }
    const message = parse(body);
    if (!isObject(message)) {
      end(response, 400, refusalOf(null, PARSE_ERROR, 'Parse error'));
      return;
    }
    const reading = readMcp(message, { name: session.name, version: packageVersion, tools: session.tools });
    if (reading.kind === 'call') wait(session, reading.call, response);
    else if (reading.kind === 'notice') end(response, 202);
    else {
      if (message['method'] === 'tools/list') session.sawList();
      end(response, 200, reading.message);
    }
  }

  /** The session that a request is for; undefined: it was refused. A browser's page has an origin, and one that was led here by a name of its own has another host. */
  #admit({ method, url = '', headers }: IncomingMessage, response: ServerResponse): ToolSession | undefined {
    const session = this.#sessions.get(keyOf(url.slice(1)));
    const foreign = headers.host !== this.#origin.slice('http://'.length) || headers.origin !== undefined;
    const status = foreign ? 403 : !session ? 404 : !session.admits(headers.authorization) ? 401 : method === 'POST' ? 200 : 405;
    if (status === 200) return session;
    if (status === 405) response.setHeader('allow', 'POST');
    end(response, status);
    return undefined;
  }
}

/** The answer begins at once and stays open, with blanks before its JSON, until the result is there. */
function wait(session: ToolSession, call: McpCall, response: ServerResponse): void {
  const reply = (message: object): void => {
    // Not at `close`: an answer that the agent does not read is not sent yet, and nothing may be written behind it.
    clearInterval(signs);
    clearTimeout(limit);
    response.end(JSON.stringify(message));
  };
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  const signs = setInterval(() => response.write(' '), SIGN_OF_LIFE_MS).unref();
  const limit = setTimeout(() => {
    withdraw();
    reply(refusalOf(call.id, -32_000, 'Timed out'));
  }, MAX_WAIT_MS).unref();
  const withdraw = session.call(call, reply);
  response.once('close', () => {
    clearInterval(signs);
    clearTimeout(limit);
    withdraw();
  });
}

function end(response: ServerResponse, status: number, message?: object): void {
  const body = message === undefined ? undefined : JSON.stringify(message);
  response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' }).end(body);
}

function keyOf(address: string): string {
  return hash('sha256', address);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
