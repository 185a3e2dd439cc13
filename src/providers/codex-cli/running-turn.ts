import { type AppServer } from './app-server.js';
import { type TurnScript } from './encode-turn.js';
import { type ToolCallParams, type ToolCallResult, type TurnParams } from './protocol.js';
import { resultsOf } from './tool-results.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type Message } from '../../kernel/message.js';
import { textOf } from '../../kernel/read-value.js';
import { JsonRpcError, METHOD_NOT_FOUND } from '../../process-pool/json-rpc-error.js';

/** How long the CLI may take to end a turn that it was told to end. */
const INTERRUPT_MS = 2000;

/** Who hears of a turn at the moment. */
export interface Listener {
  hear(method: string, params: TurnParams): void;
  /** The CLI waits for the result of a function. */
  called(call: ToolCallParams): void;
  fail(error: unknown): void;
}

/** The CLI's side of a turn: what is asked for, and how it comes to its end. It may be heard several times: it is held where the client has to run functions. */
export class RunningTurn {
  #listener: Listener | undefined;
  #turnId: Promise<string | undefined> | undefined;
  #stopListening: (() => void) | undefined;
  #offers = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;
  /** The calls whose results the client is to give; undefined while the turn is heard. */
  #held: readonly string[] | undefined;
  /** What the CLI has asked for, and what is there before it asks. */
  readonly #asked = new Map<string, { readonly call: ToolCallParams; readonly give: (result: ToolCallResult) => void }>();
  readonly #results = new Map<string, ToolCallResult>();

  constructor(
    private readonly server: AppServer,
    private readonly threadId: string,
    private readonly ended: (settled: boolean) => void,
  ) {}

  start(script: TurnScript, listener: Listener): void {
    this.#listener = listener;
    this.#offers = script.tools.length > 0;
    this.#stopListening = this.server.listen(this.threadId, {
      notified: (method, params) => {
        this.#notified(method, params);
      },
      called: (call) => this.#called(call),
      closed: (error) => {
        this.#end(true);
        this.#listener?.fail(error);
      },
    });
    this.#turnId = this.#begin(script).catch((error: unknown) => {
      this.#end(true);
      this.#listener?.fail(refusal(error));
      return undefined;
    });
  }

  /** The answer was delivered whole: the turn ends by itself. */
  finish(): void {
    this.#listener = undefined;
  }

  /** The answer was delivered, and ends with these calls. */
  hold(callIds: readonly string[]): void {
    this.#listener = undefined;
    this.#held = callIds;
  }

  /** Whether the messages are the results of the calls that it is held for, and nothing else. */
  answers(messages: readonly Message[]): boolean {
    return !this.#over && this.#held !== undefined && resultsOf(this.#held, messages) !== undefined;
  }

  /** Goes on with the results of the calls. */
  resume(messages: readonly Message[], listener: Listener): void {
    const callIds = this.#held ?? [];
    const results = resultsOf(callIds, messages);
    this.#held = undefined;
    this.#listener = listener;
    // In the order of the calls, whatever the client's: the vendor's cache knows one.
    for (const callId of callIds) {
      const result = results?.get(callId) ?? { contentItems: [], success: false };
      const asked = this.#asked.get(callId);
      if (asked) asked.give(result);
      else this.#results.set(callId, result);
      this.#asked.delete(callId);
    }
    // Those that came after the answer was taken to be whole.
    for (const { call } of this.#asked.values()) listener.called(call);
    // It may have come to its end since it was found.
    if (this.#over) listener.fail(new GatewayError('cli_failed', 'Codex CLI ended the turn that waited for the results.'));
  }

  /**
   * Nobody waits any more: the turn is ended at the vendor too.
   *
   * @param by who leaves: nothing where he is not the one who hears
   */
  leave(by?: Listener): void {
    if (by ? this.#listener !== by : !this.#listener && !this.#held) return;
    this.#listener = undefined;
    this.#held = undefined;
    if (!this.#over) void this.#interrupt();
  }

  #notified(method: string, params: TurnParams): void {
    if (method === 'turn/completed') this.#end(true);
    // The CLI has answered a call by itself, and goes on without the client.
    if (this.#held && params.item?.type === 'function_call_output') this.leave();
    this.#listener?.hear(method, params);
  }

  /** @throws JsonRpcError where no functions are offered */
  #called(call: ToolCallParams): Promise<ToolCallResult> {
    const callId = textOf(call.callId) ?? '';
    if (!this.#offers) throw new JsonRpcError(METHOD_NOT_FOUND, 'Method not found');
    const result = this.#results.get(callId);
    if (result) {
      this.#results.delete(callId);
      return Promise.resolve(result);
    }
    this.#listener?.called(call);
    return new Promise((give) => this.#asked.set(callId, { call, give }));
  }

  async #begin(script: TurnScript): Promise<string | undefined> {
    await this.server.inject(this.threadId, script.items);
    if (!this.#listener) {
      this.#end(true);
      return undefined;
    }
    return this.server.startTurn(this.threadId, script);
  }

  /** The CLI has its time to end the turn, whatever it is at. */
  async #interrupt(): Promise<void> {
    this.#timer = setTimeout(() => {
      this.#end(false);
    }, INTERRUPT_MS);
    try {
      const turnId = await this.#turnId;
      if (turnId !== undefined && !this.#over) await this.server.interrupt(this.threadId, turnId, AbortSignal.timeout(INTERRUPT_MS));
    } catch (error) {
      // A turn that has just ended by itself cannot be interrupted.
      this.#end(error instanceof JsonRpcError || error instanceof GatewayError);
    }
  }

  #end(settled: boolean): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#stopListening?.();
    for (const { give } of this.#asked.values()) give({ contentItems: [], success: false });
    this.#asked.clear();
    this.ended(settled);
  }
}

/** What the CLI does not take, it refuses before the turn begins; or what it says is no answer. */
function refusal(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('cli_failed', 'Codex CLI refused the turn.', { cause: error });
}
