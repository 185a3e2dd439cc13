import { type AnyMessage, type JsonRpcId, type Stream } from '@agentclientprotocol/sdk';
import { type Subscription } from 'rxjs';
import { type Flow } from '../kernel/flow.js';
import { type Child } from '../process-pool/child.js';

export interface AgentStreamObserver {
  /** A notification: at once, so that all that came before a response is known before it. */
  notified(method: string, params: unknown): void;
  /** A line that is none of the protocol, or an answer that nobody waits for. */
  noise(): void;
}

/** The lines of an agent's process as the messages that the protocol's library reads and writes. Ends when the child does, with the child's error. */
export class AgentStream implements Stream {
  readonly readable: ReadableStream<AnyMessage>;
  readonly writable: WritableStream<AnyMessage>;
  /** Ids of our own requests that are not answered yet. */
  readonly #pending = new Set<JsonRpcId>();
  #controller: ReadableStreamDefaultController<AnyMessage> | undefined;
  #reading: Subscription | undefined;
  #dispatching = false;
  #over = false;

  constructor(
    private readonly child: Child,
    private readonly flow: Flow,
    private readonly observer: AgentStreamObserver,
  ) {
    this.readable = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#end();
      },
    });
    this.writable = new WritableStream({ write: (message) => this.#write(message) });
    this.#read();
  }

  async #write(message: AnyMessage): Promise<void> {
    if ('method' in message && 'id' in message) {
      // A child's output is bounded from one reader's coming to the next: what comes now belongs to the turns to come.
      if (this.#pending.size === 0 && !this.#dispatching) this.#read();
      this.#pending.add(message.id);
    }
    if (!this.child.write(JSON.stringify(message))) await this.child.drained();
  }

  #read(): void {
    if (this.#over) return;
    this.#reading?.unsubscribe();
    this.#reading = this.child.lines(this.flow).subscribe({
      next: (line) => {
        this.#hear(line);
      },
      error: (error: unknown) => {
        this.#end(error);
      },
    });
  }

  /** An exception must not reach the reader of the pipe. */
  #hear(line: string): void {
    this.#dispatching = true;
    try {
      this.#dispatch(parse(line));
    } catch (error) {
      this.#end(error);
    } finally {
      this.#dispatching = false;
    }
  }

  #dispatch(message: AnyMessage | undefined): void {
    if (!message) this.observer.noise();
    else if (!('id' in message)) this.observer.notified(message.method, message.params);
    else if ('method' in message || this.#pending.delete(message.id)) this.#controller?.enqueue(message);
    else this.observer.noise();
  }

  #end(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#reading?.unsubscribe();
    if (error !== undefined) this.#controller?.error(error);
  }
}

/** A message by its outline: what is in it is checked where it is read. */
function parse(line: string): AnyMessage | undefined {
  try {
    const value = JSON.parse(line) as { jsonrpc?: unknown; id?: unknown; method?: unknown } | null;
    if (typeof value !== 'object' || value?.jsonrpc !== '2.0') return undefined;
    return typeof value.method === 'string' || (value.method === undefined && value.id !== undefined) ? (value as AnyMessage) : undefined;
  } catch {
    return undefined;
  }
}
