import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, IsArray, IsObject, IsOptional } from 'class-validator';
import { FallbackField, ModelField, ProviderField, StreamField } from '../envelope-fields.js';

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
}
