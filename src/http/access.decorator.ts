import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiForbiddenResponse, ApiSecurity, ApiTooManyRequestsResponse, ApiUnauthorizedResponse } from '@nestjs/swagger';
import { type Scope } from '../auth/client.js';

/** Metadata of a route: the scope it needs, or `public`. A route without it is closed to everybody. */
export const ACCESS = 'shellm:access';

/** No key needed: probes and documentation. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(ACCESS, 'public');

/** Needs a key with a scope, and counts against its limits: enforced by the guards and shown in the documentation. */
export function RequiresScope(scope: Scope): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCESS, scope),
    ApiExtension('x-required-scope', scope),
    ApiSecurity('bearer'),
    ApiSecurity('x-api-key'),
    ApiUnauthorizedResponse({ description: 'No key, or a wrong one: `invalid_api_key`.' }),
    ApiForbiddenResponse({ description: `A key without the scope \`${scope}\`, or that may not use the model.` }),
    ApiTooManyRequestsResponse({ description: 'Over the requests per minute: `rate_limit_exceeded`, with `Retry-After`.' }),
  );
}

/** Metadata of a route that counts against a key's `max_concurrent`. */
export const CONCURRENT = 'shellm:concurrent';

/** A route that asks a model: a key with a `max_concurrent` has so many of them answered at once. */
export const Concurrent = (): MethodDecorator => SetMetadata(CONCURRENT, true);
