import { Transform } from 'class-transformer';
import { IsArray, IsBoolean, IsObject, IsOptional, IsString, Matches } from 'class-validator';
import { Env, List, Switch } from '../../config/settings.js';
import { NOT_PASSABLE, PASSABLE } from '../../process-pool/environment.js';

export class CodexCliSettings {
  /** The executable: a path, or a name that is looked up on PATH. */
  @Env('SHELLM_CODEX_BIN')
  @IsOptional()
  @IsString()
  bin: string | undefined;

  /** Names of further environment variables that are passed on to the CLI. */
  @Env('SHELLM_CODEX_ENV')
  @List()
  @IsArray()
  @Matches(PASSABLE, { each: true, message: NOT_PASSABLE })
  passedOn: readonly string[] = [];

  /** The CLI's own settings that differ from the gateway's, as JSON: `{"openai_base_url": "https://proxy.example/v1"}`. No secrets: they stand in its arguments. */
  @Env('SHELLM_CODEX_CONFIG')
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? parse(value) : value))
  @IsObject({ message: 'must be a JSON object' })
  config: Readonly<Record<string, unknown>> = {};

  /** Whether the login of a subscription may serve; else API keys alone. */
  @Env('SHELLM_SUBSCRIPTIONS')
  @Switch()
  @IsBoolean({ message: 'must be on or off' })
  subscriptions: boolean = true;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // for `@IsObject()` to refuse
  }
}
