import { IsArray, IsOptional, IsString } from 'class-validator';
import { Env, List } from '../config/settings.js';

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
}
