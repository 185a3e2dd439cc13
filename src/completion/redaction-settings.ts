import { IsBoolean } from 'class-validator';
import { Env, Switch } from '../config/settings.js';

/** Whether secrets are taken out of what the providers say. */
export class RedactionSettings {
  @Env('SHELLM_REDACT')
  @Switch()
  @IsBoolean({ message: 'must be on or off' })
  redact: boolean = true;
}
