import { IsArray, IsBoolean, IsOptional, IsString } from 'class-validator';
import { Env, List, Switch } from '../config/settings.js';

export class ProviderSettings {
  /** The providers to switch on; undefined: all that are configured or found. */
  @Env('SHELLM_PROVIDERS')
  @List()
  @IsOptional()
  @IsArray()
  providers: readonly string[] | undefined;

  /** Where a model name leads that nothing else explains. */
  @Env('SHELLM_DEFAULT_PROVIDER')
  @IsOptional()
  @IsString()
  defaultProvider: string | undefined;

  /** Who is asked next, in order, where a provider failed; undefined: claude, gemini, cerebras. */
  @Env('SHELLM_FALLBACK_CHAIN')
  @List()
  @IsOptional()
  @IsArray()
  fallbackChain: readonly string[] | undefined;

  /** Whether a provider's own rate limit (429) may fall back too. */
  @Env('SHELLM_FALLBACK_ON_RATE_LIMIT')
  @Switch()
  @IsBoolean({ message: 'must be true or false' })
  fallbackOnRateLimit: boolean = false;
}
