import { leanThread } from './lean-thread.js';
import { NAME } from './launch.js';
import { type RateLimits, type ToolCallParams, type ToolCallResult, type TurnParams, unwanted } from './protocol.js';
import { type ThreadKind } from './thread-kind.js';
import { type TurnScript } from './encode-turn.js';
import { type FunctionTool } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { fieldsOf, textOf } from '../../kernel/read-value.js';
import { type Child } from '../../process-pool/child.js';
import { JsonRpcError, METHOD_NOT_FOUND } from '../../process-pool/json-rpc-error.js';
import { JsonRpcPeer } from '../../process-pool/json-rpc-peer.js';

/** How long a process may take to open a chat: it takes milliseconds. */
const START_MS = 10_000;

export interface ThreadListener {
  notified(method: string, params: TurnParams): void;
  /** The CLI waits for a function's result. */
  called(call: ToolCallParams): Promise<ToolCallResult>;
  /** The process is gone. */
  closed(error: GatewayError): void;
}

export interface AppServerObserver {
  rateLimits(limits: RateLimits): void;
}

/** One `codex app-server`: threads are chats of their own, many at once. */
export class AppServer {
  readonly #peer: JsonRpcPeer;
  readonly #listeners = new Map<string, ThreadListener>();

  /** Shakes hands with a new process. @throws JsonRpcError, GatewayError where it ends, the signal's reason */
  static async open(child: Child, version: string, observer: AppServerObserver, signal: AbortSignal): Promise<AppServer> {
    const server = new AppServer(child, observer);
    const capabilities = { experimentalApi: true, requestAttestation: false, optOutNotificationMethods: unwanted };
    await server.#peer.request('initialize', { clientInfo: { name: 'shellm', title: 'SheLLM', version }, capabilities }, signal);
    server.#peer.notify('initialized');
    return server;
  }

  private constructor(
    private readonly child: Child,
    private readonly observer: AppServerObserver,
  ) {
    this.#peer = new JsonRpcPeer(child, NAME, {
      notification: (method, params) => {
        this.#notified(method, params ?? {});
      },
      request: (method, params) => (method === 'item/tool/call' ? this.#called(params ?? {}) : answer(method)),
      closed: (error) => {
        for (const listener of [...this.#listeners.values()]) listener.closed(error);
      },
    });
  }

  /** A new chat that leaves no file. Resolves with its id. @throws JsonRpcError; the signal's reason, or a `TimeoutError` of its own */
  async startThread({ model, instructions, tools }: ThreadKind, signal?: AbortSignal): Promise<string> {
    const timeout = AbortSignal.timeout(START_MS);
    const answer = await this.#peer.request(
      'thread/start',
      {
        model,
        cwd: this.child.folder.work,
        approvalPolicy: 'never',
        sandbox: 'read-only',
        ephemeral: true,
        environments: [],
        // A model that the catalogue does not know would bring the CLI's own prompt.
        baseInstructions: '',
        ...(instructions === '' ? {} : { developerInstructions: instructions }),
        // The raw events tell when the vendor's answer is whole, while the CLI waits for the results of its calls.
        ...(tools.length === 0 ? {} : { dynamicTools: tools.map(encodeTool), experimentalRawEvents: true }),
        config: leanThread,
      },
      signal ? AbortSignal.any([signal, timeout]) : timeout,
    );
    return idIn(answer, 'thread');
  }

  async inject(threadId: string, items: TurnScript['items']): Promise<void> {
    if (items.length > 0) await this.#peer.request('thread/inject_items', { threadId, items });
  }

  /** Begins a turn. Resolves with its id; the thread's listener hears the rest. */
  async startTurn(threadId: string, { input, effort, schema }: TurnScript): Promise<string> {
    const settings = { ...(effort === undefined ? {} : { effort }), ...(schema === undefined ? {} : { outputSchema: schema }) };
    return idIn(await this.#peer.request('turn/start', { threadId, input, summary: 'auto', ...settings }), 'turn');
  }

  /** Ends a turn at the vendor too. Resolves when the CLI has taken it in; its end is a notification. */
  async interrupt(threadId: string, turnId: string, signal: AbortSignal): Promise<void> {
    await this.#peer.request('turn/interrupt', { threadId, turnId }, signal);
  }

  /** Asks the vendor for the account's limits; the observer hears them. Costs no tokens. @throws JsonRpcError where there is no subscription */
  async readRateLimits(signal: AbortSignal): Promise<void> {
    const { rateLimits } = fieldsOf(await this.#peer.request('account/rateLimits/read', undefined, signal));
    this.observer.rateLimits(fieldsOf(rateLimits));
  }

  /** Gives a thread's notifications to `listener`, until what is returned is called. */
  listen(threadId: string, listener: ThreadListener): () => void {
    this.#listeners.set(threadId, listener);
    return () => {
      if (this.#listeners.get(threadId) === listener) this.#listeners.delete(threadId);
    };
  }

  #called(call: ToolCallParams): Promise<ToolCallResult> {
    const listener = this.#listeners.get(textOf(call.threadId) ?? '');
    if (!listener) throw new JsonRpcError(METHOD_NOT_FOUND, 'Nobody waits for this call');
    return listener.called(call);
  }

  #notified(method: string, params: TurnParams & { readonly rateLimits?: unknown }): void {
    if (method === 'account/rateLimits/updated') {
      this.observer.rateLimits(fieldsOf(params.rateLimits));
      return;
    }
    if (typeof params.threadId === 'string') this.#listeners.get(params.threadId)?.notified(method, params);
  }
}

/** The id of what was begun. @throws GatewayError `cli_failed` where the CLI does not tell it */
function idIn(answer: unknown, what: 'thread' | 'turn'): string {
  const id = textOf(fieldsOf(fieldsOf(answer)[what])['id']);
  if (id === undefined) throw new GatewayError('cli_failed', `${NAME} began a ${what} without an id.`);
  return id;
}

function encodeTool({ name, description = '', parameters }: FunctionTool): object {
  return { type: 'function', name, description, inputSchema: parameters ?? { type: 'object', properties: {} } };
}

/** The CLI asks for leave to act, which a plain completion never does. Every question needs an answer, else its turn hangs. */
function answer(method: string): unknown {
  if (method === 'item/commandExecution/requestApproval' || method === 'item/fileChange/requestApproval') return { decision: 'decline' };
  if (method === 'applyPatchApproval' || method === 'execCommandApproval') return { decision: { denied: { rejection: 'Not allowed.' } } };
  if (method === 'mcpServer/elicitation/request') return { action: 'decline', content: null, _meta: null };
  throw new JsonRpcError(METHOD_NOT_FOUND, 'Method not found');
}
