import { type Answer, type Fault, nothingYet, withChunk } from './answer.ts';
import { type ChatBody } from './chat-body.ts';
import { readFrames } from './read-frames.ts';
import { type Served, servedOf } from './served.ts';

/** How a request goes, and how it went. Times are milliseconds since it was sent. */
export interface Outcome {
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  readonly answer: Answer;
  /** As soon as the headers are there. */
  readonly served?: Served;
  readonly firstMs?: number;
  readonly totalMs?: number;
  readonly fault?: Fault;
}

/** Sends a chat completion and tells how it goes, for the last time when it is over; it does not throw. The signal stops it. */
export async function ask(body: ChatBody, signal: AbortSignal, tell: (outcome: Outcome) => void): Promise<void> {
  const start = performance.now();
  const elapsed = (): number => performance.now() - start;
  let outcome: Outcome = { state: 'running', answer: nothingYet };
  const goesOn = (more: Partial<Outcome>): void => {
    outcome = { ...outcome, ...more };
    tell(outcome);
  };
  goesOn({});
  try {
    const response = await fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-SheLLM-Dashboard': '1' },
      body: JSON.stringify(body),
      signal,
    });
    goesOn({ served: servedOf(response.headers) });
    for await (const answer of answersOf(response)) {
      goesOn({ answer, ...(hasBegun(answer) && { firstMs: outcome.firstMs ?? elapsed() }) });
    }
    const fault = faultOf(outcome.answer, response);
    goesOn({ state: fault ? 'failed' : 'done', totalMs: elapsed(), ...(fault && { fault }) });
  } catch (error) {
    const lost = { message: `The gateway cannot be reached, or the connection was cut. ${error instanceof Error ? error.message : ''}` };
    goesOn({ totalMs: elapsed(), ...(signal.aborted ? { state: 'stopped' } : { state: 'failed', fault: lost }) });
  }
}

function hasBegun({ text, reasoning, calls }: Answer): boolean {
  return text !== '' || reasoning !== '' || calls.length > 0;
}

function faultOf({ error, finish }: Answer, { ok, status }: Response): Fault | undefined {
  if (error) return ok ? error : { ...error, status };
  return finish === undefined ? { message: 'The connection ended before the answer did.' } : undefined;
}

/** The answer as it grows. */
async function* answersOf(response: Response): AsyncGenerator<Answer, void, undefined> {
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    yield withChunk(nothingYet, await bodyOf(response));
    return;
  }
  let answer = nothingYet;
  for await (const frame of readFrames(response.body)) {
    if (frame === '[DONE]') continue;
    answer = withChunk(answer, JSON.parse(frame));
    yield answer;
  }
}

/** Something between here and the gateway may have answered in words of its own. */
async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { error: { message: `Status ${response.status}: ${text.slice(0, 500)}` } };
  }
}
