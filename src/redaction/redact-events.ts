import { Observable, type OperatorFunction } from 'rxjs';
import { redactHeaders } from './redact-headers.js';
import { type StreamEvent, type StreamStart } from '../kernel/stream-event.js';
import { type Redactor, type TextFilter, type TextForm } from '../kernel/text-filter.js';

/**
 * Takes secrets out of a provider's answer: text, reasoning and tool calls, each block on its own, and the vendor's ids, names and headers. An event that needs no change passes as the
 * same object; a delta of which nothing is left is dropped; what was held back comes as a delta before the block's end. After an error nothing
 * comes: what was held back may be half a secret. Reasoning that was changed loses its signature.
 *
 * @param answer `json`: its text is JSON source, and stays that
 */
export function redactEvents(redactor: Redactor, answer: TextForm = 'text'): OperatorFunction<StreamEvent, StreamEvent> {
  return (events) =>
    new Observable((subscriber) => {
      const blocks = new Map<number, Block>();
      const say = (event: StreamEvent): void => {
        subscriber.next(event);
      };
      return events.subscribe({
        next: (event) => {
          handle(event, { redactor, answer }, blocks, say);
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

interface Policy {
  readonly redactor: Redactor;
  readonly answer: TextForm;
}

interface Block {
  /** What the provider said and the client was not told yet; undefined once the client was told other words. */
  untold: string | undefined;
  readonly filter: TextFilter;
  readonly delta: (text: string) => StreamEvent;
}

function handle(event: StreamEvent, policy: Policy, blocks: Map<number, Block>, say: Say): void {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'tool-call-delta':
      pass(event, blockOf(event, policy, blocks), say);
      return;
    case 'tool-call-start':
      say(redactCall(event, policy.redactor));
      return;
    case 'stream-start':
      say(redactStart(event, policy.redactor));
      return;
    case 'text-start':
    case 'reasoning-start':
      say(event);
      return;
    case 'stream-end':
      [...blocks.keys()].forEach((block) => end(block, blocks, say));
      say(event);
      return;
    default:
      say(end(event.block, blocks, say) ? event : unsigned(event));
  }
}

type Delta = Extract<StreamEvent, { type: 'text-delta' | 'reasoning-delta' | 'tool-call-delta' }>;

function blockOf({ block, type }: Delta, { redactor, answer }: Policy, blocks: Map<number, Block>): Block {
  let found = blocks.get(block);
  if (!found) {
    found =
      type === 'tool-call-delta'
        ? { untold: '', filter: redactor.open('json'), delta: (json) => ({ type, block, json }) }
        : { untold: '', filter: redactor.open(type === 'text-delta' ? answer : 'text'), delta: (text) => ({ type, block, text }) };
    blocks.set(block, found);
  }
  return found;
}

function pass(event: Delta, block: Block, say: Say): void {
  const text = event.type === 'tool-call-delta' ? event.json : event.text;
  const filtered = block.filter.push(text);
  compare(block, text, filtered);
  if (filtered === text) say(event);
  else if (filtered !== '') say(block.delta(filtered));
}

/** Ends a block; false where the client was told other words than the provider's. */
function end(number: number, blocks: Map<number, Block>, say: Say): boolean {
  const block = blocks.get(number);
  if (!block) return true;
  blocks.delete(number);
  const rest = block.filter.flush();
  compare(block, '', rest);
  if (rest !== '') say(block.delta(rest));
  return block.untold === '';
}

function compare(block: Block, said: string, told: string): void {
  if (block.untold === undefined || (block.untold === '' && said === told)) return;
  const untold = block.untold + said;
  block.untold = untold.startsWith(told) ? untold.slice(told.length) : undefined;
}

/** A signature vouches for other words than these. */
function unsigned({ type, block }: Extract<StreamEvent, { type: 'text-end' | 'reasoning-end' | 'tool-call-end' }>): StreamEvent {
  return { type, block };
}

function redactCall(event: Extract<StreamEvent, { type: 'tool-call-start' }>, redactor: Redactor): StreamEvent {
  const name = redactor.redact(event.name);
  const callId = redactor.redact(event.callId);
  return name === event.name && callId === event.callId ? event : { ...event, name, callId };
}

function redactStart(event: StreamStart, redactor: Redactor): StreamEvent {
  const id = redactor.redact(event.id);
  const model = redactor.redact(event.model);
  const headers = event.headers && redactHeaders(event.headers, redactor);
  if (id === event.id && model === event.model && headers === event.headers) return event;
  return { ...event, id, model, ...(headers && { headers }) };
}
