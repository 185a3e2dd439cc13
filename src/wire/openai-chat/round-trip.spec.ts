import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeRequest } from './decode-request.js';
import { encodeRequest } from './encode-request.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type Message } from '../../kernel/message.js';
import { completionRequests, withoutPlaces } from '../../../test/support/request-arbitraries.js';

/** What Chat Completions can say: nothing of what the model thought, nor that a result is an error. */
function sayable(request: CompletionRequest): CompletionRequest {
  return { ...request, messages: request.messages.map(sayableMessage) };
}

function sayableMessage(message: Message): Message {
  if (message.role === 'assistant') return { role: 'assistant', text: message.text, toolCalls: message.toolCalls };
  return message.role === 'tool' ? { role: 'tool', callId: message.callId, content: message.content } : message;
}

describe('a request in the words of Chat Completions', () => {
  it('is read as what was written', () => {
    fc.assert(
      fc.property(completionRequests(), (request) => {
        const written = encodeRequest(request, 'm', { stream: false });
        expect(withoutPlaces(decodeRequest(JSON.parse(JSON.stringify(written)) as Record<string, unknown>))).toEqual(withoutPlaces(sayable(request)));
      }),
    );
  });
});
