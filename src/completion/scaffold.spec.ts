import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, of } from 'rxjs';
import { noteScaffold } from './scaffold.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Usage } from '../kernel/usage.js';
import { completionRequest } from '../../test/support/completion-request.js';

const request = completionRequest([{ role: 'user', content: [{ type: 'text', text: 'a'.repeat(300) }] }]);
const asked = { ...request, system: ['b'.repeat(200)] };

async function noted(usage: Usage, scaffoldBytes: (() => number) | undefined, sent = request): Promise<Usage | undefined> {
  const end: StreamEvent = { type: 'stream-end', reason: 'stop', usage };
  const event = await lastValueFrom(of(end).pipe(noteScaffold(scaffoldBytes ? { scaffoldBytes } : {}, request, sent)));
  return event.type === 'stream-end' ? event.usage : undefined;
}

describe(noteScaffold, () => {
  const usage = { inputTokens: 1000, outputTokens: 5 };

  it('splits the prompt in proportion of the bytes', async () => {
    expect(await noted(usage, () => 700)).toEqual({ ...usage, scaffoldTokens: 700 });
    expect(await noted(usage, () => 0)).toEqual({ ...usage, scaffoldTokens: 0 });
  });

  it("counts the gateway's own instructions too", async () => {
    expect(await noted(usage, () => 500, asked)).toEqual({ ...usage, scaffoldTokens: 700 });
  });

  it('leaves alone what is a guess, and what nobody knows', async () => {
    expect(await noted({ ...usage, estimated: true }, () => 700)).toEqual({ ...usage, estimated: true });
    expect(await noted(usage, undefined)).toEqual(usage);
  });
});
