import { type StreamEvent } from '../kernel/stream-event.js';

type BlockEnd = Extract<StreamEvent, { type: 'text-end' | 'reasoning-end' | 'tool-call-end' }>;

/** The blocks of one answer that have begun and not ended. */
export class OpenBlocks {
  readonly #ends = new Map<number, BlockEnd>();

  /** Takes the next event. False where it does not fit: a start of a block that is open, or a delta or an end of one that is not, or not of that kind. */
  see(event: StreamEvent): boolean {
    switch (event.type) {
      case 'text-start':
      case 'reasoning-start':
      case 'tool-call-start':
        return this.#begin({ type: endOf[event.type], block: event.block });
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-call-delta':
        return this.#ends.get(event.block)?.type === endOf[event.type];
      case 'stream-start':
      case 'stream-end':
        return true;
      default:
        return this.#end(event);
    }
  }

  /** The events that end what is open, in the order in which it began. */
  close(): readonly BlockEnd[] {
    const ends = [...this.#ends.values()];
    this.#ends.clear();
    return ends;
  }

  #begin(end: BlockEnd): boolean {
    if (this.#ends.has(end.block)) return false;
    this.#ends.set(end.block, end);
    return true;
  }

  #end({ type, block }: BlockEnd): boolean {
    return this.#ends.get(block)?.type === type && this.#ends.delete(block);
  }
}

const endOf = {
  'text-start': 'text-end',
  'text-delta': 'text-end',
  'reasoning-start': 'reasoning-end',
  'reasoning-delta': 'reasoning-end',
  'tool-call-start': 'tool-call-end',
  'tool-call-delta': 'tool-call-end',
} as const;
