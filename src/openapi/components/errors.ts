import { object, orNull, text, word } from '../../http/documentation/json-schema.js';
import { errorTypes } from '../../kernel/gateway-error.js';
import { statusOf } from '../../kernel/status-of.js';

export const errorSchemas = {
  ErrorBody: object(
    {
      error: object({
        message: text('For people, and may change: decide by `code`.'),
        type: text('What client libraries make their error classes of.', { example: Object.values(errorTypes)[0] }),
        param: orNull(text('The parameter or header at fault.')),
        code: orNull(text(`Of the gateway: ${Object.keys(statusOf).join(', ')}. A vendor's own refusal of a request passes with the vendor's words.`)),
      }),
    },
    { description: 'Every error of the gateway, but for those of the Anthropic API.' },
  ),
  AnthropicErrorBody: object(
    {
      type: word(['error']),
      error: object({
        type: word([
          ...['invalid_request_error', 'authentication_error', 'permission_error', 'not_found_error', 'request_too_large', 'rate_limit_error'],
          ...['overloaded_error', 'timeout_error', 'api_error'],
        ]),
        message: text('Begins with the place of the parameter at fault.'),
      }),
      request_id: text('The id of the request, as in the header `request-id`.'),
    },
    { description: 'Every error of the Anthropic API.' },
  ),
};
