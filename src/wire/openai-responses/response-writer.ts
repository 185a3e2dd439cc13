import { type BlockEvent, type EndStatus, type GrowingItem, itemFor } from './block-events.js';
import { encodeError } from './encode-error.js';
import { encodeUsage } from './encode-usage.js';
import { type OutputItem } from './output-items.js';
import { responseBody, type ResponseHead, type ResponseObject, type ResponseState } from './response-body.js';
import { type ToolTable } from './tool-table.js';
import { type GatewayError } from '../../kernel/gateway-error.js';
import { type FinishReason, type StreamEnd, type StreamEvent } from '../../kernel/stream-event.js';

/** One event of a response's stream. Those that begin or end it hold the response. */
export interface ResponseEvent extends BlockEvent {
  readonly sequence_number: number;
  readonly response?: ResponseObject;
}

/** Why an answer is not whole, by OpenAI's words. */
const CUT: Partial<Record<FinishReason, 'max_output_tokens' | 'content_filter'>> = { length: 'max_output_tokens', 'content-filter': 'content_filter' };

/** Writes one answer as OpenAI's response: its events as they come, and the whole of it. */
export class ResponseWriter {
  #sequence = 0;
  readonly #items: GrowingItem[] = [];
  /** By block, whose number may be used again. */
  readonly #open = new Map<number, GrowingItem>();
  /** The ends of blocks that are not told yet: whether their items are whole shows in what comes next. */
  #endings: { readonly item: GrowingItem; readonly event: StreamEvent }[] = [];
  #body: ResponseObject;

  constructor(
    private readonly head: ResponseHead,
    private readonly tools: ToolTable,
  ) {
    this.#body = responseBody(head, { status: 'in_progress', output: [] });
  }

  /** The response as it is now; whole after `stream-end` or a failure. */
  get body(): ResponseObject {
    return this.#body;
  }

  /** The events of an event of the answer. */
  accept(event: StreamEvent): ResponseEvent[] {
    switch (event.type) {
      case 'stream-start':
        return this.#begin();
      case 'stream-end':
        return this.#end(event);
      default:
        return this.#block(event);
    }
  }

  /** The events of an answer that has to wait for its turn. */
  queue(): ResponseEvent[] {
    return [...this.#tell('created', 'queued', {}), ...this.#tell('queued', 'queued', {})];
  }

  /** The end of an answer that failed. Client libraries expect no event before the first one. */
  fail(error: GatewayError): ResponseEvent[] {
    return [...(this.#sequence === 0 ? this.#begin() : []), ...this.#endBlocks(false), ...this.#tell('failed', 'failed', { error: encodeError(error) })];
  }

  /** The end of an answer that its client did not want any more: OpenAI has no event for it. */
  cancel(): ResponseObject {
    this.#endBlocks(false);
    return this.#become('cancelled', {});
  }

  #begin(): ResponseEvent[] {
    return [...(this.#sequence === 0 ? this.#tell('created', 'in_progress', {}) : []), ...this.#tell('in_progress', 'in_progress', {})];
  }

  #block(event: Extract<StreamEvent, { block: number }>): ResponseEvent[] {
    const item = this.#open.get(event.block);
    if (item && event.type.endsWith('-end')) {
      this.#open.delete(event.block);
      this.#endings.push({ item, event });
      return [];
    }
    const told = this.#endings.length > 0 ? this.#endBlocks(false) : [];
    for (const each of this.#grow(event, item)) told.push(this.#number(each));
    return told;
  }

  #grow(event: Extract<StreamEvent, { block: number }>, item: GrowingItem | undefined): BlockEvent[] {
    const begun = itemFor(event, { response: this.head.id, index: this.#items.length }, this.tools);
    if (begun) {
      this.#items.push(begun);
      this.#open.set(event.block, begun);
      return begun.begin();
    }
    if (!item) return [];
    if (event.type === 'text-delta' || event.type === 'reasoning-delta') return item.add(event.text);
    return event.type === 'tool-call-delta' ? item.add(event.json) : [];
  }

  /** @param cut the answer was cut: in the last of the items, and in each that is not whole */
  #endBlocks(cut: boolean): ResponseEvent[] {
    const endings = this.#endings.splice(0);
    return endings.flatMap(({ item, event }, at) => {
      const status: EndStatus = cut && (at === endings.length - 1 || !item.whole) ? 'incomplete' : 'completed';
      return item.end(event, status).map((each) => this.#number(each));
    });
  }

  #end({ reason, usage }: StreamEnd): ResponseEvent[] {
    const figures = { usage: encodeUsage(usage) };
    const incomplete = CUT[reason];
    if (incomplete === undefined) return [...this.#endBlocks(false), ...this.#tell('completed', 'completed', figures)];
    return [...this.#endBlocks(true), ...this.#tell('incomplete', 'incomplete', { ...figures, incomplete })];
  }

  /** The event that the response has come to a state. */
  #tell(event: string, status: ResponseState['status'], more: Omit<ResponseState, 'status' | 'output'>): ResponseEvent[] {
    return [this.#number({ type: `response.${event}`, response: this.#become(status, more) })];
  }

  #become(status: ResponseState['status'], more: Omit<ResponseState, 'status' | 'output'>): ResponseObject {
    return (this.#body = responseBody(this.head, { status, output: this.#output(), ...more }));
  }

  #output(): OutputItem[] {
    return this.#items.map((each) => each.item());
  }

  #number(event: BlockEvent): ResponseEvent {
    return { ...event, sequence_number: this.#sequence++ };
  }
}
