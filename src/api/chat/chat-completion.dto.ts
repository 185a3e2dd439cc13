import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, IsArray, IsObject, IsOptional, ValidateIf } from 'class-validator';
import { CacheField, CallbackField, ConversationField, FallbackField, ModelField, ProviderField, StreamField, TemplateField, VariablesField } from '../envelope-fields.js';
import { isAbsent } from '../../wire/value-reader.js';

/** The envelope of OpenAI's chat completion request: what the gateway itself reads. Everything else is OpenAI's own reference. */
export class ChatCompletionDto {
  @ModelField()
  model!: string;

  @ApiProperty({
    type: 'array',
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

  @ApiPropertyOptional({ type: 'object', properties: { include_usage: { type: 'boolean' } }, additionalProperties: true })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  stream_options?: { readonly include_usage?: unknown } | null;

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
