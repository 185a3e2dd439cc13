import { type OpenAPIObject } from '@nestjs/swagger';
import { type HeadersObject, type OperationObject, type ResponseObject } from '@nestjs/swagger';
import { componentHeaders } from './component-headers.js';
import { componentSchemas } from './component-schemas.js';
import { errorExamples } from './error-examples.js';
import { ref } from '../http/documentation/json-schema.js';
import { type ErrorCode } from '../kernel/gateway-error.js';
import { statusOf } from '../kernel/status-of.js';
import { encodeError as encodeAnthropicError } from '../wire/anthropic-messages/encode-error.js';
import { encodeError } from '../wire/openai-chat/encode-error.js';

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;
const limited = ['X-RateLimit-Limit-Requests', 'X-RateLimit-Remaining-Requests', 'X-RateLimit-Reset-Requests'];

/** Requests whose further fields are those of the vendors' own references. */
const openRequests = ['ChatCompletionRequest', 'ResponseRequest', 'EmbeddingRequest', 'LegacyCompletionRequest'];

/**
 * Adds what holds for many operations to a document that was made of the controllers: the schemas by name, the headers of answers, and the errors,
 * each with its body. Which errors an operation has is said by the codes in the descriptions of its answers; those that any request may meet are added.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  const components = { ...document.components, schemas: { ...document.components?.schemas, ...componentSchemas }, headers: componentHeaders };
  for (const name of openRequests) components.schemas[name] = { ...components.schemas[name], additionalProperties: true };
  for (const path of Object.values(document.paths)) for (const method of methods) if (path[method]) complete(path[method]);
  return { ...document, components };
}

function complete(operation: OperationObject): void {
  const guarded = operation.security !== undefined;
  operation.security ??= [];
  const answers = operation.responses as Record<string, ResponseObject>;
  const anthropic = operation.tags?.includes('messages') === true;
  for (const code of guarded ? commonCodes(operation) : []) addCode(answers, code);
  for (const [status, answer] of Object.entries(answers)) {
    answer.headers = { ...headersOf(Number(status), guarded), ...answer.headers };
    if (Number(status) >= 400 && answer.content === undefined) answer.content = { 'application/json': errorContent(answer.description, anthropic) };
  }
}

/** What any request with a key may meet, and any with a body. */
function commonCodes({ requestBody, responses }: OperationObject): ErrorCode[] {
  const body: ErrorCode[] = requestBody === undefined ? [] : ['invalid_parameter', 'invalid_json', 'payload_too_large', 'unsupported_media_type'];
  return [
    ...body,
    'invalid_api_key',
    'insufficient_scope',
    'origin_not_allowed',
    'rate_limit_exceeded',
    'internal_error',
    ...('503' in responses ? [] : (['shutting_down'] as const)),
  ];
}

function addCode(answers: Record<string, ResponseObject>, code: ErrorCode): void {
  const status = statusOf[code];
  const known = answers[status];
  if (known === undefined) answers[status] = { description: `\`${code}\`` };
  else if (!codesOf(known.description).includes(code)) known.description = `${known.description.replace(/\.$/, '')}; \`${code}\``;
}

function codesOf(description: string): ErrorCode[] {
  const words = new Set([...description.matchAll(/`(\w+)`/g)].map(([, word]) => word));
  return [...words].filter((word): word is ErrorCode => word !== undefined && Object.hasOwn(statusOf, word));
}

function errorContent(description: string, anthropic: boolean): object {
  const body = (code: ErrorCode): object => (anthropic ? encodeAnthropicError(errorExamples[code], 'req_3178db66') : encodeError(errorExamples[code]));
  const examples = Object.fromEntries(codesOf(description).map((code) => [code, { summary: code, value: body(code) }]));
  return { schema: ref(anthropic ? 'AnthropicErrorBody' : 'ErrorBody'), examples };
}

function headersOf(status: number, guarded: boolean): HeadersObject {
  const names = ['X-Request-ID', ...(guarded && status < 300 ? limited : []), ...(retried.has(status) ? ['Retry-After', 'X-Should-Retry'] : [])];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Where an answer may say when, or whether, to try again. */
const retried: ReadonlySet<number> = new Set([409, 429, 502, 503, 504]);
