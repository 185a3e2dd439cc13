import { type ContentBlock } from '@agentclientprotocol/sdk';
import { Observable } from 'rxjs';
import { type OpenAgent } from './agent-processes.js';
import { mapError } from './map-error.js';
import { AcpError, NOT_FOUND } from '../../acp/acp-error.js';
import { AnswerEvents } from '../../acp/answer-events.js';
import { finishReasonOf } from '../../acp/finish-reason.js';
import { readUsage } from '../../acp/read-usage.js';
import { type Flow } from '../../kernel/flow.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent, type StreamStart } from '../../kernel/stream-event.js';

/** With the child's own grace after it, a process that does not listen is gone within two seconds. */
const CANCEL_GRACE_MS = 700;
/** What some agents say of a session that they do not know. */
const INVALID_PARAMS = -32602;

export interface AgentTurn {
  readonly label: string;
  readonly blocks: readonly ContentBlock[];
  readonly start: Omit<StreamStart, 'type'>;
  /** Of the whole conversation, for the estimate of its tokens. */
  readonly characters: number;
  readonly flow: Flow;
}

/** The answer was delivered; the process is the receiver's. `counted`: whether the agent counted its tokens. */
export type Answered = (facts: { readonly counted: boolean }) => void;

/**
 * One turn of an agent: emits the answer's events, completes at its end and errors where the turn fails; the process is ended then, and when the
 * subscriber leaves.
 */
export function converse({ child, connection, session, acts }: OpenAgent, { label, blocks, start, characters, flow }: AgentTurn, answered: Answered): Observable<StreamEvent> {
  return new Observable((subscriber) => {
    const answer = new AnswerEvents(start);
    const abort = new AbortController();
    let over = false;
    const end = (): void => {
      over = true; // first: whoever leaves at the last event does not cancel the turn
      connection.flow.resume();
    };
    flow.onChange((paused) => {
      if (paused && !over) connection.flow.pause();
      else connection.flow.resume();
    });
    const turn = connection.prompt(session.id, blocks, {
      onUpdate: (update) => {
        if (update.sessionUpdate === 'tool_call') acts.add(update.sessionUpdate);
        for (const event of answer.accept(update)) subscriber.next(event);
      },
      signal: abort.signal,
      cancelGraceMs: CANCEL_GRACE_MS,
    });
    turn.then(
      ({ stopReason, raw }) => {
        if (over) {
          void child.end('cancelled', { gentle: false });
          return;
        }
        end();
        if (stopReason === 'cancelled') {
          void child.end('failed', { gentle: false });
          subscriber.error(new GatewayError('cli_failed', `${label} gave the turn up.`));
          return;
        }
        const usage = readUsage(raw);
        for (const event of answer.end(finishReasonOf(stopReason), usage, characters)) subscriber.next(event);
        answered({ counted: usage !== undefined });
        subscriber.complete();
      },
      (error: unknown) => {
        void child.end(over ? 'cancelled' : 'failed', { gentle: false });
        if (over) return;
        end();
        subscriber.error(mapError(error, label));
      },
    );
    return () => {
      if (over) return;
      end();
      abort.abort();
    };
  });
}

/** Whether the process failed, or does not know its session any more, not the turn: another process may do better. */
export function isProcessFailure(error: unknown): boolean {
  if (!(error instanceof GatewayError) || error.code !== 'cli_failed') return false;
  return !(error.cause instanceof AcpError) || error.cause.code === NOT_FOUND || error.cause.code === INVALID_PARAMS;
}
