import { type ContentBlock } from '@agentclientprotocol/sdk';
import { randomUUID } from 'node:crypto';
import { CancelIgnored } from './acp-error.js';
import { type AgentConnection, type PromptResult } from './agent-connection.js';
import { isOwnTool } from './own-tools.js';
import { type SessionUpdate } from './session-update.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Message, type ToolCall } from '../kernel/message.js';
import { textOf } from '../kernel/read-value.js';
import { canTell } from '../tool-bridge/mcp.js';
import { type FunctionCall, type ToolSession } from '../tool-bridge/tool-session.js';

/** Calls come over another way than words: one waits so long for the agent to announce it, behind the words that were said before. */
const ANNOUNCED_WITHIN_MS = 250;
/** Agents give up on a call after ten minutes. */
const MAX_HELD_MS = 9 * 60_000;
/** Updates that wait while nobody listens. Where there are more the turn is given up: none may be missing from an answer. */
const MAX_UPDATES = 1000;

/** Who hears of a prompt at the moment. None of it may throw. */
export interface PromptListener {
  update(update: SessionUpdate): void;
  /** The agent waits for the result of a function: the answer ends here. */
  called(call: ToolCall): void;
  /** Resolves when what the agent has noted may go. */
  done(result: PromptResult): Promise<void> | void;
  fail(error: unknown): void;
}

export interface RunningPromptOptions {
  /** Names the agent in errors. */
  readonly name: string;
  readonly sessionId: string;
  /** The functions that the session knows. Closed where the prompt is given up or fails. */
  readonly tools: ToolSession | undefined;
  readonly cancelGraceMs?: number;
  /** The arguments of a call as the client is told them. */
  readonly argumentsOf?: (call: FunctionCall) => string;
  /** It is over for the agent too; false: it goes on though it was told to end. */
  readonly ended: (settled: boolean) => void;
}

interface Waiting {
  readonly call: FunctionCall;
  /** How many calls came before it, itself counted. */
  readonly number: number;
  /** Nobody announces it. */
  late: boolean;
}

/**
 * The agent's side of a turn. It may be heard several times: it is held wherever the client has to run a function. Functions that are called at once are told one
 * after the other, an answer each: nothing says which call is the last.
 */
export class RunningPrompt {
  readonly #abort = new AbortController();
  readonly #updates: SessionUpdate[] = [];
  readonly #announced = new Set<string>();
  readonly #calls: Waiting[] = [];
  #number = 0;
  #listener: PromptListener | undefined;
  /** The call that the client was told of. */
  #told: { readonly id: string; readonly call: FunctionCall } | undefined;
  #limit: NodeJS.Timeout | undefined;
  #held = false;
  #over = false;

  constructor(
    private readonly agent: AgentConnection,
    private readonly options: RunningPromptOptions,
  ) {}

  /** Whether it was given up. */
  get cancelled(): boolean {
    return this.#abort.signal.aborted;
  }

  start(prompt: readonly ContentBlock[], listener: PromptListener): void {
    const { sessionId, tools, cancelGraceMs } = this.options;
    this.#listener = listener;
    tools?.onCall((call) => {
      this.#called(call);
    });
    const onUpdate = (update: SessionUpdate): void => {
      this.#updated(update);
    };
    this.agent.prompt(sessionId, prompt, { signal: this.#abort.signal, onUpdate, ...(cancelGraceMs === undefined ? {} : { cancelGraceMs }) }).then(
      (result) => this.#done(result),
      (error: unknown) => {
        this.#failed(error);
      },
    );
  }

  /** The answer was delivered, and ends with the call. */
  hold(): void {
    this.#listener = undefined;
    this.#held = true;
    this.#limit = setTimeout(() => {
      this.leave();
    }, MAX_HELD_MS).unref();
  }

  /** Whether the messages are the result of the call that it is held for, and nothing else. */
  answers(messages: readonly Message[]): boolean {
    const [message] = messages;
    if (this.#over || !this.#held || this.#told?.call.open !== true || messages.length !== 1) return false;
    return message?.role === 'tool' && message.callId === this.#told.id && canTell(message.content);
  }

  /** Goes on with the result of the call, which {@link answers}. */
  resume([message]: readonly Message[], listener: PromptListener): void {
    clearTimeout(this.#limit);
    this.#held = false;
    if (this.#over || message?.role !== 'tool') {
      listener.fail(new GatewayError('cli_failed', `${this.options.name} ended the turn that waited for the result.`));
      return;
    }
    this.#listener = listener;
    this.#told?.call.answer(message.content, message.isError === true);
    this.#told = undefined;
    for (const update of this.#updates.splice(0)) listener.update(update);
    this.#look();
  }

  /**
   * Nobody waits any more: the turn is cancelled at the vendor too.
   *
   * @param by who leaves: nothing where he is not the one who hears
   */
  leave(by?: PromptListener): void {
    if (by ? this.#listener !== by : !this.#listener && !this.#held) return;
    clearTimeout(this.#limit);
    this.#listener = undefined;
    this.#held = false;
    this.#updates.length = 0;
    if (this.#over) this.options.tools?.close();
    else this.#abort.abort(new Error('the turn was cancelled'));
  }

  #updated(update: SessionUpdate): void {
    const { tools } = this.options;
    if (tools && update.sessionUpdate === 'tool_call' && isOwnTool(tools, { title: update['title'], kind: update['kind'] })) {
      this.#announced.add(textOf(update['toolCallId']) ?? '');
      this.#look();
      return;
    }
    if (this.#listener) this.#listener.update(update);
    else if (this.#held && this.#updates.push(update) > MAX_UPDATES) this.leave();
  }

  #called(call: FunctionCall): void {
    const waiting: Waiting = { call, number: ++this.#number, late: false };
    this.#calls.push(waiting);
    setTimeout(() => {
      waiting.late = true;
      this.#look();
    }, ANNOUNCED_WITHIN_MS).unref();
    this.#look();
  }

  /** Tells the next call, where somebody listens and all that was said before it has arrived. */
  #look(): void {
    if (!this.#listener || this.#told) return;
    while (this.#calls[0]?.call.open === false) this.#calls.shift();
    const [next] = this.#calls;
    if (!next || (!next.late && next.number > this.#announced.size)) return;
    this.#calls.shift();
    const { call } = next;
    this.#told = { id: `call_${randomUUID().replaceAll('-', '')}`, call };
    this.#listener.called({ callId: this.#told.id, name: call.name, json: this.options.argumentsOf?.(call) ?? call.json });
  }

  async #done(result: PromptResult): Promise<void> {
    const { tools, name, ended } = this.options;
    if (tools?.listed === false) {
      // It never will again: one invented call can leave Gemini CLI so, for every chat of the process.
      this.#failed(new GatewayError('cli_failed', `${name} did not ask for the functions of the request.`), false);
      return;
    }
    const heard = this.#end();
    await heard?.done(result);
    ended(true);
  }

  /** @param settled whether the agent is fit for a further turn */
  #failed(error: unknown, settled = !(error instanceof CancelIgnored)): void {
    const heard = this.#end();
    this.options.tools?.close();
    this.options.ended(settled);
    heard?.fail(error);
  }

  /** @returns who hears of it */
  #end(): PromptListener | undefined {
    const heard = this.#listener;
    const { tools } = this.options;
    clearTimeout(this.#limit);
    this.#over = true;
    this.#listener = undefined;
    tools?.onCall(undefined);
    // An agent that gives a turn up does not close the request of a call that it waited for.
    if (this.cancelled) tools?.close();
    return heard;
  }
}
