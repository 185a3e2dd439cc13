import { describe, expect, it } from '@jest/globals';
import { checkRequest } from './check-request.js';
import { type Capabilities } from '../kernel/capabilities.js';
import { type Message } from '../kernel/message.js';
import { completionRequest } from '../../test/support/completion-request.js';

const able = { id: 'p', capabilities: { tools: 'native' } as Capabilities };
const unable = { id: 'p', capabilities: { tools: 'none' } as Capabilities };
const user: Message = { role: 'user', content: [{ type: 'text', text: 'x' }] };
const calls = (...ids: string[]): Message => ({ role: 'assistant', text: '', toolCalls: ids.map((callId) => ({ callId, name: 'f', json: '{}' })) });
const result = (callId: string): Message => ({ role: 'tool', callId, content: [] });

describe(checkRequest.name, () => {
  it('refuses functions where the provider has none, unless none may be called', () => {
    const tools = [{ name: 'f' }];
    expect(() => {
      checkRequest(unable, completionRequest([user], { tools }));
    }).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param: 'tools' }));
    checkRequest(unable, completionRequest([user], { tools, toolChoice: 'none' }));
    checkRequest(able, completionRequest([user], { tools }));
  });

  it('refuses two functions of one name', () => {
    expect(() => {
      checkRequest(able, completionRequest([user], { tools: [{ name: 'f' }, { name: 'g' }, { name: 'f' }] }));
    }).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'tools', message: expect.stringContaining('"f"') }));
  });

  it('refuses arguments of a call that nest too deeply', () => {
    const json = `${'['.repeat(300)}${']'.repeat(300)}`;
    const messages: Message[] = [user, { role: 'assistant', text: '', toolCalls: [{ callId: 'a', name: 'f', json }] }, result('a')];
    expect(() => {
      checkRequest(able, completionRequest(messages));
    }).toThrow(expect.objectContaining({ code: 'invalid_parameter', message: expect.stringContaining('"a"') }));
  });

  it.each<[string, readonly Message[]]>([
    ['no calls', [user]],
    ['results in another order', [user, calls('a', 'b'), result('b'), result('a')]],
    ['several rounds, and words after the results', [user, calls('a'), result('a'), calls('b'), result('b'), user]],
    ['an id that is used again', [user, calls('a'), result('a'), calls('a'), result('a')]],
  ])('takes %s', (_, messages) => {
    checkRequest(able, completionRequest(messages));
  });

  it.each<[string, readonly Message[], RegExp]>([
    ['a part of the results', [user, calls('a', 'b', 'c'), result('b')], /missing: a, c\./],
    ['words before the results', [user, calls('a'), user, result('a')], /missing: a\./],
    ['an answer in their place', [user, calls('a'), calls('b'), result('b')], /missing: a\./],
    ['a result without its call', [user, result('z')], /"z" answers no call/],
    ['a result given twice', [user, calls('a'), result('a'), result('a')], /"a" answers no call/],
    ['a result of an earlier round', [user, calls('a'), result('a'), calls('b'), result('a')], /"a" answers no call/],
  ])('refuses %s and says which', (_, messages, words) => {
    expect(() => {
      checkRequest(able, completionRequest(messages));
    }).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'messages', message: expect.stringMatching(words) }));
  });
});
