import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsDefined, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';

/** The envelope of OpenAI's request for embeddings: what the gateway itself reads. */
export class EmbeddingsDto {
  @ApiProperty({ description: 'A model of an API provider.', example: 'openai/text-embedding-3-small' })
  @IsString({ message: 'must be a string' })
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(256, { message: 'must be at most 256 characters' })
  model!: string;

  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'array', items: {} }], example: 'Hello there' })
  @IsDefined({ message: 'is required' })
  input!: unknown;

  @ApiPropertyOptional({ description: 'Names the provider, as the header X-SheLLM-Provider does.', example: 'openai' })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  provider?: string | null;
}
