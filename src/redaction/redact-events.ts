import { Observable, type OperatorFunction } from 'rxjs';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Redactor, type TextFilter } from '../kernel/text-filter.js';

/**
 * Takes secrets out of a provider's answer: text, reasoning and tool calls, each block on its own. An event that needs no change passes as the
 * same object; a delta of which nothing is left is dropped; what was held back comes as a delta before the block's end. After an error nothing
 * comes: what was held back may be half a secret.
 */
export function redactEvents(redactor: Redactor): OperatorFunction<StreamEvent, StreamEvent> {
  return (events) =>
    new Observable((subscriber) => {
      const blocks = new Map<number, Block>();
      const say = (event: StreamEvent): void => {
        subscriber.next(event);
      };
      return events.subscribe({
        next: (event) => {
          handle(event, redactor, blocks, say);
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      });
    });
}

type Say = (event: StreamEvent) => void;

interface Block {
  readonly filter: TextFilter;
  readonly delta: (text: string) => StreamEvent;
}

function handle(event: StreamEvent, redactor: Redactor, blocks: Map<number, Block>, say: Say): void {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'tool-call-delta':
      pass(event, blockOf(event, redactor, blocks), say);
      return;
    case 'tool-call-start':
      say(redactName(event, redactor));
      return;
    case 'text-end':
    case 'reasoning-end':
    case 'tool-call-end':
      end(event.block, blocks, say);
      break;
    case 'stream-end':
      for (const block of blocks.keys()) end(block, blocks, say);
      break;
    default:
  }
  say(event);
}

type Delta = Extract<StreamEvent, { type: 'text-delta' | 'reasoning-delta' | 'tool-call-delta' }>;

function blockOf({ block, type }: Delta, redactor: Redactor, blocks: Map<number, Block>): Block {
  let found = blocks.get(block);
  if (!found) {
    found =
      type === 'tool-call-delta'
        ? { filter: redactor.open('json'), delta: (json) => ({ type, block, json }) }
        : { filter: redactor.open('text'), delta: (text) => ({ type, block, text }) };
    blocks.set(block, found);
  }
  return found;
}

function pass(event: Delta, { filter, delta }: Block, say: Say): void {
  const text = event.type === 'tool-call-delta' ? event.json : event.text;
  const filtered = filter.push(text);
  if (filtered === text) say(event);
  else if (filtered !== '') say(delta(filtered));
}

function end(block: number, blocks: Map<number, Block>, say: Say): void {
  const open = blocks.get(block);
  if (!open) return;
  blocks.delete(block);
  const rest = open.filter.flush();
  if (rest !== '') say(open.delta(rest));
}

function redactName(event: Extract<StreamEvent, { type: 'tool-call-start' }>, redactor: Redactor): StreamEvent {
  const name = redactor.redact(event.name);
  return name === event.name ? event : { ...event, name };
}
