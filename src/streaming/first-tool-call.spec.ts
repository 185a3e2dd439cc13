import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, from, lastValueFrom, toArray } from 'rxjs';
import { collect } from './collect.js';
import { firstToolCall } from './first-tool-call.js';
import { eventStreams, grammarFault } from '../../test/support/event-arbitraries.js';

describe(firstToolCall.name, () => {
  it('tells the first call alone, and all else as it was, each time anew', async () => {
    await fc.assert(
      fc.asyncProperty(eventStreams(), async (events) => {
        const stream = from(events).pipe(firstToolCall());
        const whole = await firstValueFrom(from(events).pipe(collect()));
        for (let time = 0; time < 2; time++) {
          const told = await lastValueFrom(stream.pipe(toArray()));
          expect(grammarFault(told)).toBeUndefined();
          expect(await firstValueFrom(from(told).pipe(collect()))).toEqual({
            ...whole,
            toolCalls: whole.toolCalls.slice(0, 1),
            blocks: whole.blocks.filter((block) => block.type !== 'tool-call' || block.callId === whole.toolCalls[0]?.callId),
          });
        }
      }),
    );
  });
});
