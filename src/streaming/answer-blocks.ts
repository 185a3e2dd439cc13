import { type ToolCall } from '../kernel/message.js';
import { type FinishReason, type StreamEvent, type StreamStart } from '../kernel/stream-event.js';
import { type Usage } from '../kernel/usage.js';

type Kind = 'text' | 'reasoning';

/** Makes the events of an answer of what a program says, thinks and calls, piece by piece: the start with the first piece, and a block for each run of one kind. */
export class AnswerBlocks {
  #begun = false;
  #open: Kind | undefined;
  #block = 0;
  /** What the last piece of each kind belonged to. */
  readonly #paragraphs = new Map<Kind, string>();
  #characters = 0;

  constructor(private readonly start: Omit<StreamStart, 'type'>) {}

  /** Whether anything was said. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Of text and reasoning so far: for a guess at the tokens. */
  get characters(): number {
    return this.#characters;
  }

  /** @param paragraph what the piece belongs to: one that differs from the last one's begins a new paragraph */
  say(kind: Kind, text: string, paragraph?: string): StreamEvent[] {
    if (text === '') return [];
    const apart = this.#beginsParagraph(kind, paragraph);
    this.#characters += text.length;
    const events = [...this.#begin(), ...this.#switchTo(kind)];
    events.push({ type: `${kind}-delta`, block: this.#block, text: apart ? `\n\n${text}` : text });
    return events;
  }

  /** A whole function call. */
  call({ callId, name, json }: ToolCall): StreamEvent[] {
    this.#characters += json.length;
    const events = [...this.#begin(), ...this.#close()];
    const block = this.#block++;
    events.push({ type: 'tool-call-start', block, callId, name }, { type: 'tool-call-delta', block, json: json === '' ? '{}' : json }, { type: 'tool-call-end', block });
    return events;
  }

  end(reason: FinishReason, usage: Usage): StreamEvent[] {
    return [...this.#begin(), ...this.#close(), { type: 'stream-end', reason, usage }];
  }

  #beginsParagraph(kind: Kind, paragraph: string | undefined): boolean {
    if (paragraph === undefined) return false;
    const last = this.#paragraphs.get(kind);
    this.#paragraphs.set(kind, paragraph);
    return last !== undefined && last !== paragraph;
  }

  #begin(): StreamEvent[] {
    if (this.#begun) return [];
    this.#begun = true;
    return [{ type: 'stream-start', ...this.start }];
  }

  #switchTo(kind: Kind): StreamEvent[] {
    if (this.#open === kind) return [];
    const events = this.#close();
    this.#open = kind;
    events.push({ type: `${kind}-start`, block: this.#block });
    return events;
  }

  #close(): StreamEvent[] {
    if (this.#open === undefined) return [];
    const end: StreamEvent = { type: `${this.#open}-end`, block: this.#block++ };
    this.#open = undefined;
    return [end];
  }
}
