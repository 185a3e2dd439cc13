import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { CacheField, CallbackField, ConversationField, FallbackField, OptionalModelField, ProviderField, TemplateField, VariablesField } from '../envelope-fields.js';

/** The simple form: a text in, a text out. What has no check here is checked by the wire's decoder. */
@ApiSchema({ name: 'CompletionRequest' })
export class SimpleCompletionDto {
  @ApiPropertyOptional({ description: 'What is asked; left out where `template` says it.', example: 'Hello there' })
  prompt?: string;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'How the model is to answer.', example: 'You are terse.' })
  system?: string | null;

  @ProviderField('demo')
  provider?: string | null;

  @OptionalModelField({ description: '`<provider>/<model>`, an alias, a provider id or a bare name; left out: the default of the provider, or of the gateway.', example: 'demo' })
  model?: string | null;

  @ApiPropertyOptional({ type: 'integer', nullable: true, description: 'Tokens of the answer, at most.', example: 200 })
  max_tokens?: number | null;

  @ApiPropertyOptional({ type: Number, nullable: true, description: 'From 0 to 2; a CLI cannot set it and says so in X-SheLLM-Ignored-Params.', example: 0.7 })
  temperature?: number | null;

  @FallbackField()
  fallback?: boolean | null;

  @CacheField()
  cache?: boolean | number | null;

  @TemplateField('it takes the place of `prompt`')
  template?: string | null;

  @VariablesField()
  variables?: Record<string, unknown> | null;

  @ConversationField()
  conversation_id?: string | null;

  @CallbackField()
  callback_url?: string | null;
}
