import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

/** What belongs to one block. */
export type BlockEvent = Extract<StreamEvent, { readonly block: number }>;

/** Characters that may wait for the blocks before theirs. */
const MAX_WAITING = 32 * 1024 ** 2;

interface Waiting {
  readonly events: BlockEvent[];
  ended: boolean;
}

/** Puts blocks that were told at the same time one behind the other, in the order in which they began. What comes of the first is passed on at once, the rest waits. */
export class OneAtATime {
  /** In the order in which they began; the first is the one being told. */
  readonly #blocks: Waiting[] = [];
  /** By number, which may be used again. */
  readonly #open = new Map<number, Waiting>();
  #waiting = 0;

  /** Takes the next event and gives those that may be told. @throws GatewayError `output_limit_exceeded` */
  next(event: BlockEvent): readonly BlockEvent[] {
    const block = this.#blockOf(event);
    if (!block) return [];
    if (event.type.endsWith('-end')) {
      block.ended = true;
      this.#open.delete(event.block);
    }
    if (block !== this.#blocks[0]) {
      this.#wait(block, event);
      return [];
    }
    return block.ended ? [event, ...this.#advance()] : [event];
  }

  /** The end of the answer: what waits. */
  flush(): readonly BlockEvent[] {
    const [, ...rest] = this.#blocks;
    this.#blocks.length = 0;
    return rest.flatMap(({ events }) => events);
  }

  #blockOf(event: BlockEvent): Waiting | undefined {
    if (!event.type.endsWith('-start')) return this.#open.get(event.block);
    const block: Waiting = { events: [], ended: false };
    this.#blocks.push(block);
    this.#open.set(event.block, block);
    return block;
  }

  #wait(block: Waiting, event: BlockEvent): void {
    this.#waiting += lengthOf(event);
    if (this.#waiting > MAX_WAITING) throw new GatewayError('output_limit_exceeded', 'The answer tells too much at the same time.');
    block.events.push(event);
  }

  /** The first block is told; the ones behind it are as far as they have come. */
  #advance(): readonly BlockEvent[] {
    const told: BlockEvent[] = [];
    do {
      this.#blocks.shift();
      const events = this.#blocks[0]?.events.splice(0) ?? [];
      for (const event of events) {
        this.#waiting -= lengthOf(event);
        told.push(event);
      }
    } while (this.#blocks[0]?.ended);
    return told;
  }
}

/** With something for the event itself: empty ones take memory too. */
function lengthOf(event: BlockEvent): number {
  const text = 'text' in event ? event.text : 'json' in event ? event.json : '';
  return 64 + text.length;
}
