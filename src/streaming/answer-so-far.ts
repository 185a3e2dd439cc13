import { OpenBlocks } from './open-blocks.js';
import { SpokenTokens } from './spoken-tokens.js';
import { type FinishReason, type StreamEvent } from '../kernel/stream-event.js';
import { type PromptTokens, promptOf, type Usage } from '../kernel/usage.js';

/** What was seen of an answer: enough to end it here and now. */
export class AnswerSoFar {
  readonly #blocks = new OpenBlocks();
  readonly #spoken = new SpokenTokens();
  #prompt: PromptTokens | undefined;

  /** @param estimateInput a guess at the prompt's tokens, where the provider has not told them yet */
  constructor(private readonly estimateInput: () => number) {}

  see(event: StreamEvent): void {
    this.#blocks.see(event);
    this.#spoken.see(event);
    if (event.type === 'stream-start') this.#prompt = promptOf(event);
  }

  /** The events that end it: its open blocks' ends and a `stream-end` whose usage is an estimate, for the provider's own figures come only at its own end. */
  end(reason: FinishReason, stopSequence?: string): readonly StreamEvent[] {
    const usage: Usage = { ...(this.#prompt ?? { inputTokens: this.estimateInput() }), outputTokens: this.#spoken.tokens, estimated: true };
    return [...this.#blocks.close(), { type: 'stream-end', reason, usage, ...(stopSequence === undefined ? {} : { stopSequence }) }];
  }
}
