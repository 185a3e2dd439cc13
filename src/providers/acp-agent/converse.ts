import { type ContentBlock } from '@agentclientprotocol/sdk';
import { defer, type Observable, type Subscriber } from 'rxjs';
import { type HeldPrompt, type OpenAgent } from './agent-processes.js';
import { mapError } from './map-error.js';
import { restOf, sumOf } from './spent.js';
import { AcpError, NOT_FOUND } from '../../acp/acp-error.js';
import { type PromptResult } from '../../acp/agent-connection.js';
import { AnswerEvents } from '../../acp/answer-events.js';
import { finishReasonOf } from '../../acp/finish-reason.js';
import { readUsage } from '../../acp/read-usage.js';
import { type PromptListener, RunningPrompt } from '../../acp/running-prompt.js';
import { type SessionUpdate } from '../../acp/session-update.js';
import { type Flow } from '../../kernel/flow.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type Message, type ToolCall } from '../../kernel/message.js';
import { type StreamEvent, type StreamStart } from '../../kernel/stream-event.js';
import { hear, resumeWith } from '../held-turn.js';

/** With the child's own grace after it, a process that does not listen is gone within two seconds. */
const CANCEL_GRACE_MS = 700;
/** What some agents say of a session that they do not know. */
const INVALID_PARAMS = -32602;

export interface AgentTurn {
  readonly label: string;
  readonly start: Omit<StreamStart, 'type'>;
  /** Of the whole conversation, for the estimate of its tokens. */
  readonly characters: number;
  readonly flow: Flow;
  /** The answer was delivered; the process is the receiver's. `counted`: whether the agent counted its tokens. `held`: it waits for the result of the answer's call. */
  readonly answered: (facts: { readonly counted: boolean; readonly held?: HeldPrompt }) => void;
}

/**
 * One turn of an agent: emits the answer's events, completes at its end and errors where the turn fails; the process is ended then, and when the
 * subscriber leaves.
 */
export function converse(agent: OpenAgent, blocks: readonly ContentBlock[], turn: AgentTurn): Observable<StreamEvent> {
  return defer(() => {
    const { child, connection, session, tools } = agent;
    const running = new RunningPrompt(connection, {
      name: turn.label,
      sessionId: session.id,
      tools,
      cancelGraceMs: CANCEL_GRACE_MS,
      ended: () => {
        if (running.cancelled) void child.end('cancelled', { gentle: false });
      },
    });
    const listener = (subscriber: Subscriber<StreamEvent>): AnswerListener => new AnswerListener(agent, { running, spent: undefined }, turn, subscriber);
    return hear(running, listener, (by) => {
      running.start(blocks, by);
    });
  });
}

/** A turn that goes on with the result of its call; undefined where the conversation brings anything else: then the turn is ended. */
export function resume(agent: OpenAgent, held: HeldPrompt, messages: readonly Message[], turn: AgentTurn): Observable<StreamEvent> | undefined {
  return resumeWith(held.running, messages, (subscriber) => new AnswerListener(agent, held, turn, subscriber));
}

/** Makes the answer's events of what is heard of a turn. */
class AnswerListener implements PromptListener {
  readonly #answer: AnswerEvents;
  #over = false;

  constructor(
    private readonly agent: OpenAgent,
    private readonly prompt: HeldPrompt,
    private readonly turn: AgentTurn,
    private readonly subscriber: Subscriber<StreamEvent>,
  ) {
    this.#answer = new AnswerEvents(turn.start);
    const { flow } = agent.connection;
    turn.flow.onChange((paused) => {
      if (paused && !this.#over) flow.pause();
      else flow.resume();
    });
    subscriber.add(() => {
      this.#end();
    });
  }

  update(update: SessionUpdate): void {
    if (update.sessionUpdate === 'tool_call') this.agent.acts.add(update.sessionUpdate);
    this.#emit(this.#answer.accept(update));
  }

  called(call: ToolCall): void {
    const { running, spent } = this.prompt;
    running.hold(); // first: whoever leaves at the last event does not cancel the turn
    this.#emit(this.#answer.call(call));
    // Agents count at the end of their turn alone.
    const events = this.#answer.end('tool-calls', undefined, this.turn.characters);
    this.#emit(events);
    this.turn.answered({ counted: false, held: { running, spent: sumOf(spent, events) } });
    this.subscriber.complete();
  }

  done({ stopReason, raw }: PromptResult): void {
    if (stopReason === 'cancelled') {
      void this.agent.child.end('failed', { gentle: false });
      this.subscriber.error(new GatewayError('cli_failed', `${this.turn.label} gave the turn up.`));
      return;
    }
    const usage = readUsage(raw);
    this.#emit(this.#answer.end(finishReasonOf(stopReason), usage && restOf(usage, this.prompt.spent), this.turn.characters));
    this.turn.answered({ counted: usage !== undefined });
    this.subscriber.complete();
  }

  fail(error: unknown): void {
    void this.agent.child.end('failed', { gentle: false });
    this.subscriber.error(mapError(error, this.turn.label));
  }

  /** Of the answer: the process's output is nobody's to pause any more. */
  #end(): void {
    this.#over = true;
    this.agent.connection.flow.resume();
  }

  #emit(events: readonly StreamEvent[]): void {
    for (const event of events) this.subscriber.next(event);
  }
}

/** Whether the process failed, or does not know its session any more, not the turn: another process may do better. */
export function isProcessFailure(error: unknown): boolean {
  if (!(error instanceof GatewayError) || error.code !== 'cli_failed') return false;
  return !(error.cause instanceof AcpError) || error.cause.code === NOT_FOUND || error.cause.code === INVALID_PARAMS;
}
