import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';

/** The envelope of OpenAI's legacy completion request: what the gateway itself reads. */
export class LegacyCompletionDto {
  @ApiProperty({ description: 'A model of an API provider.', example: 'openai/gpt-3.5-turbo-instruct' })
  @IsString({ message: 'must be a string' })
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(256, { message: 'must be at most 256 characters' })
  model!: string;

  @ApiPropertyOptional({ oneOf: [{ type: 'string' }, { type: 'array', items: {} }], example: 'Once upon a time' })
  prompt?: unknown;

  @ApiPropertyOptional({ description: 'Answer as server-sent events.', default: false })
  @IsOptional()
  @IsBoolean({ message: 'must be a boolean' })
  stream?: boolean | null;

  @ApiPropertyOptional({ description: 'Names the provider, as the header X-SheLLM-Provider does.', example: 'openai' })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  provider?: string | null;
}
