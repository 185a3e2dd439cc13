import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeRequest } from './decode-request.js';
import { type CompletionRequest, type ResponseFormat } from '../../kernel/completion-request.js';
import { encodeAnthropicRequest } from '../../../test/support/encode-anthropic-request.js';
import { completionRequests, withoutPlaces } from '../../../test/support/request-arbitraries.js';

/** What Anthropic's API can say: a schema has no name there, JSON without a schema cannot be asked for, and the length of an answer is always told. */
function sayable(request: CompletionRequest): CompletionRequest {
  return { ...request, maxOutputTokens: request.maxOutputTokens ?? 1024, responseFormat: sayableFormat(request.responseFormat) };
}

function sayableFormat(format: ResponseFormat): ResponseFormat {
  return format.type === 'json-schema' ? { type: 'json-schema', name: 'output', schema: format.schema } : { type: 'text' };
}

describe('a request in the words of the Anthropic API', () => {
  it('is read as what was written', () => {
    fc.assert(
      fc.property(completionRequests(), (request) => {
        const written = JSON.parse(JSON.stringify(encodeAnthropicRequest(sayable(request), 'm'))) as Record<string, unknown>;
        expect(withoutPlaces(decodeRequest(written))).toEqual(withoutPlaces(sayable(request)));
      }),
    );
  });
});
