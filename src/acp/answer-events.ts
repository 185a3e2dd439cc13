import { type SessionUpdate } from './session-update.js';
import { type ToolCall } from '../kernel/message.js';
import { fieldsOf, textOf } from '../kernel/read-value.js';
import { type FinishReason, type StreamEvent, type StreamStart } from '../kernel/stream-event.js';
import { estimateTokens, type Usage } from '../kernel/usage.js';
import { AnswerBlocks } from '../streaming/answer-blocks.js';

const kinds: ReadonlyMap<string, 'text' | 'reasoning'> = new Map([
  ['agent_message_chunk', 'text'],
  ['agent_thought_chunk', 'reasoning'],
]);

/** Makes the events of one answer of an agent's updates: what it says and thinks; all else it tells of itself is left out. */
export class AnswerEvents {
  readonly #blocks: AnswerBlocks;
  #toolCalls = 0;

  constructor(start: Omit<StreamStart, 'type'>) {
    this.#blocks = new AnswerBlocks(start);
  }

  /** Calls of the agent's own tools: a plain completion has none. */
  get toolCalls(): number {
    return this.#toolCalls;
  }

  /** Whether anything was said. */
  get begun(): boolean {
    return this.#blocks.begun;
  }

  accept(update: SessionUpdate): readonly StreamEvent[] {
    if (update.sessionUpdate === 'tool_call') this.#toolCalls++;
    const kind = kinds.get(update.sessionUpdate);
    const { type, text } = fieldsOf(update['content']);
    if (kind === undefined || type !== 'text' || typeof text !== 'string') return [];
    // An agent may say several things in one turn: they are paragraphs of one answer.
    return this.#blocks.say(kind, text, kind === 'text' ? (textOf(update['messageId']) ?? '') : undefined);
  }

  /** A call of a function of the client's: the agent's updates do not tell it apart from its own. */
  call(call: ToolCall): readonly StreamEvent[] {
    return this.#blocks.call(call);
  }

  /**
   * The end of the answer.
   *
   * @param usage the agent's own figures; where it gave none, a guess is made of the lengths
   * @param inputCharacters of the prompt, for the guess
   */
  end(reason: FinishReason, usage: Usage | undefined, inputCharacters = 0): readonly StreamEvent[] {
    const estimate = { inputTokens: estimateTokens(inputCharacters), outputTokens: estimateTokens(this.#blocks.characters), estimated: true };
    return this.#blocks.end(reason, usage ?? estimate);
  }
}
