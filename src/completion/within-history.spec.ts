import { describe, expect, it } from '@jest/globals';
import { withinHistory } from './within-history.js';
import { type History } from '../histories/history.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type Message } from '../kernel/message.js';
import { completionRequest } from '../../test/support/completion-request.js';

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const said = (text: string): Message => ({ role: 'assistant', text, toolCalls: [] });
const request = (messages: Message[], system: string[] = []): CompletionRequest => completionRequest(messages, { system });
const history = (system: string[], messages: Message[]): History => ({ id: 'h', target: undefined, turns: 1, createdAt: 1, usedAt: 1, expiresAt: 2, system, messages });
const session = history(['be brief'], [user('one'), said('first')]);
const within = (sent: CompletionRequest, known: History): CompletionRequest => withinHistory(sent, { history: known, checkRoom: () => undefined });

describe(withinHistory.name, () => {
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
    expect(within(sent, session)).toEqual({ ...sent, system, messages });
  });

  it('takes everything where the session knows nothing', () => {
    const sent = request([user('one'), said('first'), user('two')], ['x']);
    expect(within(sent, history([], []))).toEqual(sent);
    expect(within(sent, history(['y'], []))).toEqual(sent);
    expect(within({ ...sent, system: [] }, history(['y'], []))).toEqual({ ...sent, system: ['y'] });
  });

  it('needs a turn', () => {
    expect(() => within(request([user('one'), said('first')]), session)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'messages' }));
  });

  it('asks for room for the new messages alone', () => {
    const full = (asked: readonly Message[]): void => {
      throw new GatewayError('context_length_exceeded', String(asked.length));
    };
    const sent = request([user('one'), said('first'), user('two'), user('three')]);
    expect(() => withinHistory(sent, { history: session, checkRoom: full })).toThrow(expect.objectContaining({ code: 'context_length_exceeded', message: '2' }));
  });
});
