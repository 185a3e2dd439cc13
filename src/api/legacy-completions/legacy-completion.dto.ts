import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ModelField, ProviderField, StreamField } from '../envelope-fields.js';

/** The envelope of OpenAI's legacy completion request: what the gateway itself reads. */
@ApiSchema({ name: 'LegacyCompletionRequest' })
export class LegacyCompletionDto {
  @ModelField({ description: 'A model of an API provider.', example: 'openai/gpt-3.5-turbo-instruct' })
  model!: string;

  @ApiPropertyOptional({ oneOf: [{ type: 'string' }, { type: 'array', items: {} }], description: 'What is to be gone on with.', example: 'Once upon a time' })
  prompt?: unknown;

  @ApiPropertyOptional({ type: 'integer', description: 'Tokens of the answer, at most.' })
  max_tokens?: unknown;

  @StreamField()
  stream?: boolean | null;

  @ProviderField('openai')
  provider?: string | null;
}
