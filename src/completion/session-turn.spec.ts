import { describe, expect, it } from '@jest/globals';
import { withinSession } from './session-turn.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type Conversation, type Message } from '../kernel/message.js';
import { completionRequest } from '../../test/support/completion-request.js';

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const said = (text: string): Message => ({ role: 'assistant', text, toolCalls: [] });
const request = (messages: Message[], system: string[] = []): CompletionRequest => completionRequest(messages, { system });
const session: Conversation = { system: ['be brief'], messages: [user('one'), said('first')] };

describe(withinSession.name, () => {
  it.each<[string, CompletionRequest, string[], Message[]]>([
    ['a new message alone', request([user('two')]), ['be brief'], [user('one'), said('first'), user('two')]],
    ['the whole conversation again', request([user('one'), said('first'), user('two')]), ['be brief'], [user('one'), said('first'), user('two')]],
    [
      'a history that the session knows better',
      request([user('other'), said('words'), user('two'), user('three')]),
      ['be brief'],
      [...session.messages, user('two'), user('three')],
    ],
    ['a system text of its own', request([user('two')], ['be long']), ['be long'], [...session.messages, user('two')]],
  ])('%s', (_, sent, system, messages) => {
    expect(withinSession(sent, session)).toEqual({ ...sent, system, messages });
  });

  it('takes everything where the session knows nothing', () => {
    const sent = request([user('one'), said('first'), user('two')], ['x']);
    expect(withinSession(sent, { system: [], messages: [] })).toBe(sent);
  });

  it('needs a turn', () => {
    expect(() => withinSession(request([user('one'), said('first')]), session)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'messages' }));
  });
});
