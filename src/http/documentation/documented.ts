import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse, type ContentObject, type HeadersObject, type MediaTypeObject, type ReferenceObject } from '@nestjs/swagger';
import { ref } from './json-schema.js';

/** An answer in JSON, by the name of its schema. */
interface Documented {
  readonly description: string;
  /** One of the components of the document (src/openapi/component-schemas.ts). */
  readonly schema: string;
  readonly example: unknown;
}

/** What an operation answers with, in JSON. */
export function ApiAnswer(answer: Documented & { readonly status?: number }): MethodDecorator {
  return ApiResponse({ status: answer.status ?? 200, description: answer.description, content: jsonOf(answer) });
}

/** What an operation answers with, in JSON or, where the client asks for it, as server-sent events. @param stream an example of them */
export function ApiStreamingAnswer({ stream, headers = {}, ...answer }: Documented & { readonly stream: string; readonly headers?: HeadersObject }): MethodDecorator {
  return ApiResponse({
    status: 200,
    description: answer.description,
    headers: { ...outcomeHeaders, ...headers },
    content: { ...jsonOf(answer), 'text/event-stream': eventsOf(stream) },
  });
}

/** Server-sent events: a text of frames. */
export const eventsOf = (example: string): MediaTypeObject => ({
  schema: { type: 'string', description: 'Server-sent events: frames of `data: {…}`, an empty line after each.' },
  example,
});

const jsonOf = ({ schema, example }: Documented): ContentObject => ({ 'application/json': { schema: ref(schema), example } });

/** The headers with which a request says who is to answer it. @param sessions the operation can be a turn of one */
export function RoutingHeaders({ sessions }: { readonly sessions: boolean }): MethodDecorator {
  const described = [
    ApiHeader({ name: 'X-SheLLM-Provider', required: false, description: 'Names the provider: `claude`, `openai`, `demo`, … `model` is then one of its own.', example: 'demo' }),
    ApiHeader({ name: 'X-OpenAI-API-Key', required: false, description: "The client's own OpenAI key for this one request. It is neither kept nor logged." }),
  ];
  if (!sessions) return applyDecorators(...described);
  return applyDecorators(
    ...described,
    ApiHeader({
      name: 'X-Claude-Code',
      required: false,
      description: '`true`: Claude Code answers, in a session; OpenAI model names are mapped (`gpt-4o` → `sonnet`).',
      schema: { type: 'string', enum: ['true', 'false'] },
    }),
    ApiHeader({
      name: 'X-SheLLM-Session-ID',
      required: false,
      description: "`new` begins a session, a session's id goes on with it: the request then brings its new messages alone.",
    }),
    ApiHeader({ name: 'X-Claude-Session-ID', required: false, description: 'The same as `X-SheLLM-Session-ID`, and Claude answers.' }),
  );
}

const header = (name: string): ReferenceObject => ({ $ref: `#/components/headers/${name}` });

/** The headers that tell who answered (src/openapi/component-headers.ts). */
export const outcomeHeaders: HeadersObject = Object.fromEntries(
  [
    'X-SheLLM-Provider',
    'X-SheLLM-Model',
    'X-SheLLM-Fallback',
    'X-SheLLM-Original-Provider',
    'X-SheLLM-Original-Error',
    'X-SheLLM-Session-ID',
    'X-SheLLM-Session-Created',
    'X-SheLLM-Ignored-Params',
    'X-SheLLM-Usage',
    'Idempotency-Replayed',
  ].map((name) => [name, header(name)]),
);

/** Of the endpoints whose answers are kept (response cache). */
export const cacheHeaders: HeadersObject = { 'X-SheLLM-Cache': header('X-SheLLM-Cache') };
