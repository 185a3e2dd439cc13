import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ArrayNotEmpty, IsArray, IsObject, IsOptional, ValidateIf } from 'class-validator';
import { CacheField, CallbackField, ConversationField, FallbackField, ModelField, ProviderField, StreamField, TemplateField, VariablesField } from '../envelope-fields.js';
import { isAbsent } from '../../wire/value-reader.js';

/** The envelope of OpenAI's chat completion request: what the gateway itself reads. Everything else is OpenAI's own reference. */
@ApiSchema({ name: 'ChatCompletionRequest' })
export class ChatCompletionDto {
  @ModelField()
  model!: string;

  @ApiPropertyOptional({
    type: 'array',
    description: 'The conversation, the last message the new one. Required, unless `template` says it.',
    items: { type: 'object', additionalProperties: true },
    example: [
      { role: 'system', content: 'You are terse.' },
      { role: 'user', content: 'Say hello.' },
    ],
  })
  @ValidateIf(needsMessages)
  @IsArray({ message: 'must be an array of messages' })
  @ArrayNotEmpty({ message: 'must hold at least one message' })
  messages!: Record<string, unknown>[];

  @StreamField()
  stream?: boolean | null;

  @ApiPropertyOptional({
    type: 'object',
    properties: { include_usage: { type: 'boolean', description: 'A last chunk has the usage.' } },
    additionalProperties: true,
    description: 'How it is streamed.',
  })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  stream_options?: { readonly include_usage?: unknown } | null;

  @ApiPropertyOptional({ type: 'array', items: { type: 'object', additionalProperties: true }, description: 'Functions and custom tools: they are run by the client.' })
  tools?: unknown;

  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }],
    description: '`auto`, `none`, `required`, or the function that is to be called.',
  })
  tool_choice?: unknown;

  @ApiPropertyOptional({ type: Boolean, description: '`false`: one function at a time.' })
  parallel_tool_calls?: unknown;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: '`json_schema` or `json_object`: a promise on CLIs; on API providers their own.' })
  response_format?: unknown;

  @ApiPropertyOptional({ type: String, description: 'How hard the model is to think: `low`, `medium`, `high`, …' })
  reasoning_effort?: unknown;

  @ApiPropertyOptional({ type: 'integer', nullable: true, description: 'Tokens of the answer, at most; `max_completion_tokens` is the same.' })
  max_tokens?: unknown;

  @ApiPropertyOptional({ oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }], description: 'The answer ends before any of them.' })
  stop?: unknown;

  @ApiPropertyOptional({ type: Number, nullable: true, description: 'A CLI cannot set it, and says so in `X-SheLLM-Ignored-Params`.' })
  temperature?: unknown;

  @ProviderField('claude')
  provider?: string | null;

  @FallbackField()
  fallback?: boolean | null;

  @CacheField()
  cache?: boolean | number | null;

  @TemplateField('it becomes the last message, and `messages` may be left out')
  template?: string | null;

  @VariablesField()
  variables?: Record<string, unknown> | null;

  @ConversationField()
  conversation_id?: string | null;

  @CallbackField()
  callback_url?: string | null;
}

/** A template is a message. */
function needsMessages({ template, messages }: { readonly template?: unknown; readonly messages?: unknown }): boolean {
  return isAbsent(template) || !(isAbsent(messages) || (Array.isArray(messages) && messages.length === 0));
}
