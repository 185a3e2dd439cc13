import { describe, expect, it } from '@jest/globals';
import { logLine } from './log-line.js';

const entry = (fields: object): string => JSON.stringify({ level: 'info', time: new Date().toISOString(), ...fields });
const withoutTime = (line: string): string => line.replace(/^\d\d:\d\d:\d\d /, '');

describe(logLine.name, () => {
  it('shows an access line as method, path, status, time, client and model', () => {
    const line = entry({
      method: 'POST',
      path: '/v1/chat/completions',
      status: 200,
      ms: 153,
      client: 'client:app',
      model: 'demo/demo',
      reason: 'stop',
      msg: 'request',
      request_id: 'r1',
    });
    expect(withoutTime(logLine(line))).toBe('INFO  POST /v1/chat/completions 200 153 ms client:app demo/demo reason=stop');
  });

  it('shows a message with what belongs to it, and an error by its message', () => {
    expect(withoutTime(logLine(entry({ level: 'warn', msg: 'slow', pid: 7, request_id: 'r1', err: { type: 'TypeError', message: 'no', stack: 'x' } })))).toBe(
      'WARN  slow pid=7 err=TypeError: no request_id=r1',
    );
  });

  it('has the date where it is not of today', () => {
    expect(logLine(entry({ time: '2020-02-03T12:00:00.000Z', msg: 'x' }))).toMatch(/^2020-02-03 \d\d:\d\d:00 INFO {2}x$/);
  });

  it.each([['shellm: SHELLM_PORT: is in use'], ['{"level":"info","msg":"cu'], ['']])('leaves %j as it is', (line) => {
    expect(logLine(line)).toBe(line);
  });

  it('lets nothing through that steers a terminal', () => {
    const evil = '\u001b[2J\u009b1m\r\nfake';
    for (const line of [evil, entry({ msg: evil }), entry({ method: 'GET', path: evil, status: 404, ms: 1, [evil]: 1 })]) expect(logLine(line)).not.toMatch(/\p{Cc}/u);
  });
});
