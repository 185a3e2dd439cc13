import { Observable } from 'rxjs';
import { type TurnScript } from './encode-turn.js';
import { mapUsage } from './map-usage.js';
import { type RecordedTokens } from './session-file.js';
import { ThoughtText } from './thought-text.js';
import { CancelIgnored } from '../../acp/acp-error.js';
import { type AgentConnection, type PromptResult } from '../../acp/agent-connection.js';
import { AnswerEvents } from '../../acp/answer-events.js';
import { finishReasonOf } from '../../acp/finish-reason.js';
import { readUsage } from '../../acp/read-usage.js';
import { type FinishReason, type StreamEvent } from '../../kernel/stream-event.js';
import { type Usage } from '../../kernel/usage.js';
import { ignoredParameters } from '../cli-parameters.js';
import { type Turn } from '../provider.js';

export interface TurnObserver {
  /** What the CLI has noted of the turn's cost, before the notes are gone. Never rejects. */
  tokens(): Promise<RecordedTokens | undefined>;
  /** The answer was delivered: the session knows the conversation as the client does. */
  answered(): void;
  /** The turn is over for the CLI too; false: it goes on though it was told to end. */
  ended(settled: boolean): void;
  mapError(error: unknown): Error;
}

/** One turn in a session: emits the answer's events; where its subscriber leaves, the turn is cancelled at the vendor too. */
export function converse(agent: AgentConnection, sessionId: string, script: TurnScript, turn: Turn, observer: TurnObserver): Observable<StreamEvent> {
  return new Observable((subscriber) => {
    const abort = new AbortController();
    const answer = new AnswerEvents({ id: sessionId, model: turn.model, warnings: ignoredParameters(turn.request) });
    const thoughts = new ThoughtText();
    let over = false;
    const emit = (events: readonly StreamEvent[]): void => {
      for (const event of events) subscriber.next(event);
    };
    const finish = (result: PromptResult, tokens: RecordedTokens | undefined): void => {
      if (abort.signal.aborted) return;
      const usage = mapUsage(readUsage(result.raw), tokens);
      over = true; // first: whoever leaves at the last event does not cancel the turn
      emit(answer.end(reasonOf(result, usage, answer.begun), usage, script.characters));
      observer.answered();
      subscriber.complete();
    };
    agent
      .prompt(sessionId, script.prompt, {
        signal: abort.signal,
        onUpdate: (update) => {
          emit(answer.accept(thoughts.tidy(update)));
        },
      })
      .then(
        async (result) => {
          const tokens = abort.signal.aborted ? undefined : await observer.tokens();
          observer.ended(true);
          finish(result, tokens);
        },
        (error: unknown) => {
          observer.ended(!(error instanceof CancelIgnored));
          if (!abort.signal.aborted) subscriber.error(observer.mapError(error));
        },
      );
    return () => {
      if (!over) abort.abort(new Error('the turn was cancelled'));
    };
  });
}

/** The CLI calls a prompt that its vendor blocked an end like any other: there is no word and no token then. */
function reasonOf({ stopReason }: PromptResult, usage: Usage | undefined, begun: boolean): FinishReason {
  return !begun && usage?.outputTokens === 0 ? 'content-filter' : finishReasonOf(stopReason);
}
