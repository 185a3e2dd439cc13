import { IsInt, Max, Min } from 'class-validator';
import { Env, Int } from '../config/settings.js';

const DAY_MS = 86_400_000;
const MILLISECONDS = { message: 'must be a number of milliseconds' };

/** How many programs may run at once, wait and stay. */
export class PoolSettings {
  /** CLI turns at once. */
  @Env('SHELLM_MAX_CONCURRENT')
  @Int()
  @IsInt()
  @Min(1)
  @Max(1000)
  maxConcurrent: number = 2;

  /** Requests that may wait for a turn. */
  @Env('SHELLM_QUEUE_DEPTH')
  @Int()
  @IsInt()
  @Min(0)
  @Max(100_000)
  queueDepth: number = 10;

  @Env('SHELLM_QUEUE_TIMEOUT_MS')
  @Int()
  @IsInt(MILLISECONDS)
  @Min(1)
  @Max(DAY_MS)
  queueTimeoutMs: number = 30_000;

  /** Ready processes per usable CLI provider, at most: see warm-policy.ts. */
  @Env('SHELLM_WARM')
  @Int()
  @IsInt()
  @Min(0)
  @Max(100)
  warm: number = 1;

  /** Processes kept for their conversation's next turn; 0: none. */
  @Env('SHELLM_LIVE_MAX')
  @Int()
  @IsInt()
  @Min(0)
  @Max(1000)
  liveMax: number = 4;

  @Env('SHELLM_LIVE_TTL_MS')
  @Int()
  @IsInt(MILLISECONDS)
  @Min(1)
  @Max(DAY_MS)
  liveTtlMs: number = 120_000;
}
