import { decodeAssistant } from './decode-assistant.js';
import { decodeContent } from './decode-content.js';
import { decodeTextParts } from './decode-text-parts.js';
import { parameterError } from './parameter-error.js';
import { readArray, readObject, readOneOf, readOptionalString, readString } from './read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type Message } from '../../kernel/message.js';

/** Reads `messages`: the system and developer texts apart from the turns. @throws GatewayError */
export function decodeMessages(value: unknown): Pick<CompletionRequest, 'system' | 'messages'> {
  const sent = readArray(value, 'messages');
  if (sent.length === 0) throw parameterError.invalid('messages', 'empty array. Expected an array with minimum length 1, but got an empty array instead.');
  const conversation = new Conversation();
  sent.forEach((each, index) => {
    conversation.add(each, `messages[${index}]`);
  });
  return conversation.end();
}

class Conversation {
  readonly #system: string[] = [];
  readonly #messages: Message[] = [];
  #lastPath = '';

  add(value: unknown, path: string): void {
    const sent = readObject(value, path);
    readOptionalString(sent['name'], `${path}.name`);
    switch (readOneOf(sent['role'], `${path}.role`, ROLES)) {
      case 'system':
      case 'developer':
        this.#system.push(...decodeTextParts(sent['content'], `${path}.content`).filter((text) => text !== ''));
        break;
      case 'user':
        this.#turn({ role: 'user', content: decodeContent(sent['content'], `${path}.content`) }, path);
        break;
      case 'assistant':
        this.#assistant(sent, path);
        break;
      case 'tool':
        this.#tool(sent, path);
        break;
      case 'function':
        throw parameterError.unsupported(`${path}.role`, "Messages with role 'function' are deprecated: use 'tools' and messages with role 'tool' instead.");
    }
  }

  end(): Pick<CompletionRequest, 'system' | 'messages'> {
    const last = this.#messages.at(-1);
    if (!last) throw parameterError.invalid('messages', "no turn to answer. Expected at least one message with role 'user'.");
    if (last.role === 'assistant') {
      throw parameterError.unsupported(
        this.#lastPath,
        "The conversation must end with a message of role 'user' or 'tool': an answer cannot be continued from a message of role 'assistant'.",
      );
    }
    return { system: this.#system, messages: this.#messages };
  }

  #turn(message: Message, path: string): void {
    this.#messages.push(message);
    this.#lastPath = path;
  }

  #assistant(sent: JsonObject, path: string): void {
    if (!isAbsent(sent['function_call'])) throw parameterError.unsupported(`${path}.function_call`, "It is deprecated: use 'tool_calls' instead.");
    this.#turn(decodeAssistant(sent, path), path);
  }

  #tool(sent: JsonObject, path: string): void {
    const callId = readString(sent['tool_call_id'], `${path}.tool_call_id`);
    this.#turn({ role: 'tool', callId, content: decodeContent(sent['content'], `${path}.content`) }, path);
  }
}

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const;
