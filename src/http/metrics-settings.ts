import { IsBoolean } from 'class-validator';
import { Env, Switch } from '../config/settings.js';

export class MetricsSettings {
  /** `off`: everybody who reaches the gateway may read `/metrics`. */
  @Env('SHELLM_METRICS_AUTH')
  @Switch()
  @IsBoolean({ message: 'must be on or off' })
  metricsAuth: boolean = true;
}
