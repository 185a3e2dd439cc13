import { from, type Observable } from 'rxjs';
import { type Flow } from '../kernel/flow.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { bufferWhilePaused } from '../streaming/buffer-while-paused.js';

/** Characters of a delta. */
const MAX_PIECE = 256;

/** Tells a kept answer. @param flow of a client that is told it in pieces, as a provider would, as fast as it takes them; left out: it is told as it was kept */
export function replay(events: readonly StreamEvent[], flow?: Flow): Observable<StreamEvent> {
  return flow ? from(inPieces(events)).pipe(bufferWhilePaused(flow, Infinity)) : from(events);
}

function* inPieces(events: readonly StreamEvent[]): Generator<StreamEvent> {
  for (const event of events) {
    if (!('text' in event)) yield event;
    else for (const text of piecesOf(event.text)) yield { ...event, text };
  }
}

/** Cut behind a blank where there is one, and never within a character. */
function* piecesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const end = start + MAX_PIECE < text.length ? cutBefore(text, start, start + MAX_PIECE) : text.length;
    yield text.slice(start, end);
    start = end;
  }
}

function cutBefore(text: string, start: number, end: number): number {
  const blank = text.lastIndexOf(' ', end - 1);
  if (blank >= start) return blank + 1;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}
