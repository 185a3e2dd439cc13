import { parameterError } from './parameter-error.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type ContentPart, type ImageDetail, type Message, type ToolCall } from '../../kernel/message.js';

/** Writes the system texts, then the turns. @throws GatewayError `unsupported_parameter` that names an audio part */
export function encodeMessages({ system, messages }: Pick<CompletionRequest, 'system' | 'messages'>): readonly object[] {
  const turns = new Turns();
  for (const message of messages) turns.add(message);
  return [...system.map((content) => ({ role: 'system', content })), ...turns.end()];
}

/** A tool message holds text alone, and nothing may stand between two of them: what a result shows beside its words comes from the user, behind the last of them. */
class Turns {
  readonly #written: object[] = [];
  #shown: object[] = [];
  #calls: readonly ToolCall[] = [];

  add(message: Message): void {
    if (message.role === 'tool') {
      this.#result(message);
      return;
    }
    this.#show();
    if (message.role === 'assistant') this.#calls = message.toolCalls;
    this.#written.push(encodeMessage(message));
  }

  end(): readonly object[] {
    this.#show();
    return this.#written;
  }

  #result({ callId, content }: Extract<Message, { role: 'tool' }>): void {
    const media = content.filter(({ type }) => type !== 'text');
    if (media.length === 0) {
      this.#written.push({ role: 'tool', tool_call_id: callId, content: encodeContent(content) });
      return;
    }
    const texts = content.filter((part) => part.type === 'text' && part.text !== '');
    this.#written.push({ role: 'tool', tool_call_id: callId, content: texts.length === 0 ? SHOWN_BELOW : encodeContent(texts) });
    const name = this.#calls.find((call) => call.callId === callId)?.name;
    this.#shown.push({ type: 'text', text: `Part of the result of the tool call ${callId}${name === undefined ? '' : ` (${name})`}:` }, ...media.map(encodePart));
  }

  #show(): void {
    if (this.#shown.length > 0) this.#written.push({ role: 'user', content: this.#shown });
    this.#shown = [];
  }
}

const SHOWN_BELOW = 'The result is in the message of the user that follows.';

function encodeMessage(message: Exclude<Message, { role: 'tool' }>): object {
  if (message.role === 'user') return { role: 'user', content: encodeContent(message.content) };
  return {
    role: 'assistant',
    content: message.text === '' && message.toolCalls.length > 0 ? null : message.text,
    ...(message.toolCalls.length === 0 ? {} : { tool_calls: message.toolCalls.map(encodeToolCall) }),
  };
}

/** A lone text as a string: some servers take nothing else. */
function encodeContent(content: readonly ContentPart[]): unknown {
  const [only] = content;
  return content.length === 1 && only?.type === 'text' ? only.text : content.map(encodePart);
}

function encodePart(part: ContentPart): object {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return encodeImage(dataUrl(part), part.detail);
    case 'image-url':
      return encodeImage(part.url, part.detail);
    case 'file':
      return { type: 'file', file: { filename: part.filename ?? 'file', file_data: dataUrl(part) } };
    case 'audio':
      throw parameterError.unsupported(part.param, 'Audio cannot be passed on here.');
  }
}

function encodeImage(url: string, detail: ImageDetail | undefined): object {
  return { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } };
}

function dataUrl({ mediaType, data }: { readonly mediaType: string; readonly data: string }): string {
  return `data:${mediaType};base64,${data}`;
}

function encodeToolCall({ callId, name, json }: ToolCall): object {
  return { id: callId, type: 'function', function: { name, arguments: json } };
}
