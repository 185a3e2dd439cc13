import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsDefined, IsOptional, IsString, MaxLength } from 'class-validator';
import { FallbackField, FlagField, ModelField, ProviderField, StreamField } from '../envelope-fields.js';

/** The envelope of OpenAI's request for a response: what the gateway itself reads. Everything else is OpenAI's own reference. */
@ApiSchema({ name: 'ResponseRequest' })
export class ResponseDto {
  @ModelField()
  model!: string;

  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'object', additionalProperties: true } }],
    description: 'A text, or items: messages, results of functions, …',
    example: 'Say hello.',
  })
  @IsDefined({ message: 'is required' })
  input!: unknown;

  @StreamField()
  stream?: boolean | null;

  @FlagField('Keep the response, so that it can be asked for again and followed.', true)
  store?: boolean | null;

  @FlagField('Answer at once, and make the response with nobody waiting.', false)
  background?: boolean | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'The response that this one goes on from.' })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  @MaxLength(256, { message: 'must be at most 256 characters' })
  previous_response_id?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: "It takes the place of the CLI's own system prompt." })
  instructions?: unknown;

  @ApiPropertyOptional({ type: 'array', items: { type: 'object', additionalProperties: true }, description: 'Functions and custom tools: they are run by the client.' })
  tools?: unknown;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'In `format`: the schema of the answer.' })
  text?: unknown;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: '`effort`: how hard the model is to think.' })
  reasoning?: unknown;

  @ApiPropertyOptional({ type: 'integer', nullable: true, description: 'Tokens of the answer, at most.' })
  max_output_tokens?: unknown;

  @ProviderField('claude')
  provider?: string | null;

  @FallbackField()
  fallback?: boolean | null;
}
