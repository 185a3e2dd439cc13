import { applyDecorators, SetMetadata } from '@nestjs/common';
import {
  ApiBadGatewayResponse,
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiExtension,
  ApiForbiddenResponse,
  ApiGatewayTimeoutResponse,
  ApiNotFoundResponse,
  ApiSecurity,
  ApiServiceUnavailableResponse,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { type Scope } from '../auth/client.js';

/** Metadata of a route: the scope it needs, or `public`. A route without it is closed to everybody. */
export const ACCESS = 'shellm:access';

/** No key needed: probes and documentation. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(ACCESS, 'public');

/** Needs a key with a scope, and counts against its limits, but for `metrics`: enforced by the guards and shown in the documentation. */
export function RequiresScope(scope: Scope): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCESS, scope),
    ApiExtension('x-required-scope', scope),
    ApiSecurity('bearer'),
    ApiSecurity('x-api-key'),
    ApiUnauthorizedResponse({ description: 'No key, or a wrong one: `invalid_api_key`.' }),
    ApiForbiddenResponse({
      description: `\`insufficient_scope\`: a key without the scope \`${scope}\`${scope === 'completions' ? '; `model_not_allowed`: one that may not use the model' : ''}.`,
    }),
    ApiTooManyRequestsResponse({ description: `${scope === 'metrics' ? 'Too many wrong keys' : 'Over the requests per minute'}: \`rate_limit_exceeded\`, with \`Retry-After\`.` }),
  );
}

/** Metadata of a route that counts against a key's `max_concurrent`. */
export const CONCURRENT = 'shellm:concurrent';

/** A route that asks a model: a key with a `max_concurrent` has so many of them answered at once. What may come of it is shown in the documentation. */
export function Concurrent(): MethodDecorator {
  return applyDecorators(
    SetMetadata(CONCURRENT, true),
    ApiBadRequestResponse({ description: '`invalid_parameter`, `invalid_json`, `unsupported_parameter`, `context_length_exceeded`: `param` names the field.' }),
    ApiNotFoundResponse({ description: '`model_not_found`; `session_not_found`, or `not_found` where another thing that the request names is not there.' }),
    ApiConflictResponse({
      description: '`session_busy`: another turn of the session or conversation runs.',
    }),
    ApiTooManyRequestsResponse({
      description: "Over the key's limits: `rate_limit_exceeded`, `concurrency_limit_exceeded`, `budget_exceeded`; or the vendor's: `provider_rate_limited`. With `Retry-After`.",
    }),
    ApiBadGatewayResponse({ description: '`cli_failed`, `upstream_error`, `output_limit_exceeded`, `invalid_structured_output`: the provider failed.' }),
    ApiServiceUnavailableResponse({ description: '`provider_unavailable`, `queue_full`, `shutting_down`.' }),
    ApiGatewayTimeoutResponse({ description: '`timeout`: no turn slot, no sign of life, or no end in time.' }),
  );
}
