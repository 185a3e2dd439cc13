import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, IsArray, IsBoolean, IsNotEmpty, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';

/** The envelope of OpenAI's chat completion request: what the gateway itself reads. Everything else is OpenAI's own reference. */
export class ChatCompletionDto {
  @ApiProperty({ description: '`<provider>/<model>`, an alias, a provider id, or a bare model name that leads to its vendor.', example: 'claude/sonnet' })
  @IsString({ message: 'must be a string' })
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(256, { message: 'must be at most 256 characters' })
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

  @ApiPropertyOptional({ description: 'Answer as server-sent events.', default: false })
  @IsOptional()
  @IsBoolean({ message: 'must be a boolean' })
  stream?: boolean | null;

  @ApiPropertyOptional({ type: 'object', properties: { include_usage: { type: 'boolean' } }, additionalProperties: true })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  stream_options?: { readonly include_usage?: unknown } | null;

  @ApiPropertyOptional({ description: 'Names the provider, as the header X-SheLLM-Provider does.', example: 'claude' })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  provider?: string | null;

  @ApiPropertyOptional({ description: '`false`: no other provider answers where the first one fails.', default: true })
  @IsOptional()
  @IsBoolean({ message: 'must be a boolean' })
  fallback?: boolean | null;
}
