import { readOptionalBoolean, readOptionalString, readString } from './read-value.js';
import { requestError } from './request-error.js';
import { isAbsent, type JsonObject } from '../value-reader.js';

/** What the gateway reads of a body to know where it is to go. */
export interface MessageEnvelope {
  readonly model: string;
  readonly stream: boolean;
  /** The gateway's own fields, as in a chat completion. */
  readonly provider: string | undefined;
  readonly fallback: boolean;
}

/** @throws GatewayError `invalid_parameter` */
export function decodeEnvelope(body: JsonObject): MessageEnvelope {
  const model = readString(isAbsent(body['model']) ? undefined : body['model'], 'model');
  if (model === '' || model.length > MAX_MODEL) throw requestError.invalid('model', `String should have 1 to ${MAX_MODEL} characters`);
  return {
    model,
    stream: readOptionalBoolean(body['stream'], 'stream') ?? false,
    provider: readOptionalString(body['provider'], 'provider'),
    fallback: readOptionalBoolean(body['fallback'], 'fallback') ?? true,
  };
}

const MAX_MODEL = 256;
