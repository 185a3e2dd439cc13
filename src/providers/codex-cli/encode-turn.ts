import { imageUrl } from './image-url.js';
import { ToolNames } from './tool-names.js';
import { encodeOutput } from './tool-results.js';
import { type CompletionRequest, type FunctionTool } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { nestsDeeper } from '../../kernel/json-depth.js';
import { type ContentPart, type Message, newTurnOf } from '../../kernel/message.js';
import { refuseUnsupported } from '../cli-parameters.js';
import { offeredTools, toolInstruction } from '../tool-choice.js';
import { NAME } from './launch.js';

/** A raw item of OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses/create#responses-create-input). */
type Item = Readonly<Record<string, unknown>>;

/** What the CLI takes as a user's own words in a turn. */
type Input = { readonly type: 'text'; readonly text: string } | { readonly type: 'image'; readonly url: string };

/** A turn for a thread: what is put into it, and what is then said. */
export interface TurnScript {
  /** What a fresh thread is made with: instructions and functions, by the names that the CLI takes. */
  readonly instructions: string;
  readonly tools: readonly FunctionTool[];
  readonly names: ToolNames;
  /** What came before the last words. */
  readonly items: readonly Item[];
  /** The last words; empty where the conversation ends with a tool's result. */
  readonly input: readonly Input[];
  readonly effort: string | undefined;
  /** What the answer has to keep to. */
  readonly schema: object | undefined;
}

/** The whole conversation, for a fresh thread. @throws GatewayError for what the CLI cannot take */
export function encodeConversation(request: CompletionRequest): TurnScript {
  refuseUnsupported(NAME, request);
  refuseDeep(request);
  const { system, messages, tools, toolChoice, reasoningEffort, responseFormat } = request;
  const names = new ToolNames(offeredTools(request));
  return {
    instructions: [...system, toolInstruction({ tools, toolChoice: typeof toolChoice === 'string' ? toolChoice : { name: names.taken(toolChoice.name) } }) ?? '']
      .filter((text) => text.trim() !== '')
      .join('\n\n'),
    tools: names.tools,
    names,
    ...encodeMessages(messages, names),
    effort: reasoningEffort,
    schema: responseFormat.type === 'json-schema' ? responseFormat.schema : undefined,
  };
}

/** The CLI reads JSON to a depth of 127, its own envelope included, and drops a message that nests deeper without a word. */
const MAX_DEPTH = 100;

function refuseDeep({ tools, responseFormat }: CompletionRequest): void {
  const deep = (value: object): boolean => nestsDeeper(Buffer.from(JSON.stringify(value)), MAX_DEPTH);
  const refusal = (what: string, param: string): GatewayError =>
    new GatewayError('invalid_parameter', `${NAME} takes no schema that nests more than ${MAX_DEPTH} levels deep: ${what}.`, { param });
  const tool = tools.find(({ parameters }) => parameters !== undefined && deep(parameters));
  if (tool) throw refusal(`the function "${tool.name.slice(0, 80)}"`, 'tools');
  if (responseFormat.type === 'json-schema' && deep(responseFormat.schema)) throw refusal("the answer's", 'response_format');
}

/** What follows the last answer, for the thread that knows the rest. @throws GatewayError for what the CLI cannot take */
export function encodeNextTurn(request: CompletionRequest): TurnScript {
  return encodeConversation({ ...request, messages: newTurnOf(request.messages) });
}

function encodeMessages(messages: readonly Message[], names: ToolNames): Pick<TurnScript, 'items' | 'input'> {
  const last = messages.at(-1);
  const before = last?.role === 'user' ? messages.slice(0, -1) : messages;
  return { items: before.flatMap((message) => encodeMessage(message, names)), input: last?.role === 'user' ? last.content.map(encodeInput) : [] };
}

function encodeMessage(message: Message, names: ToolNames): Item[] {
  switch (message.role) {
    case 'user':
      return [{ type: 'message', role: 'user', content: message.content.map(encodePart) }];
    case 'assistant':
      return [
        ...(message.text === '' ? [] : [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: message.text }] }]),
        ...message.toolCalls.map(({ callId, name, json }) => ({ type: 'function_call', call_id: callId, name: names.taken(name), arguments: json })),
      ];
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.callId, output: encodeOutput(message.content) }];
  }
}

function encodePart(part: ContentPart): Item {
  return part.type === 'text' ? { type: 'input_text', text: part.text } : { type: 'input_image', image_url: imageUrl(part) };
}

function encodeInput(part: ContentPart): Input {
  return part.type === 'text' ? { type: 'text', text: part.text } : { type: 'image', url: imageUrl(part) };
}
