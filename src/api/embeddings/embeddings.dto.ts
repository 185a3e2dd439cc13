import { ApiProperty } from '@nestjs/swagger';
import { IsDefined } from 'class-validator';
import { ModelField, ProviderField } from '../envelope-fields.js';

/** The envelope of OpenAI's request for embeddings: what the gateway itself reads. */
export class EmbeddingsDto {
  @ModelField({ description: 'A model of an API provider.', example: 'openai/text-embedding-3-small' })
  model!: string;

  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'array', items: {} }], example: 'Hello there' })
  @IsDefined({ message: 'is required' })
  input!: unknown;

  @ProviderField('openai')
  provider?: string | null;
}
