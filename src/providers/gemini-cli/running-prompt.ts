import { randomUUID } from 'node:crypto';
import { type ContentBlock } from '@agentclientprotocol/sdk';
import { CancelIgnored } from '../../acp/acp-error.js';
import { type AgentConnection, type PromptResult } from '../../acp/agent-connection.js';
import { type SessionUpdate } from '../../acp/session-update.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type Message, type ToolCall } from '../../kernel/message.js';
import { canTell } from '../../tool-bridge/mcp.js';
import { type FunctionCall, type ToolSession } from '../../tool-bridge/tool-session.js';

/** Who hears of a prompt at the moment. */
export interface Listener {
  update(update: SessionUpdate): void;
  /** The CLI waits for the result of a function: the answer ends here. */
  called(call: ToolCall): void;
  /** Resolves when what the CLI has noted may go. */
  done(result: PromptResult): Promise<void>;
  fail(error: unknown): void;
}

/** The argument that the CLI adds to every function, for itself. */
const OWN_ARGUMENT = 'wait_for_previous';

/** The CLI's side of a turn. It may be heard several times: it is held where the client has to run a function. */
export class RunningPrompt {
  readonly #abort = new AbortController();
  #listener: Listener | undefined;
  #call: { readonly id: string; readonly waiting: FunctionCall } | undefined;
  #held = false;
  #over = false;

  constructor(
    private readonly agent: AgentConnection,
    private readonly sessionId: string,
    private readonly tools: ToolSession | undefined,
    private readonly ended: (settled: boolean) => void,
  ) {}

  start(prompt: readonly ContentBlock[], listener: Listener): void {
    this.#listener = listener;
    this.tools?.onCall((call) => {
      this.#called(call);
    });
    const onUpdate = (update: SessionUpdate): void => {
      this.#listener?.update(update);
    };
    this.agent.prompt(this.sessionId, prompt, { signal: this.#abort.signal, onUpdate }).then(
      async (result) => {
        const heard = this.#listener;
        this.#end();
        await heard?.done(result);
        this.ended(true);
      },
      (error: unknown) => {
        const heard = this.#listener;
        this.#end();
        this.ended(!(error instanceof CancelIgnored));
        heard?.fail(error);
      },
    );
  }

  /** The answer was delivered, and ends with the call. */
  hold(): void {
    this.#listener = undefined;
    this.#held = true;
  }

  /** Whether the messages are the result of the call that it is held for, and nothing else. */
  answers(messages: readonly Message[]): boolean {
    const [message] = messages;
    if (this.#over || !this.#held || this.#call?.waiting.open !== true || messages.length !== 1) return false;
    return message?.role === 'tool' && message.callId === this.#call.id && canTell(message.content);
  }

  /** Goes on with the result of the call. */
  resume([message]: readonly Message[], listener: Listener): void {
    this.#listener = listener;
    this.#held = false;
    if (this.#over || message?.role !== 'tool') listener.fail(new GatewayError('cli_failed', 'Gemini CLI ended the turn that waited for the result.'));
    else this.#call?.waiting.answer(message.content, message.isError === true);
  }

  /**
   * Nobody waits any more: the turn is cancelled at the vendor too.
   *
   * @param by who leaves: nothing where he is not the one who hears
   */
  leave(by?: Listener): void {
    if (by ? this.#listener !== by : !this.#listener && !this.#held) return;
    this.#listener = undefined;
    this.#held = false;
    if (this.#over) return;
    this.#abort.abort(new Error('the turn was cancelled'));
    // The CLI does not close the request of a call that it waits for.
    this.tools?.close();
  }

  #called(waiting: FunctionCall): void {
    const listener = this.#listener;
    if (!listener) {
      waiting.answer([{ type: 'text', text: 'Not available' }], true);
      return;
    }
    this.#call = { id: `call_${randomUUID().replaceAll('-', '')}`, waiting };
    listener.called({ callId: this.#call.id, name: waiting.name, json: this.#argumentsOf(waiting) });
  }

  #argumentsOf({ name, json }: FunctionCall): string {
    const { [OWN_ARGUMENT]: own, ...rest } = JSON.parse(json) as Record<string, unknown>;
    const properties = this.tools?.tools.find((tool) => tool.name === name)?.parameters?.['properties'] as Record<string, unknown> | undefined;
    return own === undefined || properties?.[OWN_ARGUMENT] !== undefined ? json : JSON.stringify(rest);
  }

  #end(): void {
    this.#over = true;
    this.#listener = undefined;
    this.tools?.onCall(undefined);
  }
}
