import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiConflictResponse, ApiHeader } from '@nestjs/swagger';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/** A route that answers a request with an `Idempotency-Key` once. */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'The same key and body within 24 hours give the same answer, once; `Idempotency-Replayed: true` marks it when it is given again.',
    }),
    ApiConflictResponse({ description: '`idempotency_conflict`: the key was used for another request, or the first one has been under way for too long.' }),
  );
}
