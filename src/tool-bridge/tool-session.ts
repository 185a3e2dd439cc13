import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type McpCall, refusalOf, resultOf } from './mcp.js';
import { type FunctionTool } from '../kernel/completion-request.js';
import { type ContentPart } from '../kernel/message.js';

/** Calls of one session that wait at the same time. */
const MAX_WAITING = 32;
const INVALID_PARAMS = -32_602;
const SERVER_ERROR = -32_000;

/** A function that an agent's model calls, and whose result the agent waits for. */
export interface FunctionCall {
  readonly name: string;
  /** The arguments, as JSON. */
  readonly json: string;
  /** Whether the agent still waits. */
  readonly open: boolean;
  /** Gives the result; only the first counts. */
  answer(content: readonly ContentPart[], isError: boolean): void;
}

/** How an agent is told of a server, in the words of the Agent Client Protocol. */
export interface HttpServer {
  readonly type: 'http';
  readonly name: string;
  readonly url: string;
  readonly headers: { readonly name: string; readonly value: string }[];
}

/** Where the answer to a call goes. */
type Reply = (message: object) => void;

/** The functions of one agent's session: who finds the address and knows the secret may call them, until it is closed. */
export class ToolSession {
  /** Unguessable, a part of a path. */
  readonly address = randomBytes(24).toString('base64url');
  readonly #secret = randomBytes(32).toString('base64url');
  readonly #waiting = new Set<WaitingCall>();
  #listener: ((call: FunctionCall) => void) | undefined;
  readonly #ends: (() => void)[];
  #listed = false;
  #closed = false;

  constructor(
    /** The server's, as the agent knows it. */
    readonly name: string,
    readonly tools: readonly FunctionTool[],
    private readonly origin: string,
    onClose: () => void,
  ) {
    this.#ends = [onClose];
  }

  get server(): HttpServer {
    return { type: 'http', name: this.name, url: `${this.origin}/${this.address}`, headers: [{ name: 'authorization', value: `Bearer ${this.#secret}` }] };
  }

  /** Whether the agent has asked which functions there are. */
  get listed(): boolean {
    return this.#listed;
  }

  sawList(): void {
    this.#listed = true;
  }

  /** Who hears of calls. One at a time; a call that comes while nobody listens is refused. */
  onCall(listener: ((call: FunctionCall) => void) | undefined): void {
    this.#listener = listener;
  }

  /** Runs `listener` when it is closed; at once where it is. */
  onClosed(listener: () => void): void {
    if (this.#closed) listener();
    else this.#ends.push(listener);
  }

  /** @param authorization the header of a request */
  admits(authorization: string | undefined): boolean {
    return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${this.#secret}`));
  }

  /** A call of the agent. @returns what withdraws it, when the agent does not wait any more */
  call({ id, name, arguments: args }: McpCall, reply: Reply): () => void {
    const refuse = (code: number, message: string): (() => void) => {
      reply(refusalOf(id, code, message));
      return () => undefined;
    };
    if (!this.tools.some((tool) => tool.name === name)) return refuse(INVALID_PARAMS, 'Unknown tool');
    if (this.#closed || !this.#listener || this.#waiting.size >= MAX_WAITING) return refuse(SERVER_ERROR, 'Not available');
    const call = new WaitingCall(name, JSON.stringify(args), (message) => {
      this.#waiting.delete(call);
      if (message) reply(message(id));
    });
    this.#waiting.add(call);
    this.#listener(call);
    return () => {
      call.withdraw();
    };
  }

  /** What waits is refused, and nobody is admitted any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener = undefined;
    for (const call of this.#waiting) call.refuse();
    for (const end of this.#ends.splice(0)) end();
  }
}

class WaitingCall implements FunctionCall {
  #open = true;

  constructor(
    readonly name: string,
    readonly json: string,
    private readonly settle: (message?: (id: string | number) => object) => void,
  ) {}

  get open(): boolean {
    return this.#open;
  }

  answer(content: readonly ContentPart[], isError: boolean): void {
    this.#end((id) => resultOf(id, content, isError));
  }

  refuse(): void {
    this.#end((id) => refusalOf(id, SERVER_ERROR, 'Not available'));
  }

  withdraw(): void {
    this.#end();
  }

  #end(message?: (id: string | number) => object): void {
    if (!this.#open) return;
    this.#open = false;
    this.settle(message);
  }
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
