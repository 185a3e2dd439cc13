import { type Observable, type Subscriber } from 'rxjs';
import { type TurnScript } from './encode-turn.js';
import { type PromptCost } from './prompt-cost.js';
import { type RecordedTokens } from './session-file.js';
import { ThoughtText } from './thought-text.js';
import { type PromptResult } from '../../acp/agent-connection.js';
import { AnswerEvents } from '../../acp/answer-events.js';
import { finishReasonOf } from '../../acp/finish-reason.js';
import { readUsage } from '../../acp/read-usage.js';
import { type PromptListener, type RunningPrompt } from '../../acp/running-prompt.js';
import { type ToolCall } from '../../kernel/message.js';
import { type FinishReason, type StreamEvent } from '../../kernel/stream-event.js';
import { type Usage } from '../../kernel/usage.js';
import { ignoredParameters } from '../cli-parameters.js';
import { hear, resumeWith } from '../held-turn.js';
import { type Turn } from '../provider.js';

export interface TurnObserver {
  /** The chat's session. */
  readonly sessionId: string;
  readonly cost: PromptCost;
  /** What the CLI has noted of its vendor's answers, before the notes are gone. Never rejects. */
  tokens(): Promise<readonly RecordedTokens[]>;
  /** The answer was delivered: the session knows the conversation as the client does. `held`: it waits for the result of the answer's call. */
  answered(held?: RunningPrompt): void;
  mapError(error: unknown): Error;
}

/** One turn in a session: emits the answer's events; where its subscriber leaves, the turn is cancelled at the vendor too. */
export function converse(running: RunningPrompt, script: TurnScript, turn: Turn, observer: TurnObserver): Observable<StreamEvent> {
  const listener = (subscriber: Subscriber<StreamEvent>): AnswerListener => new AnswerListener(running, script, turn, observer, subscriber);
  return hear(running, listener, (by) => {
    running.start(script.prompt, by);
  });
}

/** A turn that goes on with the result of its call; undefined where the request brings anything else: then the turn is ended. */
export function resume(running: RunningPrompt, script: TurnScript, turn: Turn, observer: TurnObserver): Observable<StreamEvent> | undefined {
  return resumeWith(running, turn.request.messages, (subscriber) => new AnswerListener(running, script, turn, observer, subscriber));
}

/** Makes the answer's events of what is heard of a turn. */
class AnswerListener implements PromptListener {
  readonly #answer: AnswerEvents;
  readonly #thoughts = new ThoughtText();

  constructor(
    private readonly running: RunningPrompt,
    private readonly script: TurnScript,
    turn: Turn,
    private readonly observer: TurnObserver,
    private readonly subscriber: Subscriber<StreamEvent>,
  ) {
    this.#answer = new AnswerEvents({ id: observer.sessionId, model: turn.model, warnings: ignoredParameters(turn.request) });
  }

  update(update: Parameters<PromptListener['update']>[0]): void {
    this.#emit(this.#answer.accept(this.#thoughts.tidy(update)));
  }

  called(call: ToolCall): void {
    this.#emit(this.#answer.call(call));
    void this.observer.tokens().then((notes) => {
      if (this.subscriber.closed) return;
      this.running.hold(); // first: whoever leaves at the last event does not cancel the turn
      this.#finish('tool-calls', this.observer.cost.ofCall(notes), this.running);
    });
  }

  async done(result: PromptResult): Promise<void> {
    const notes = await this.observer.tokens();
    if (this.subscriber.closed) return;
    const usage = this.observer.cost.ofEnd(readUsage(result.raw), notes);
    this.#finish(reasonOf(result, usage, this.#answer.begun), usage);
  }

  fail(error: unknown): void {
    this.subscriber.error(this.observer.mapError(error));
  }

  #finish(reason: FinishReason, usage: Usage | undefined, held?: RunningPrompt): void {
    this.#emit(this.#answer.end(reason, usage, this.script.characters));
    this.observer.answered(held);
    this.subscriber.complete();
  }

  #emit(events: readonly StreamEvent[]): void {
    for (const event of events) this.subscriber.next(event);
  }
}

/** The CLI calls a prompt that its vendor blocked an end like any other: there is no word and no token then. */
function reasonOf({ stopReason }: PromptResult, usage: Usage | undefined, begun: boolean): FinishReason {
  return !begun && usage?.outputTokens === 0 ? 'content-filter' : finishReasonOf(stopReason);
}
