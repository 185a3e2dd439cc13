import type OpenAI from 'openai';
import { type CompletionRequest, type ResponseFormat } from '../../src/kernel/completion-request.js';
import { type ContentPart, type Message } from '../../src/kernel/message.js';

type Item = OpenAI.Responses.ResponseInputItem;

/** Writes a request as a client of OpenAI's Responses API does, in the words of its library's types. */
export function encodeResponsesRequest(request: CompletionRequest, model: string): OpenAI.Responses.ResponseCreateParamsNonStreaming {
  const [instructions, ...system] = request.system;
  const { toolChoice, maxOutputTokens, reasoningEffort } = request;
  return {
    model,
    ...(instructions === undefined ? {} : { instructions }),
    input: [...system.map((content): Item => ({ type: 'message', role: 'developer', content })), ...request.messages.flatMap(encodeMessage)],
    ...(maxOutputTokens === undefined ? {} : { max_output_tokens: maxOutputTokens }),
    ...(reasoningEffort === undefined ? {} : { reasoning: { effort: reasoningEffort } }),
    tools: request.tools.map(
      ({ name, description, parameters, strict }) =>
        ({
          type: 'function',
          name,
          ...(description === undefined ? {} : { description }),
          parameters: parameters ?? null,
          ...(strict === undefined ? {} : { strict }),
        }) as OpenAI.Responses.FunctionTool,
    ),
    tool_choice: typeof toolChoice === 'object' ? { type: 'function', name: toolChoice.name } : toolChoice,
    parallel_tool_calls: request.parallelToolCalls,
    text: { format: encodeFormat(request.responseFormat) },
  };
}

function encodeFormat(format: ResponseFormat): OpenAI.Responses.ResponseFormatTextConfig {
  if (format.type === 'json-object') return { type: 'json_object' };
  return format.type === 'text' ? format : { ...format, type: 'json_schema', schema: { ...format.schema } };
}

function encodeMessage(message: Message): Item[] {
  switch (message.role) {
    case 'user':
      return [{ type: 'message', role: 'user', content: message.content.map(encodePart) }];
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.callId, output: message.content.map(encodePart) as OpenAI.Responses.ResponseFunctionCallOutputItemList }];
    case 'assistant':
      return [
        ...(message.reasoning ?? []).map(({ text, signature }, index): Item => ({
          type: 'reasoning',
          id: `rs_${index}`,
          summary: text === '' ? [] : [{ type: 'summary_text', text }],
          ...(signature === undefined ? {} : { encrypted_content: signature }),
        })),
        ...(message.text === ''
          ? []
          : [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: message.text, annotations: [] }] } satisfies Item]),
        ...message.toolCalls.map(({ callId, name, json }): Item => ({ type: 'function_call', call_id: callId, name, arguments: json })),
      ];
  }
}

function encodePart(part: ContentPart): OpenAI.Responses.ResponseInputContent {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image':
      return { type: 'input_image', detail: 'auto', image_url: `data:${part.mediaType};base64,${part.data}` };
    case 'image-url':
      return { type: 'input_image', detail: 'auto', image_url: part.url };
    case 'file':
      return { type: 'input_file', filename: part.filename ?? 'file', file_data: `data:${part.mediaType};base64,${part.data}` };
    case 'audio':
      throw new Error('the Responses API takes no audio');
  }
}
