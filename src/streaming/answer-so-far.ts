import { OpenBlocks } from './open-blocks.js';
import { type FinishReason, type StreamEvent } from '../kernel/stream-event.js';
import { estimateTokens } from '../kernel/usage.js';

/** What was seen of an answer: enough to end it here and now. */
export class AnswerSoFar {
  readonly #blocks = new OpenBlocks();
  #inputTokens: number | undefined;
  #characters = 0;

  /** @param estimateInput a guess at the prompt's tokens, where the provider has not told them yet */
  constructor(private readonly estimateInput: () => number) {}

  see(event: StreamEvent): void {
    this.#blocks.see(event);
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
        this.#characters += event.text.length;
        break;
      case 'tool-call-delta':
        this.#characters += event.json.length;
        break;
      case 'stream-start':
        this.#inputTokens = event.inputTokens;
        break;
      default:
    }
  }

  /** The events that end it: its open blocks' ends and a `stream-end` whose usage is an estimate, for the provider's own figures come only at its own end. */
  end(reason: FinishReason, stopSequence?: string): readonly StreamEvent[] {
    const usage = { inputTokens: this.#inputTokens ?? this.estimateInput(), outputTokens: estimateTokens(this.#characters), estimated: true };
    return [...this.#blocks.close(), { type: 'stream-end', reason, usage, ...(stopSequence === undefined ? {} : { stopSequence }) }];
  }
}
