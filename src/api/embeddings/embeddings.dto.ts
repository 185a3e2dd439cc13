import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsDefined } from 'class-validator';
import { ModelField, ProviderField } from '../envelope-fields.js';

/** The envelope of OpenAI's request for embeddings: what the gateway itself reads. */
@ApiSchema({ name: 'EmbeddingRequest' })
export class EmbeddingsDto {
  @ModelField({ description: 'A model of an API provider.', example: 'openai/text-embedding-3-small' })
  model!: string;

  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'array', items: {} }], description: 'A text or several, or their tokens.', example: 'Hello there' })
  @IsDefined({ message: 'is required' })
  input!: unknown;

  @ApiPropertyOptional({ type: 'integer', description: 'How long the embeddings are, where the model can say.' })
  dimensions?: unknown;

  @ProviderField('openai')
  provider?: string | null;
}
