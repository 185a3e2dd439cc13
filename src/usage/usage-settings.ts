import { IsBoolean } from 'class-validator';
import { Env, Switch } from '../config/settings.js';

export class UsageSettings {
  /** `off`: nothing is written down of clients that have no budget. */
  @Env('SHELLM_USAGE')
  @Switch()
  @IsBoolean({ message: 'must be on or off' })
  usage: boolean = true;
}
