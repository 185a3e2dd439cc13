import { ApiPropertyOptional } from '@nestjs/swagger';
import { ModelField, ProviderField, StreamField } from '../envelope-fields.js';

/** The envelope of OpenAI's legacy completion request: what the gateway itself reads. */
export class LegacyCompletionDto {
  @ModelField({ description: 'A model of an API provider.', example: 'openai/gpt-3.5-turbo-instruct' })
  model!: string;

  @ApiPropertyOptional({ oneOf: [{ type: 'string' }, { type: 'array', items: {} }], example: 'Once upon a time' })
  prompt?: unknown;

  @StreamField()
  stream?: boolean | null;

  @ProviderField('openai')
  provider?: string | null;
}
