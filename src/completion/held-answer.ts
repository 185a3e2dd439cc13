import { type StreamEvent } from '../kernel/stream-event.js';

/** An answer of which nothing is told yet. It is as large as the provider's own limits let it become. */
export class HeldAnswer {
  #events: StreamEvent[] = [];
  #text = '';

  add(event: StreamEvent): void {
    this.#events.push(event);
    if (event.type === 'text-delta') this.#text += event.text;
  }

  /** All text of it. */
  get text(): string {
    return this.#text;
  }

  /** Gives out what was held. @param text to be told in the place of its own */
  release(text = this.#text): readonly StreamEvent[] {
    const events = this.#events;
    this.#events = [];
    return text === this.#text ? events : [...events.filter(isNoText), ...textBlock(text, events)];
  }
}

function isNoText({ type }: StreamEvent): boolean {
  return type !== 'text-start' && type !== 'text-delta' && type !== 'text-end';
}

/** A block behind all others. */
function textBlock(text: string, events: readonly StreamEvent[]): StreamEvent[] {
  const block = events.reduce((highest, event) => ('block' in event ? Math.max(highest, event.block) : highest), -1) + 1;
  return [
    { type: 'text-start', block },
    { type: 'text-delta', block, text },
    { type: 'text-end', block },
  ];
}
