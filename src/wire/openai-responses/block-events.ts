import { CustomInput } from '../custom-tools/custom-input.js';
import { callItem, itemId, type ItemPlace, type ItemStatus, messageItem, type OutputItem, reasoningItem, textPart } from './output-items.js';
import { type GivenTool, type ToolTable } from './tool-table.js';
import { isJson } from '../../kernel/is-json.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

/** An event without its place in the stream. */
export interface BlockEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** One item of an answer, as it grows. */
export interface GrowingItem {
  /** Whether it may be all that was to be told of it. */
  readonly whole: boolean;
  /** As it is now. */
  item(): OutputItem;
  begin(): BlockEvent[];
  add(piece: string): BlockEvent[];
  /** @param status `incomplete` where the answer was cut within it */
  end(event: StreamEvent, status: EndStatus): BlockEvent[];
}

export type EndStatus = Exclude<ItemStatus, 'in_progress'>;

/** The item of a block that begins. */
export function itemFor(event: StreamEvent, place: ItemPlace, tools: ToolTable): GrowingItem | undefined {
  switch (event.type) {
    case 'text-start':
      return new MessageItem(place);
    case 'reasoning-start':
      return new ReasoningItem(place);
    case 'tool-call-start':
      return new CallItem(place, event, tools.given(event.name));
    default:
      return undefined;
  }
}

const added = (index: number, item: OutputItem): BlockEvent => ({ type: 'response.output_item.added', output_index: index, item });
const done = (index: number, item: OutputItem): BlockEvent => ({ type: 'response.output_item.done', output_index: index, item });

class MessageItem implements GrowingItem {
  readonly whole = true;
  readonly #id: string;
  readonly #index: number;
  #text = '';
  #status: EndStatus = 'incomplete';

  constructor(place: ItemPlace) {
    this.#id = itemId('msg', place);
    this.#index = place.index;
  }

  item(): OutputItem {
    return messageItem(this.#id, this.#text, this.#status);
  }

  begin(): BlockEvent[] {
    return [added(this.#index, messageItem(this.#id, undefined, 'in_progress')), { type: 'response.content_part.added', ...this.#place(), part: textPart('') }];
  }

  add(delta: string): BlockEvent[] {
    this.#text += delta;
    return delta === '' ? [] : [{ type: 'response.output_text.delta', ...this.#place(), delta, logprobs: [] }];
  }

  end(_: StreamEvent, status: EndStatus): BlockEvent[] {
    this.#status = status;
    return [
      { type: 'response.output_text.done', ...this.#place(), text: this.#text, logprobs: [] },
      { type: 'response.content_part.done', ...this.#place(), part: textPart(this.#text) },
      done(this.#index, this.item()),
    ];
  }

  #place(): object {
    return { item_id: this.#id, output_index: this.#index, content_index: 0 };
  }
}

class ReasoningItem implements GrowingItem {
  readonly whole = true;
  readonly #id: string;
  readonly #index: number;
  #text = '';
  #signature: string | undefined;

  constructor(place: ItemPlace) {
    this.#id = itemId('rs', place);
    this.#index = place.index;
  }

  item(): OutputItem {
    return reasoningItem(this.#id, this.#text, this.#signature);
  }

  begin(): BlockEvent[] {
    return [added(this.#index, reasoningItem(this.#id, '', undefined))];
  }

  add(delta: string): BlockEvent[] {
    if (delta === '') return [];
    const first = this.#text === '' ? [{ type: 'response.reasoning_summary_part.added', ...this.#place(), part: { type: 'summary_text', text: '' } }] : [];
    this.#text += delta;
    return [...first, { type: 'response.reasoning_summary_text.delta', ...this.#place(), delta }];
  }

  end(event: StreamEvent): BlockEvent[] {
    if (event.type === 'reasoning-end') this.#signature = event.signature;
    const text = this.#text;
    const told =
      text === ''
        ? []
        : [
            { type: 'response.reasoning_summary_text.done', ...this.#place(), text },
            { type: 'response.reasoning_summary_part.done', ...this.#place(), part: { type: 'summary_text', text } },
          ];
    return [...told, done(this.#index, this.item())];
  }

  #place(): object {
    return { item_id: this.#id, output_index: this.#index, summary_index: 0 };
  }
}

class CallItem implements GrowingItem {
  readonly #id: string;
  readonly #index: number;
  readonly #callId: string;
  /** Of a tool that takes free text. */
  readonly #input: CustomInput | undefined;
  #json = '';
  #status: EndStatus = 'incomplete';

  constructor(
    place: ItemPlace,
    { callId }: { readonly callId: string },
    private readonly tool: GivenTool,
  ) {
    this.#index = place.index;
    this.#callId = callId;
    this.#input = tool.kind === 'custom' ? new CustomInput() : undefined;
    this.#id = itemId(tool.kind === 'custom' ? 'ctc' : 'fc', place);
  }

  get whole(): boolean {
    return isJson(this.#json);
  }

  item(): OutputItem {
    return callItem(this.#id, { callId: this.#callId, json: this.#json }, this.tool, this.#status);
  }

  begin(): BlockEvent[] {
    return [added(this.#index, callItem(this.#id, { callId: this.#callId, json: '' }, this.tool, 'in_progress'))];
  }

  add(piece: string): BlockEvent[] {
    this.#json += piece;
    return this.#delta(this.#input ? this.#input.push(piece) : piece);
  }

  end(_: StreamEvent, status: EndStatus): BlockEvent[] {
    this.#status = status;
    const item = this.item();
    if (!this.#input) return [{ type: 'response.function_call_arguments.done', ...this.#place(), name: this.tool.name, arguments: this.#json }, done(this.#index, item)];
    const input = item.type === 'custom_tool_call' ? item.input : '';
    return [...this.#delta(status === 'completed' ? this.#input.end() : ''), { type: 'response.custom_tool_call_input.done', ...this.#place(), input }, done(this.#index, item)];
  }

  #delta(delta: string): BlockEvent[] {
    const type = this.#input ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta';
    return delta === '' ? [] : [{ type, ...this.#place(), delta }];
  }

  #place(): object {
    return { item_id: this.#id, output_index: this.#index };
  }
}
