import fc from 'fast-check';
import { type CompletionRequest, type FunctionTool, type ReasoningEffort, type ResponseFormat } from '../../src/kernel/completion-request.js';
import { type ContentPart, type Message, type Reasoning, type ToolCall } from '../../src/kernel/message.js';

const said = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const base64 = fc.base64String({ minLength: 4, maxLength: 24 }).filter((text) => text.length > 0);
const toolName = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/);
const jsonObject = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), { maxKeys: 4 });

const text: fc.Arbitrary<ContentPart> = said.map((words) => ({ type: 'text', text: words }));
const picture: fc.Arbitrary<ContentPart> = fc.record({
  type: fc.constant('image' as const),
  mediaType: fc.constantFrom('image/png', 'image/jpeg', 'image/gif', 'image/webp'),
  data: base64,
  param: fc.constant(''),
});
const pictureUrl: fc.Arbitrary<ContentPart> = fc.webUrl().map((url) => ({ type: 'image-url', url, param: '' }));
const file: fc.Arbitrary<ContentPart> = fc.record({
  type: fc.constant('file' as const),
  mediaType: fc.constant('application/pdf'),
  data: base64,
  filename: fc.stringMatching(/^[a-z]{1,8}\.pdf$/),
  param: fc.constant(''),
});

const reasoning: fc.Arbitrary<Reasoning> = fc.oneof(
  fc.record({ text: said, signature: base64 }),
  fc.record({ text: fc.constant(''), signature: base64, redacted: fc.constant(true as const) }),
);

const user: fc.Arbitrary<Message> = fc.record({
  role: fc.constant('user' as const),
  content: fc.array(fc.oneof({ weight: 3, arbitrary: text }, picture, pictureUrl, file), { minLength: 1, maxLength: 4 }),
});

/** An answer, and the results of the functions that it called. */
const answered = (round: number): fc.Arbitrary<Message[]> =>
  fc
    .record({
      text: fc.oneof(fc.constant(''), said),
      reasoning: fc.array(reasoning, { maxLength: 2 }),
      calls: fc.array(fc.record({ name: toolName, input: jsonObject, result: fc.array(text, { minLength: 1, maxLength: 2 }), isError: fc.boolean() }), { maxLength: 3 }),
    })
    .filter(({ text: words, calls }) => words !== '' || calls.length > 0)
    .map(({ text: words, reasoning: thoughts, calls }): Message[] => {
      const toolCalls: ToolCall[] = calls.map(({ name, input }, index) => ({ callId: `call_${round}_${index}`, name, json: JSON.stringify(input) }));
      return [
        { role: 'assistant', ...(thoughts.length === 0 ? {} : { reasoning: thoughts }), text: words, toolCalls },
        ...calls.map(({ result, isError }, index): Message => ({
          role: 'tool',
          callId: `call_${round}_${index}`,
          content: result,
          ...(isError ? { isError: true as const } : {}),
        })),
      ];
    });

const messages: fc.Arbitrary<Message[]> = fc
  .array(
    fc.nat().chain((round) => fc.tuple(user, answered(round))),
    { maxLength: 3 },
  )
  .chain((rounds) => user.map((last) => [...rounds.flatMap(([question, answer]) => [question, ...answer]), last]));

const tools: fc.Arbitrary<FunctionTool[]> = fc.uniqueArray(
  fc.record(
    { name: toolName, description: said, parameters: jsonObject.map((properties) => ({ type: 'object', properties })), strict: fc.boolean() },
    { requiredKeys: ['name', 'parameters'] },
  ),
  { selector: ({ name }) => name, maxLength: 3 },
);

const responseFormat: fc.Arbitrary<ResponseFormat> = fc.oneof(
  fc.constant({ type: 'text' as const }),
  fc.constant({ type: 'json-object' as const }),
  fc.record(
    {
      type: fc.constant('json-schema' as const),
      name: toolName,
      description: said,
      schema: jsonObject.map((properties) => ({ type: 'object', properties })),
      strict: fc.boolean(),
    },
    { requiredKeys: ['type', 'name', 'schema'] },
  ),
);

/**
 * Any request that a provider may get. What a wire format cannot say, its spec takes out before it compares; `param` of a part is '' here, since it is the place
 * where a client wrote it.
 */
export function completionRequests(): fc.Arbitrary<CompletionRequest> {
  return tools.chain((offered) =>
    fc
      .record(
        {
          system: fc.array(said, { maxLength: 2 }),
          messages,
          maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
          stop: fc.uniqueArray(said, { maxLength: 4 }),
          reasoningEffort: fc.constantFrom<ReasoningEffort>('low', 'medium', 'high', 'xhigh'),
          tools: fc.constant(offered),
          toolChoice:
            offered.length === 0
              ? fc.constant('auto' as const)
              : fc.oneof(fc.constantFrom('none' as const, 'auto' as const, 'required' as const), fc.constantFrom(...offered.map(({ name }) => ({ name })))),
          parallelToolCalls: offered.length === 0 ? fc.constant(true) : fc.boolean(),
          responseFormat,
          samplingParameters: fc.constant([]),
          apiOnlyParameters: fc.constant([]),
        },
        { requiredKeys: ['system', 'messages', 'stop', 'tools', 'toolChoice', 'parallelToolCalls', 'responseFormat', 'samplingParameters', 'apiOnlyParameters'] },
      )
      .map((request) => request as CompletionRequest),
  );
}

/** The request without the places of its parts. */
export function withoutPlaces(request: CompletionRequest): CompletionRequest {
  return JSON.parse(JSON.stringify(request, (field, value: unknown) => (field === 'param' ? '' : value))) as CompletionRequest;
}
