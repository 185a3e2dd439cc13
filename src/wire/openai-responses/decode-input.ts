import { decodeContent, decodeTexts } from './decode-content.js';
import { decodeTools } from './decode-tools.js';
import { type ToolTable } from './tool-table.js';
import { clip } from '../clip.js';
import { customArguments } from '../custom-tools/custom-function.js';
import { parameterError } from '../openai-chat/parameter-error.js';
import { readArray, readObject, readOneOf, readOptionalString, readString } from '../openai-chat/read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
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
  if (value !== undefined && !Array.isArray(value)) throw parameterError.wrongType('input', 'a string or an array of items', value);
  const conversation = new Conversation(table);
  readArray(value, 'input').forEach((each, index) => {
    conversation.add(readObject(each, `input[${index}]`), `input[${index}]`);
  });
  return conversation.decoded();
}

interface Answer {
  readonly role: 'assistant';
  readonly reasoning: Reasoning[];
  text: string;
  readonly toolCalls: ToolCall[];
}

class Conversation {
  readonly #system: string[] = [];
  readonly #hosted: string[] = [];
  readonly #messages: Message[] = [];
  /** The answer that the last items belong to: its parts are items of their own. */
  #answer: Answer | undefined;

  constructor(private readonly table: ToolTable) {}

  decoded(): DecodedInput {
    return { system: this.#system, messages: this.#messages.flatMap(withoutNothing), hosted: this.#hosted };
  }

  add(item: JsonObject, path: string): void {
    const type = isAbsent(item['type']) ? 'message' : readString(item['type'], `${path}.type`);
    switch (type) {
      case 'message':
        this.#message(item, path);
        break;
      case 'reasoning':
        this.#open().reasoning.push(...decodeReasoning(item, path));
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
      case 'tool_search_output':
        this.#hosted.push(...decodeTools(item['tools'], `${path}.tools`, this.table));
        break;
      default:
        refuseUnknown(type, path);
    }
  }

  #message(item: JsonObject, path: string): void {
    const at = `${path}.content`;
    switch (readOneOf(item['role'], `${path}.role`, ['user', 'assistant', 'system', 'developer'])) {
      case 'user':
        this.#say({ role: 'user', content: decodeContent(item['content'], at) });
        break;
      case 'assistant':
        this.#open().text += decodeTexts(item['content'], at).join('');
        break;
      default: {
        const text = decodeTexts(item['content'], at).join('');
        if (text !== '') this.#system.push(text);
      }
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

/** What only its vendor can read, or ran, says nothing here. @throws GatewayError for what is none of that */
function refuseUnknown(type: string, path: string): void {
  if (type === 'item_reference') throw parameterError.unsupported(path, "The item is not known here: send it whole, or 'previous_response_id'.");
  if (!vendorItem.test(type)) throw parameterError.invalid(`${path}.type`, `unknown type '${clip(type)}'.`);
}

const vendorItem =
  /^(web_search_call|file_search_call|code_interpreter_call|image_generation_call|tool_search_call|mcp_\w+|compaction\w*|configuration_update|(local_shell|shell|computer|apply_patch)_\w+|program\w*)$/;

/** An answer without words and calls is nothing that a conversation could go on from, whatever was thought. */
function withoutNothing(message: Message): readonly Message[] {
  if (message.role !== 'assistant') return [message];
  const { role, reasoning = [], text, toolCalls } = message;
  if (text === '' && toolCalls.length === 0) return [];
  return [reasoning.length === 0 ? { role, text, toolCalls } : message];
}

/** Nothing where neither the words nor the vendor's proof are there: OpenAI keeps both to itself unless it is asked for them. */
function decodeReasoning(item: JsonObject, path: string): readonly Reasoning[] {
  const paragraphs = [item['summary'], item['content']].flatMap((value, index) => (isAbsent(value) ? [] : decodeTexts(value, `${path}.${index === 0 ? 'summary' : 'content'}`)));
  const text = paragraphs.join('\n\n');
  const signature = readOptionalString(item['encrypted_content'], `${path}.encrypted_content`) ?? '';
  if (signature === '') return text === '' ? [] : [{ text }];
  return [text === '' ? { text, signature, redacted: true } : { text, signature }];
}

function decodeCall(item: JsonObject, path: string, type: 'function_call' | 'custom_tool_call', table: ToolTable): ToolCall {
  const name = table.offeredAs(readString(item['name'], `${path}.name`), readOptionalString(item['namespace'], `${path}.namespace`));
  const callId = readString(item['call_id'], `${path}.call_id`);
  const json = type === 'function_call' ? readString(item['arguments'], `${path}.arguments`) : customArguments(readString(item['input'], `${path}.input`));
  return { callId, name, json };
}
