import { describe, expect, it } from '@jest/globals';
import { answerRequest, type PendingCall, resultLines } from './function-server.js';
import { HeldCalls } from './held-calls.js';
import { type ContentPart, type Message } from '../../kernel/message.js';

const pending = (callId: string): PendingCall => ({ callId, requestId: `r-${callId}`, rpcId: 3 });
const result = (callId: string, ...content: ContentPart[]): Message => ({ role: 'tool', callId, content });
const text = (words: string): ContentPart => ({ type: 'text', text: words });

describe(answerRequest.name, () => {
  it('knows a call by the id that the model gave it', () => {
    const message = { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'f', arguments: {}, _meta: { 'claudecode/toolUseId': 'toolu_1' } } };
    expect(answerRequest({ request_id: 'r', request: { subtype: 'mcp_message', message } }, [])).toEqual({ type: 'call', call: { callId: 'toolu_1', requestId: 'r', rpcId: 3 } });
  });

  it('answers all else at once: a notice with a nod, what it does not know with a no', () => {
    const notice = answerRequest({ request_id: 'r', request: { subtype: 'mcp_message', message: { method: 'notifications/initialized' } } }, []);
    expect(JSON.parse((notice as { line: string }).line)).toMatchObject({ response: { subtype: 'success', request_id: 'r', response: { mcp_response: { result: {} } } } });
    const other = answerRequest({ request_id: 'r', request: { subtype: 'can_use_tool' } }, []);
    expect(JSON.parse((other as { line: string }).line)).toMatchObject({ response: { subtype: 'error', request_id: 'r' } });
  });
});

describe(resultLines.name, () => {
  it('answers each call with its own result, whatever their order', () => {
    const lines = resultLines([pending('a'), pending('b')], [result('b', text('B')), { ...result('a', text('A')), isError: true } as Message]);
    expect(lines?.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { response: { request_id: 'r-b', response: { mcp_response: { id: 3, result: { content: [{ text: 'B' }] } } } } },
      { response: { request_id: 'r-a', response: { mcp_response: { result: { content: [{ text: 'A' }], isError: true } } } } },
    ]);
  });

  it.each<[string, readonly Message[]]>([
    ['one is missing', [result('a', text('A'))]],
    ['there is one too many', [result('a'), result('b'), result('c')]],
    ['one comes twice', [result('a'), result('a')]],
    ['words come with them', [result('a'), result('b'), { role: 'user', content: [text('x')] }]],
    ['one is a picture', [result('a'), result('b', { type: 'image', mediaType: 'image/png', data: 'AAAA', param: '' })]],
    ['one is a long error', [result('a'), { ...result('b', text('x'.repeat(10_000))), isError: true } as Message]],
    ['one is too long', [result('a'), result('b', text('x'.repeat(500_000)))]],
  ])('has nothing to say where %s', (_, messages) => {
    expect(resultLines([pending('a'), pending('b')], messages)).toBeUndefined();
  });
});

describe(HeldCalls.name, () => {
  it('is complete when the CLI has asked for all calls of the answer and no other', () => {
    const held = new HeldCalls();
    held.add(pending('a'));
    held.expect(['a', 'b']);
    expect(held.complete).toBe(false);
    held.add(pending('b'));
    expect([held.complete, held.calls.map(({ callId }) => callId)]).toEqual([true, ['a', 'b']]);
    held.add(pending('c'));
    expect(held.complete).toBe(false);
  });
});
