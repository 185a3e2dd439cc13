import { decodeContent, decodeText } from './decode-content.js';
import { decodeTools } from './decode-tools.js';
import { type ToolTable } from './tool-table.js';
import { parameterError } from '../openai-chat/parameter-error.js';
import { isAbsent, type JsonObject, readArray, readObject, readOneOf, readOptionalString, readString } from '../openai-chat/read-value.js';
import { type Message, type Reasoning, type ToolCall } from '../../kernel/message.js';

/** What was read of `input`. */
export interface DecodedInput {
  readonly system: readonly string[];
  readonly messages: readonly Message[];
  /** Types of the tools that were given there and left out. */
  readonly hosted: readonly string[];
}

/** Reads `input`: a text, or items. Tools that newer clients give as an item go into the table. @throws GatewayError that names the item */
export function decodeInput(value: unknown, table: ToolTable): DecodedInput {
  if (typeof value === 'string') return { system: [], messages: [{ role: 'user', content: [{ type: 'text', text: readString(value, 'input') }] }], hosted: [] };
  const conversation = new Conversation(table);
  readArray(value, 'input').forEach((each, index) => {
    conversation.add(readObject(each, `input[${index}]`), `input[${index}]`);
  });
  return conversation;
}

interface Answer {
  readonly role: 'assistant';
  readonly reasoning: Reasoning[];
  text: string;
  readonly toolCalls: ToolCall[];
}

class Conversation implements DecodedInput {
  readonly system: string[] = [];
  readonly hosted: string[] = [];
  readonly #messages: Message[] = [];
  /** The answer that the last items belong to: its parts are items of their own. */
  #answer: Answer | undefined;

  constructor(private readonly table: ToolTable) {}

  get messages(): readonly Message[] {
    return this.#messages.map((message) => (message.role === 'assistant' && message.reasoning?.length === 0 ? withoutReasoning(message) : message));
  }

  add(item: JsonObject, path: string): void {
    const type = isAbsent(item['type']) ? 'message' : readString(item['type'], `${path}.type`);
    switch (type) {
      case 'message':
        this.#message(item, path);
        break;
      case 'reasoning':
        this.#open().reasoning.push(decodeReasoning(item, path));
        break;
      case 'function_call':
      case 'custom_tool_call':
        this.#open().toolCalls.push(decodeCall(item, path, type, this.table));
        break;
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.#say({ role: 'tool', callId: readString(item['call_id'], `${path}.call_id`), content: decodeContent(item['output'], `${path}.output`) });
        break;
      case 'additional_tools':
        this.hosted.push(...decodeTools(item['tools'], `${path}.tools`, this.table));
        break;
      default:
        this.#other(type, path);
    }
  }

  #message(item: JsonObject, path: string): void {
    const at = `${path}.content`;
    switch (readOneOf(item['role'], `${path}.role`, ['user', 'assistant', 'system', 'developer'])) {
      case 'user':
        this.#say({ role: 'user', content: decodeContent(item['content'], at) });
        break;
      case 'assistant':
        this.#open().text += decodeText(item['content'], at);
        break;
      default: {
        const text = decodeText(item['content'], at);
        if (text !== '') this.system.push(text);
      }
    }
  }

  /** What only its vendor can read, or ran, says nothing here; a reference needs the answer that it leads to. */
  #other(type: string, path: string): void {
    if (type === 'item_reference') throw parameterError.unsupported(path, "Items cannot be referred to: send them, or 'previous_response_id'.");
    if (
      !/^(web_search_call|file_search_call|code_interpreter_call|image_generation_call|mcp_\w+|compaction|configuration_update|local_shell_\w+|shell_\w+|computer_\w+)$/.test(type)
    ) {
      throw parameterError.invalid(`${path}.type`, `unknown type '${type.slice(0, 60)}'.`);
    }
  }

  #open(): Answer {
    if (this.#answer) return this.#answer;
    const answer: Answer = { role: 'assistant', reasoning: [], text: '', toolCalls: [] };
    this.#messages.push(answer);
    return (this.#answer = answer);
  }

  #say(message: Message): void {
    this.#answer = undefined;
    this.#messages.push(message);
  }
}

function withoutReasoning({ role, text, toolCalls }: Extract<Message, { role: 'assistant' }>): Message {
  return { role, text, toolCalls };
}

function decodeReasoning(item: JsonObject, path: string): Reasoning {
  const summary = isAbsent(item['summary']) ? [] : readArray(item['summary'], `${path}.summary`);
  const text = summary.map((each, index) => readString(readObject(each, `${path}.summary[${index}]`)['text'], `${path}.summary[${index}].text`)).join('\n\n');
  const signature = readOptionalString(item['encrypted_content'], `${path}.encrypted_content`);
  if (signature === undefined || signature === '') return { text };
  return text === '' ? { text, signature, redacted: true } : { text, signature };
}

function decodeCall(item: JsonObject, path: string, type: 'function_call' | 'custom_tool_call', table: ToolTable): ToolCall {
  const name = table.offeredAs(readString(item['name'], `${path}.name`), readOptionalString(item['namespace'], `${path}.namespace`));
  const callId = readString(item['call_id'], `${path}.call_id`);
  // A custom tool was offered as a function with one string: its call is told in the same words.
  const json = type === 'function_call' ? readString(item['arguments'], `${path}.arguments`) : JSON.stringify({ input: readString(item['input'], `${path}.input`) });
  return { callId, name, json };
}
