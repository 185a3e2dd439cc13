import { type StoredResponse } from './stored-response.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type ResponseObject, type ResponseStatus } from '../wire/openai-responses/response-body.js';

/** Characters of what is kept of one answer, without its events. */
const MAX_STORED = 16 * 1024 ** 2;

/** An answer as its row keeps it. */
export interface StoredTexts {
  readonly status: ResponseStatus;
  /** JSON. */
  readonly body: string;
  readonly input: string;
  readonly messages: string;
}

/** What is known of an answer at its end beside its texts. */
export interface Told {
  /** How much its events take. */
  readonly told: number;
}

/** @throws GatewayError `context_length_exceeded` where it is too long to be kept */
export function storedTexts({ body, input, conversation }: StoredResponse): StoredTexts {
  const texts = { body: JSON.stringify(body), input: JSON.stringify(input), messages: JSON.stringify(conversation) };
  if (texts.body.length + texts.input.length + texts.messages.length > MAX_STORED) {
    throw new GatewayError('context_length_exceeded', 'The conversation has grown too long to be stored: send "store": false.', { param: 'store' });
  }
  return { status: body.status, ...texts };
}

/** The state that an answer has come to, without what was said so far where that is too long to be kept. */
export function stateTexts(body: ResponseObject): Pick<StoredTexts, 'status' | 'body'> {
  const text = JSON.stringify(body);
  return { status: body.status, body: text.length > MAX_STORED ? JSON.stringify({ ...body, output: [] }) : text };
}
