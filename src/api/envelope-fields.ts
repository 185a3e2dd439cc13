import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsBoolean, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { MAX_TTL_S } from '../cache/requested-ttl.js';

/** `model`, in the request of every form that takes one. */
export const ModelField = (documented: ApiPropertyOptions = ANY_MODEL): PropertyDecorator =>
  applyDecorators(...modelChecks, ApiProperty({ maxLength: MAX_MODEL_LENGTH, ...documented }));

/** `model`, where the gateway has a default. */
export const OptionalModelField = (documented: ApiPropertyOptions): PropertyDecorator =>
  applyDecorators(...modelChecks, IsOptional(), ApiPropertyOptional({ type: String, nullable: true, maxLength: MAX_MODEL_LENGTH, ...documented }));

/** `provider`. @param example one that serves the form */
export const ProviderField = (example: string): PropertyDecorator =>
  applyDecorators(
    IsString({ message: 'must be a string' }),
    IsOptional(),
    ApiPropertyOptional({ type: String, nullable: true, description: 'Names the provider, as the header X-SheLLM-Provider does.', example }),
  );

/** A boolean that may be left out or null. */
export const FlagField = (description: string, byDefault: boolean): PropertyDecorator =>
  applyDecorators(IsBoolean({ message: 'must be a boolean' }), IsOptional(), ApiPropertyOptional({ type: Boolean, nullable: true, description, default: byDefault }));

/** `stream`. */
export const StreamField = (): PropertyDecorator => FlagField('Answer as server-sent events.', false);

/** `fallback`. */
export const FallbackField = (): PropertyDecorator => FlagField('`false`: no other provider answers where the first one fails.', true);

/** `template`. Whoever uses it checks it. @param place what it stands for */
export const TemplateField = (place: string): PropertyDecorator =>
  ApiPropertyOptional({
    type: String,
    nullable: true,
    description: `The name of a template (\`PUT /templates/{name}\`): ${place}. Its system text counts where the request has none.`,
    example: 'summary',
  });

/** `variables`. Whoever uses them checks them. */
export const VariablesField = (): PropertyDecorator =>
  ApiPropertyOptional({
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
    description: "The values of the template's variables: each needs one; what it has no place for is ignored.",
    example: { audience: 'children', text: 'Air scatters blue light most.' },
  });

/** `conversation_id`. Whoever uses it checks it. */
export const ConversationField = (): PropertyDecorator =>
  ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'The id of a conversation (`POST /conversations`): the request is its next turn, and the answer is added to it. Not together with a session.',
    example: `conv_${'0f'.repeat(24)}`,
  });

/** `cache`; its check is cache/requested-ttl.ts. */
export const CacheField = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    ApiPropertyOptional({
      oneOf: [{ type: 'integer', minimum: 0, maximum: MAX_TTL_S }, { type: 'boolean' }],
      description:
        "Seconds: a complete answer is kept for so long, and one that was kept and is not older is given at once, without a turn. `false`: neither; `true`: the gateway's default, where it has one.",
      example: 3600,
    }),
  );

/** `callback_url`. Whoever uses it checks it. */
export const CallbackField = (): PropertyDecorator =>
  ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'The answer is 202 with a job; what becomes of it is POSTed to this URL, signed. Not with `stream`, a session, or a key of your own for the vendor.',
    example: 'https://hooks.example/shellm',
  });

const MAX_MODEL_LENGTH = 256;
const ANY_MODEL: ApiPropertyOptions = {
  description: '`<provider>/<model>`, an alias, a provider id, or a bare model name that leads to its vendor.',
  example: 'claude/sonnet',
};

/** In the order of their evaluation: the pipe reports the last one that fails, which says the most basic thing. */
const modelChecks = [
  MaxLength(MAX_MODEL_LENGTH, { message: `must be at most ${MAX_MODEL_LENGTH} characters` }),
  IsNotEmpty({ message: 'must not be empty' }),
  IsString({ message: 'must be a string' }),
];
