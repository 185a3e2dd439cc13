import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsDefined, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';

/** The envelope of OpenAI's request for a response: what the gateway itself reads. Everything else is OpenAI's own reference. */
export class ResponseDto {
  @ApiProperty({ description: '`<provider>/<model>`, an alias, a provider id, or a bare model name that leads to its vendor.', example: 'claude/sonnet' })
  @IsString({ message: 'must be a string' })
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(256, { message: 'must be at most 256 characters' })
  model!: string;

  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'object', additionalProperties: true } }], example: 'Say hello.' })
  @IsDefined({ message: 'is required' })
  input!: unknown;

  @ApiPropertyOptional({ description: 'Answer as server-sent events.', default: false })
  @IsOptional()
  @IsBoolean({ message: 'must be a boolean' })
  stream?: boolean | null;

  @ApiPropertyOptional({ description: 'Keep the response, so that it can be asked for again and followed.', default: true })
  @IsOptional()
  @IsBoolean({ message: 'must be a boolean' })
  store?: boolean | null;

  @ApiPropertyOptional({ description: 'Answer at once, and make the response with nobody waiting.', default: false })
  @IsOptional()
  @IsBoolean({ message: 'must be a boolean' })
  background?: boolean | null;

  @ApiPropertyOptional({ description: 'The response that this one goes on from.' })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  @MaxLength(256, { message: 'must be at most 256 characters' })
  previous_response_id?: string | null;

  @ApiPropertyOptional({ description: 'Names the provider, as the header X-SheLLM-Provider does.', example: 'claude' })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  provider?: string | null;

  @ApiPropertyOptional({ description: '`false`: no other provider answers where the first one fails.', default: true })
  @IsOptional()
  @IsBoolean({ message: 'must be a boolean' })
  fallback?: boolean | null;
}
