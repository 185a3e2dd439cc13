import { applyDecorators } from '@nestjs/common';
import { ApiConflictResponse, ApiHeader } from '@nestjs/swagger';

/** Documents a route that answers a request with an `Idempotency-Key` once; its handler answers by {@link import('./once.js').Once}. */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'The same key and body within 24 hours give the same answer, once; `Idempotency-Replayed: true` marks it when it is given again.',
    }),
    ApiConflictResponse({ description: '`idempotency_conflict`: the key was used for another request, or the first one has been under way for too long.' }),
  );
}
