import { IsInt, Max, Min } from 'class-validator';
import { Env, Int } from '../config/settings.js';

const YEAR_MS = 366 * 86_400_000;
const MILLISECONDS = { message: 'must be a number of milliseconds' };

export class SessionSettings {
  /** How long a session lives without a turn. */
  @Env('SHELLM_SESSION_TTL_MS')
  @Int()
  @IsInt(MILLISECONDS)
  @Min(1)
  @Max(YEAR_MS)
  ttlMs: number = 1_800_000;

  /** How long it lives at all. */
  @Env('SHELLM_SESSION_MAX_AGE_MS')
  @Int()
  @IsInt(MILLISECONDS)
  @Min(1)
  @Max(YEAR_MS)
  maxAgeMs: number = 86_400_000;
}
