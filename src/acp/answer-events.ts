import { fieldsOf, textOf } from './read-value.js';
import { type SessionUpdate } from './session-update.js';
import { type FinishReason, type StreamEvent, type StreamStart } from '../kernel/stream-event.js';
import { estimateTokens, type Usage } from '../kernel/usage.js';

type Kind = 'text' | 'reasoning';

const kinds: ReadonlyMap<string, Kind> = new Map([
  ['agent_message_chunk', 'text'],
  ['agent_thought_chunk', 'reasoning'],
]);

/** Makes the events of one answer of an agent's updates: what it says and thinks; all else it tells of itself is left out. */
export class AnswerEvents {
  #started = false;
  #open: Kind | undefined;
  #block = 0;
  /** The message that the text so far belongs to; undefined before any, null where it has no name. */
  #message: string | null | undefined;
  #characters = 0;
  #toolCalls = 0;

  constructor(private readonly start: Omit<StreamStart, 'type'>) {}

  /** Calls of the agent's own tools: a plain completion has none. */
  get toolCalls(): number {
    return this.#toolCalls;
  }

  /** Whether anything was said. */
  get begun(): boolean {
    return this.#started;
  }

  accept(update: SessionUpdate): readonly StreamEvent[] {
    if (update.sessionUpdate === 'tool_call') this.#toolCalls++;
    const kind = kinds.get(update.sessionUpdate);
    const { type, text } = fieldsOf(update['content']);
    if (kind === undefined || type !== 'text' || typeof text !== 'string' || text === '') return [];
    const apart = this.#beginsMessage(kind, update);
    this.#characters += text.length;
    const events = [...this.#begin(), ...this.#switchTo(kind)];
    events.push({ type: `${kind}-delta`, block: this.#block, text: apart ? `\n\n${text}` : text });
    return events;
  }

  /**
   * The end of the answer.
   *
   * @param usage the agent's own figures; where it gave none, a guess is made of the lengths
   * @param inputCharacters of the prompt, for the guess
   */
  end(reason: FinishReason, usage: Usage | undefined, inputCharacters = 0): readonly StreamEvent[] {
    const estimate = { inputTokens: estimateTokens(inputCharacters), outputTokens: estimateTokens(this.#characters), estimated: true };
    return [...this.#begin(), ...this.#close(), { type: 'stream-end', reason, usage: usage ?? estimate }];
  }

  /** An agent may say several things in one turn: they are paragraphs of one answer. */
  #beginsMessage(kind: Kind, update: SessionUpdate): boolean {
    if (kind !== 'text') return false;
    const message = textOf(update['messageId']) ?? null;
    const another = this.#message !== undefined && this.#message !== message;
    this.#message = message;
    return another;
  }

  #begin(): StreamEvent[] {
    if (this.#started) return [];
    this.#started = true;
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
