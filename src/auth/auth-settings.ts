import { IsString } from 'class-validator';
import { Env } from '../config/settings.js';

export class AuthSettings {
  /** JSON; see parse-clients.ts. */
  @Env('SHELLM_CLIENTS')
  @IsString()
  clients: string = '{}';
}
