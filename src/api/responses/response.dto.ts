import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsDefined, IsOptional, IsString, MaxLength } from 'class-validator';
import { FallbackField, FlagField, ModelField, ProviderField, StreamField } from '../envelope-fields.js';

/** The envelope of OpenAI's request for a response: what the gateway itself reads. Everything else is OpenAI's own reference. */
export class ResponseDto {
  @ModelField()
  model!: string;

  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'object', additionalProperties: true } }], example: 'Say hello.' })
  @IsDefined({ message: 'is required' })
  input!: unknown;

  @StreamField()
  stream?: boolean | null;

  @FlagField('Keep the response, so that it can be asked for again and followed.', true)
  store?: boolean | null;

  @FlagField('Answer at once, and make the response with nobody waiting.', false)
  background?: boolean | null;

  @ApiPropertyOptional({ description: 'The response that this one goes on from.' })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  @MaxLength(256, { message: 'must be at most 256 characters' })
  previous_response_id?: string | null;

  @ProviderField('claude')
  provider?: string | null;

  @FallbackField()
  fallback?: boolean | null;
}
