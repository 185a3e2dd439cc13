import type Anthropic from '@anthropic-ai/sdk';
import { type CompletionRequest, type ToolChoice } from '../../src/kernel/completion-request.js';
import { type ContentPart, type Message, type Reasoning } from '../../src/kernel/message.js';

/** Writes a request as a client of the Anthropic API does, in the words of its library's types. */
export function encodeAnthropicRequest(request: CompletionRequest, model: string): Anthropic.MessageCreateParamsNonStreaming {
  const { system, messages, maxOutputTokens = 1024, stop, reasoningEffort: effort, tools, responseFormat } = request;
  const format = responseFormat.type === 'json-schema' ? { type: 'json_schema' as const, schema: responseFormat.schema } : undefined;
  return {
    model,
    max_tokens: maxOutputTokens,
    system: system.map((text) => ({ type: 'text', text, cache_control: { type: 'ephemeral' } })),
    messages: encodeMessages(messages),
    stop_sequences: [...stop],
    ...(effort === 'none' ? { thinking: { type: 'disabled' } } : {}),
    output_config: { ...(effort === undefined || effort === 'none' || effort === 'minimal' ? {} : { effort }), ...(format && { format }) },
    tools: tools.map(({ name, description, parameters, strict }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      input_schema: (parameters ?? { type: 'object' }) as Anthropic.Tool.InputSchema,
      ...(strict === undefined ? {} : { strict }),
    })),
    tool_choice: encodeToolChoice(request.toolChoice, !request.parallelToolCalls),
  };
}

function encodeToolChoice(choice: ToolChoice, single: boolean): Anthropic.ToolChoice {
  const disable = single ? { disable_parallel_tool_use: true } : {};
  if (typeof choice === 'object') return { type: 'tool', name: choice.name, ...disable };
  return { type: choice === 'required' ? 'any' : choice, ...disable };
}

/** Results, and the words that follow them, are one message. */
function encodeMessages(messages: readonly Message[]): Anthropic.MessageParam[] {
  const written: { role: 'user' | 'assistant'; content: Anthropic.ContentBlockParam[] }[] = [];
  messages.forEach((message, index) => {
    const blocks = encodeBlocks(message);
    const before = messages[index - 1]?.role;
    const last = written.at(-1);
    if (last && before === 'tool' && message.role !== 'assistant') last.content.push(...blocks);
    else written.push({ role: message.role === 'assistant' ? 'assistant' : 'user', content: blocks });
  });
  return written;
}

function encodeBlocks(message: Message): Anthropic.ContentBlockParam[] {
  switch (message.role) {
    case 'user':
      return message.content.map(encodePart);
    case 'tool':
      return [
        {
          type: 'tool_result',
          tool_use_id: message.callId,
          content: message.content.map(encodePart) as Anthropic.TextBlockParam[],
          ...(message.isError ? { is_error: true } : {}),
        },
      ];
    case 'assistant':
      return [
        ...(message.reasoning ?? []).map(encodeReasoning),
        ...(message.text === '' ? [] : [{ type: 'text' as const, text: message.text }]),
        ...message.toolCalls.map(({ callId, name, json }) => ({ type: 'tool_use' as const, id: callId, name, input: JSON.parse(json) as unknown })),
      ];
  }
}

function encodeReasoning({ text, signature = '', redacted }: Reasoning): Anthropic.ContentBlockParam {
  return redacted ? { type: 'redacted_thinking', data: signature } : { type: 'thinking', thinking: text, signature };
}

function encodePart(part: ContentPart): Anthropic.TextBlockParam | Anthropic.ImageBlockParam | Anthropic.DocumentBlockParam {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return { type: 'image', source: { type: 'base64', media_type: part.mediaType as 'image/png', data: part.data } };
    case 'image-url':
      return { type: 'image', source: { type: 'url', url: part.url } };
    case 'file':
      return { type: 'document', source: { type: 'base64', media_type: part.mediaType as 'application/pdf', data: part.data }, ...(part.filename && { title: part.filename }) };
    case 'audio':
      throw new Error('the API takes no audio');
  }
}
