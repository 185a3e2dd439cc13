import { type ErrorCode } from '../../src/kernel/gateway-error.ts';

/** What an error means, and what mends it: short words of docs/errors.md, for whoever looks at the log. */
interface Words {
  readonly what: string;
  readonly todo: string;
}

const words: Readonly<Record<ErrorCode, Words>> = {
  invalid_json: { what: 'The body was not valid JSON.', todo: 'The client has to send valid JSON.' },
  invalid_parameter: { what: 'A parameter had a wrong type or value.', todo: 'The answer named it in "param": the client has to correct it.' },
  invalid_header_value: { what: 'A header had a wrong value.', todo: 'The answer named it in "param": the client has to correct it.' },
  unsupported_parameter: { what: 'This provider cannot do what a parameter asks.', todo: 'Leave the parameter out, or name another provider.' },
  unsupported_operation: { what: 'Embeddings and legacy completions are for API providers only.', todo: 'Name an API provider, or use /v1/chat/completions.' },
  context_length_exceeded: { what: 'The prompt was longer than the model takes, or the conversation has grown too long.', todo: 'Shorten it, or name a model with more room.' },
  invalid_api_key: { what: 'There was no key, or a wrong, revoked or expired one.', todo: 'Send a valid key: "Authorization: Bearer KEY". The page Keys issues them.' },
  model_not_allowed: { what: "The key's models do not cover this one.", todo: 'Ask for another model, or allow it on the page Keys.' },
  insufficient_scope: { what: "The key's scopes do not cover the endpoint.", todo: 'Give the key the scope on the page Keys.' },
  origin_not_allowed: {
    what: 'A page of a foreign origin or host asked, or a tunnel stands before a gateway without keys.',
    todo: 'SHELLM_CORS_ORIGINS, SHELLM_ALLOWED_HOSTS, or issue a key.',
  },
  model_not_found: { what: 'No provider has the model.', todo: 'GET /v1/models lists what there is.' },
  session_not_found: { what: "There is no such session (any more), or it is another client's.", todo: 'Begin one: X-SheLLM-Session-ID: new.' },
  not_found: { what: "There is no such endpoint or thing (any more), or it is another client's.", todo: 'Look at the path and the id.' },
  method_not_allowed: { what: 'The endpoint takes another method.', todo: 'Use one that the header Allow names.' },
  unsupported_media_type: { what: 'The body was no JSON, or no form where files are sent.', todo: 'Say Content-Type: application/json.' },
  session_busy: { what: 'Another turn of the session or conversation was running, for too long.', todo: 'Send one turn after the other; try again after Retry-After.' },
  idempotency_conflict: { what: 'The Idempotency-Key was used for another request, or the first one is still under way.', todo: 'Take a new key for a new request.' },
  payload_too_large: { what: 'The body, a template with its values, or the client’s files are too large.', todo: 'Send less, or raise SHELLM_BODY_LIMIT.' },
  rate_limit_exceeded: { what: "Over the gateway's requests a minute, of the client or of all together.", todo: "Wait, or raise the key's limit on the page Keys." },
  concurrency_limit_exceeded: { what: 'Too many requests of the key at the same time.', todo: "Wait until one has ended, or raise the key's limit on the page Keys." },
  budget_exceeded: { what: "The key's budget of the day or month is spent.", todo: 'Wait for the next day or month, or raise it on the page Keys.' },
  provider_rate_limited: { what: "Over the vendor's or the subscription's own limit.", todo: 'Wait until it resets, or name another provider.' },
  internal_error: { what: 'The gateway failed, which is our fault.', todo: 'Report it, with the log lines of this request id.' },
  cli_failed: { what: 'The CLI exited, or said what is not its protocol.', todo: 'Ask again. The log has its last words under this request id.' },
  upstream_error: { what: 'The vendor failed, could not be reached, or cut its answer.', todo: 'Ask again.' },
  output_limit_exceeded: { what: 'The provider said more than the gateway takes.', todo: 'Ask for less.' },
  invalid_structured_output: { what: 'The answer did not keep to the schema, also after a second try.', todo: 'Ask again, or name a stronger model.' },
  loop_detected: { what: "The request came from this gateway itself: a vendor's base URL leads back to it.", todo: 'Correct OPENAI_BASE_URL.' },
  provider_unavailable: { what: 'The provider is not installed, not logged in, without a key, or switched off.', todo: 'The page Providers says what to do.' },
  queue_full: { what: 'All turn slots were taken, and all places to wait.', todo: 'Try again later; SHELLM_MAX_CONCURRENT and SHELLM_QUEUE_DEPTH raise it.' },
  shutting_down: { what: 'The gateway was about to end.', todo: 'Try again.' },
  timeout: { what: 'No turn slot, no sign of life, or no end in time.', todo: 'Ask for less, or raise SHELLM_QUEUE_TIMEOUT_MS or SHELLM_REQUEST_TIMEOUT_MS.' },
};

/** What is known of an error; a code of a vendor's own is passed on as it is. */
export function wordsOf(code: string | null | undefined, status?: number): Words | undefined {
  if (status === 499) return { what: 'The client left before the answer was whole.', todo: 'Nothing to mend here: look at the time-outs of the client.' };
  if (!code) return undefined;
  return Object.hasOwn(words, code) ? words[code as ErrorCode] : { what: 'The vendor refused it in words of its own.', todo: 'The answer passed on what it said.' };
}
