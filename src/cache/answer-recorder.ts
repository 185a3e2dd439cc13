import { type StreamEnd, type StreamEvent, type StreamStart } from '../kernel/stream-event.js';

/** Characters of an answer that is kept, as JSON. */
export const MAX_ANSWER = 1024 ** 2;

/** Writes down what is said of one answer, as long as it may be kept: what comes in many deltas becomes one. */
export class AnswerRecorder {
  #events: StreamEvent[] = [];
  /** Pieces of the delta that is being heard; it is in `#events` once another event comes. */
  #delta: Extract<StreamEvent, { text: string }> | undefined;
  #pieces: string[] = [];
  #characters = 0;
  #blank = true;
  #unfit = false;

  add(event: StreamEvent): void {
    if (this.#unfit) return;
    if (event.type === 'text-delta' || event.type === 'reasoning-delta') this.#extend(event);
    else if (event.type === 'stream-start') this.#push(withoutHeaders(event));
    // Its result is the client's to give: such an answer is one step of a conversation, and no answer yet.
    else if (event.type === 'tool-call-start') this.#giveUp();
    else {
      this.#flush();
      this.#push(event);
    }
  }

  /** The answer that ends with `end`, which was added; undefined where it is not to be kept: not whole, too long, without a word, or calls. */
  answer({ reason }: StreamEnd): readonly StreamEvent[] | undefined {
    return this.#unfit || this.#blank || reason !== 'stop' ? undefined : this.#events;
  }

  #extend(event: Extract<StreamEvent, { text: string }>): void {
    if (event.text === '') return;
    this.#blank &&= event.type !== 'text-delta' || event.text.trim() === '';
    if (this.#delta?.type !== event.type || this.#delta.block !== event.block) {
      this.#flush();
      this.#delta = event;
    }
    this.#pieces.push(event.text);
    this.#count(event.text.length);
  }

  #push(event: StreamEvent): void {
    this.#events.push(event);
    this.#count(JSON.stringify(event).length);
  }

  #count(characters: number): void {
    this.#characters += characters;
    if (this.#characters > MAX_ANSWER) this.#giveUp();
  }

  #flush(): void {
    if (this.#delta) this.#push({ ...this.#delta, text: this.#pieces.join('') });
    this.#delta = undefined;
    this.#pieces = [];
  }

  #giveUp(): void {
    this.#unfit = true;
    this.#events = [];
    this.#delta = undefined;
    this.#pieces = [];
  }
}

/** A vendor's headers are of the request that it served. */
function withoutHeaders({ type, id, model, warnings, inputTokens }: StreamStart): StreamStart {
  return { type, id, model, warnings, ...(inputTokens === undefined ? {} : { inputTokens }) };
}
