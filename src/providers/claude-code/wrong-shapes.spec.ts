import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Decoded, TurnDecoder } from './decode-events.js';
import { Quota } from './quota.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { fieldsOf } from '../../kernel/read-value.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { shapeFault } from '../../../test/support/event-arbitraries.js';
import { fuzz, FUZZ_TIMEOUT_MS } from '../../../test/support/fuzz.js';
import { misshapen, misshapenList } from '../../../test/support/wrong-shapes.js';

/** What the CLI printed in every recorded run. */
const recordings = globSync('fixtures/*.ndjson', { cwd: import.meta.dirname }).map((name) =>
  readFileSync(join(import.meta.dirname, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { dir?: string; msg?: unknown })
    .flatMap((entry) => (entry.dir === undefined ? [entry] : entry.dir === 'stdout' ? [entry.msg] : [])),
);
const toolUse = [
  { type: 'stream_event', event: { type: 'message_start', message: { id: 'm', model: 'x', usage: { input_tokens: 3 } } } },
  { type: 'stream_event', event: { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'c', name: 'f' } } },
  { type: 'stream_event', event: { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } } },
  { type: 'control_request', request_id: 'r', request: { subtype: 'mcp_message', message: { id: 1, method: 'tools/call', params: { name: 'f', _meta: {} } } } },
  { type: 'stream_event', event: { type: 'content_block_stop', index: 0 } },
  { type: 'stream_event', event: { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 4 } } },
];
const isEvent = (item: Decoded): item is StreamEvent => /^(stream|text|reasoning|tool-call)-/.test(item.type);

describe('what Claude Code says in a shape that nobody expects', () => {
  it.each([false, true])(
    'is left out, or an honest failure (by a schema: %s)',
    async (structured) => {
      const lines = fc.constantFrom(toolUse, ...recordings).chain(misshapenList);
      await fuzz(
        fc.property(lines, (said) => {
          const decoder = new TurnDecoder({ model: 'opus', warnings: [], tools: [{ name: 'f' }], structured, historyLines: 1 });
          const quota = new Quota(() => 0);
          const events: StreamEvent[] = [];
          try {
            for (const message of said) {
              const decoded = decoder.decode(JSON.stringify(message));
              events.push(...decoded.filter(isEvent));
              for (const item of decoded) if (item.type === 'rate-limit') quota.see(item.info);
            }
          } catch (error) {
            if (!(error instanceof GatewayError)) throw error;
          }
          expect(shapeFault(events)).toBeUndefined();
          expect(typeof decoder.runningModel).toBe('string');
          JSON.stringify(quota.windows());
        }),
        2,
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    'of the limits of an account is no limit',
    async () => {
      const window = { status: 'allowed', resetsAt: 1795327360, utilization: 0.5 };
      const info = misshapen({ ...window, rateLimitType: 'five_hour', unifiedWindows: { five_hour: window, seven_day: window } });
      await fuzz(
        fc.property(fc.array(info, { maxLength: 4 }), (told) => {
          const quota = new Quota(() => 0);
          for (const each of told) quota.see(fieldsOf(each));
          for (const { window: name, used_percent: percent, resets_at: resets } of quota.windows()) {
            expect([typeof name, percent === null || Number.isFinite(percent), resets === null || !Number.isNaN(Date.parse(resets))]).toEqual(['string', true, true]);
          }
        }),
      );
    },
    FUZZ_TIMEOUT_MS,
  );
});
