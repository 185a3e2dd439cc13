import { IsInt, Min } from 'class-validator';
import { Env, Int } from '../config/settings.js';

const message = 'must be a whole number of requests a minute, 0 for no limit';

/** Requests a minute; 0 is no limit. */
export class LimitSettings {
  /** All clients together. */
  @Env('SHELLM_RPM')
  @Int()
  @IsInt({ message })
  @Min(0, { message })
  rpm: number = 300;

  /** A client that names none of its own. */
  @Env('SHELLM_CLIENT_RPM')
  @Int()
  @IsInt({ message })
  @Min(0, { message })
  clientRpm: number = 60;
}
