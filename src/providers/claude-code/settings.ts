import { IsArray, IsBoolean, IsOptional, IsString, Matches } from 'class-validator';
import { Env, List, Switch } from '../../config/settings.js';
import { NOT_PASSABLE, PASSABLE } from '../../process-pool/environment.js';

export class ClaudeCodeSettings {
  /** The executable: a path, or a name that is looked up on PATH. */
  @Env('SHELLM_CLAUDE_BIN')
  @IsOptional()
  @IsString()
  bin: string | undefined;

  /** Names of further environment variables that are passed on to the CLI. */
  @Env('SHELLM_CLAUDE_ENV')
  @List()
  @IsArray()
  @Matches(PASSABLE, { each: true, message: NOT_PASSABLE })
  passedOn: readonly string[] = [];

  /** Whether the login of a subscription may serve; else API keys alone. */
  @Env('SHELLM_SUBSCRIPTIONS')
  @Switch()
  @IsBoolean({ message: 'must be on or off' })
  subscriptions: boolean = true;
}
