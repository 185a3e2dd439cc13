import { describe, expect, it } from '@jest/globals';
import { createLog } from './create-log.js';
import { requestContext } from './request-context.js';
import { contextSamples, enclosedSamples, secretSamples } from '../../test/support/secret-samples.js';

function logged(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog('debug', { write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const samples = [...secretSamples.map(([kind, secret]) => [kind, '', secret, ''] as const), ...contextSamples.map((sample) => [...sample, ''] as const), ...enclosedSamples];

describe('createLog', () => {
  it.each(samples)('writes no %s, wherever in a line it is', (kind, before, secret, after) => {
    const text = `it said ${before}${secret}${after}`;
    const error = new Error(text, { cause: new Error(text) });
    const lines = logged((log) => {
      log.info(text);
      log.warn({ err: error }, 'failed');
      log.error({ exit: { stderrTail: `a\n${text}\nb` }, [text]: 1, told: JSON.stringify({ text }) });
    });
    expect(lines).toHaveLength(3);
    const expected = `it said ${before}[REDACTED:${kind}]${after}`;
    expect(lines[0]).toMatchObject({ level: 'info', msg: expected });
    expect(lines[1]).toMatchObject({ level: 'warn', err: { message: expect.stringContaining(expected) } });
    expect(lines[2]).toMatchObject({ exit: { stderrTail: `a\n${expected}\nb` }, [expected]: 1 });
    const all = JSON.stringify(lines);
    for (const word of secret.split('\n')) if (word.length > 6 && !word.startsWith('-----')) expect(all).not.toContain(word);
  });

  it('leaves every other line as it is, with the id of its request', () => {
    const [line] = logged((log) => {
      requestContext.run({ requestId: 'r-1' }, () => {
        log.info({ path: '/v1/models', ms: 3 }, 'request');
      });
    });
    expect(line).toEqual({ level: 'info', time: expect.any(String), request_id: 'r-1', path: '/v1/models', ms: 3, msg: 'request' });
  });
});
