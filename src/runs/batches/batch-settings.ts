import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import { Env, Int, Switch } from '../../config/settings.js';

export class BatchSettings {
  /** How many requests of batches run at once, on this instance. */
  @Env('SHELLM_BATCH_CONCURRENCY')
  @Int()
  @IsInt({ message: 'must be a whole number' })
  @Min(1)
  @Max(1000)
  concurrency: number = 4;

  /** Whether they may run on the login of a subscription. */
  @Env('SHELLM_BATCH_SUBSCRIPTIONS')
  @Switch()
  @IsBoolean({ message: 'must be on or off' })
  subscriptions: boolean = false;
}
