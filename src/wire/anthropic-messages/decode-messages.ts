import { decodeAssistant, extendAnswer, type OpenAnswer } from './decode-assistant.js';
import { decodePart } from './decode-content.js';
import { decodeSystemMessage, type ToolChange } from './decode-system-message.js';
import { decodeToolResult } from './decode-tool-result.js';
import { readArray, readBlocks, readObject, readOneOf } from './read-value.js';
import { requestError } from './request-error.js';
import { type JsonObject } from '../value-reader.js';
import { type CompletionRequest, type ReasoningEffort } from '../../kernel/completion-request.js';
import { type ContentPart, type Message } from '../../kernel/message.js';

/** A conversation as it was read. */
export interface Conversation extends Pick<CompletionRequest, 'messages'> {
  /** System texts from before the first answer. */
  readonly system: readonly string[];
  /** In order. */
  readonly toolChanges: readonly ToolChange[];
  /** What the turn that is to be answered asks for, where it says so itself. */
  readonly effort: ReasoningEffort | undefined;
}

/**
 * Reads `messages`. System messages that come before the first answer are system texts. A later one stays where it is, as a tagged text of the user: it may speak of
 * what was said before it, and the words before it remain as they were.
 *
 * @throws GatewayError
 */
export function decodeMessages(value: unknown): Conversation {
  const sent = readArray(value, 'messages').map((each, index) => readObject(each, `messages.${index}`));
  if (sent.length === 0) throw requestError.invalid('messages', 'at least one message is required');
  const lastUser = sent.findLastIndex(({ role }) => role === 'user');
  const reader = new ConversationReader();
  sent.forEach((message, index) => {
    reader.add(message, `messages.${index}`, index < lastUser);
  });
  return reader.end();
}

class ConversationReader {
  readonly #system: string[] = [];
  readonly #messages: Message[] = [];
  /** The last answer. It is extended while nothing comes behind it. */
  #answer: OpenAnswer | undefined;
  readonly #toolChanges: ToolChange[] = [];
  /** System texts that came between a call and its results: they are told behind these. */
  #waiting: ContentPart[] = [];
  readonly #openCalls = new Set<string>();
  #answered = false;
  #effort: ReasoningEffort | undefined;
  #lastPath = '';

  /** @param passed whether a message of the user comes later */
  add(message: JsonObject, path: string, passed: boolean): void {
    switch (readOneOf(message['role'], `${path}.role`, ['user', 'assistant', 'system'])) {
      case 'user':
        this.#user(message['content'], path);
        break;
      case 'assistant':
        this.#assistant(decodeAssistant(message['content'], `${path}.content`), path);
        break;
      case 'system':
        this.#systemMessage(message, path, passed);
    }
  }

  end(): Conversation {
    this.#tellWaiting();
    const last = this.#messages.at(-1);
    if (!last) throw requestError.invalid('messages', 'at least one message of the role "user" is required');
    if (last.role === 'assistant') {
      throw requestError.unsupported(this.#lastPath, 'The conversation must end with a user message: an answer that the client began (prefill) cannot be continued here.');
    }
    return { system: this.#system, messages: this.#messages, toolChanges: this.#toolChanges, effort: this.#effort };
  }

  /** Results first, wherever they stand among the words: they answer what was called. */
  #user(content: unknown, path: string): void {
    const parts: ContentPart[] = [];
    let results = 0;
    readBlocks(content, `${path}.content`).forEach((block, index) => {
      const at = `${path}.content.${index}`;
      if (block['type'] !== 'tool_result') {
        parts.push(...decodePart(block, at));
        return;
      }
      const result = decodeToolResult(block, at);
      this.#openCalls.delete(result.callId);
      this.#messages.push(result);
      results++;
    });
    if (parts.length + results === 0) throw requestError.invalid(path, 'user messages must have non-empty content');
    if (results === 0) this.#effort = undefined;
    if (parts.length > 0) this.#messages.push({ role: 'user', content: parts });
    if (this.#openCalls.size === 0) this.#tellWaiting();
  }

  #assistant(answer: OpenAnswer, path: string): void {
    if (answer.text === '' && answer.toolCalls.length === 0 && answer.reasoning === undefined) return;
    this.#tellWaiting();
    this.#answered = true;
    this.#lastPath = path;
    if (this.#answer && this.#messages.at(-1) === this.#answer) extendAnswer(this.#answer, answer);
    else this.#messages.push((this.#answer = answer));
    for (const { callId } of answer.toolCalls) this.#openCalls.add(callId);
  }

  #systemMessage(message: JsonObject, path: string, passed: boolean): void {
    const { texts, toolChanges, effort, fleeting } = decodeSystemMessage(message, path);
    this.#toolChanges.push(...toolChanges);
    this.#effort = effort ?? this.#effort;
    if (fleeting && passed) return;
    if (!this.#answered) {
      this.#system.push(...texts);
      return;
    }
    this.#waiting.push(...texts.map((text): ContentPart => ({ type: 'text', text: `<system-reminder>\n${text}\n</system-reminder>` })));
    if (this.#openCalls.size === 0) this.#tellWaiting();
  }

  #tellWaiting(): void {
    if (this.#waiting.length > 0) this.#messages.push({ role: 'user', content: this.#waiting });
    this.#waiting = [];
  }
}
