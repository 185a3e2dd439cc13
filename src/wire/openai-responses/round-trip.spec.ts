import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeInput } from './decode-input.js';
import { decodeRequest } from './decode-request.js';
import { ResponseWriter } from './response-writer.js';
import { ToolTable } from './tool-table.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type Message } from '../../kernel/message.js';
import { encodeResponsesRequest } from '../../../test/support/encode-responses-request.js';
import { eventStreams } from '../../../test/support/event-arbitraries.js';
import { completionRequests, withoutPlaces } from '../../../test/support/request-arbitraries.js';

/** What the Responses API can say: it has no stop sequences, and a result is no error. */
function sayable(request: CompletionRequest): CompletionRequest {
  return { ...request, stop: [], messages: request.messages.map(sayableMessage) };
}

function sayableMessage(message: Message): Message {
  return message.role === 'tool' ? { role: 'tool', callId: message.callId, content: message.content } : message;
}

describe('a request in the words of the Responses API', () => {
  it('is read as what was written', () => {
    fc.assert(
      fc.property(completionRequests(), (request) => {
        const written = JSON.parse(JSON.stringify(encodeResponsesRequest(sayable(request), 'm'))) as Record<string, unknown>;
        expect(withoutPlaces(decodeRequest(written).request)).toEqual(withoutPlaces(sayable(request)));
      }),
    );
  });
});

describe('an answer in the words of the Responses API', () => {
  it('is read, when it comes back as input, as what was said', () => {
    fc.assert(
      fc.property(eventStreams(), (events) => {
        const writer = new ResponseWriter({ id: `resp_${'0'.repeat(32)}`, created: 1, body: { model: 'm' } }, new ToolTable());
        for (const event of events) writer.accept(event);
        const { messages } = decodeInput(JSON.parse(JSON.stringify(writer.body.output)), new ToolTable());
        // By block: a text that comes in between is not in the middle of another one.
        const said = new Map<number, string>();
        for (const event of events) {
          if (event.type === 'text-start') said.set(event.block, '');
          else if (event.type === 'text-delta') said.set(event.block, `${said.get(event.block) ?? ''}${event.text}`);
        }
        const text = [...said.values()].join('').toWellFormed();
        const calls = events.flatMap((event) => (event.type === 'tool-call-start' ? { callId: event.callId, name: event.name } : []));
        const [answer] = messages;
        if (text === '' && calls.length === 0) expect(messages).toEqual([]);
        else expect(answer).toMatchObject({ role: 'assistant', text, toolCalls: calls });
      }),
    );
  });
});
