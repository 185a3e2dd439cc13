import { IsOptional, IsString, Matches } from 'class-validator';
import { Env } from '../config/settings.js';

export class AuthSettings {
  /** JSON; see parse-clients.ts. */
  @Env('SHELLM_CLIENTS', { secret: true })
  @IsString()
  clients: string = '{}';

  /** Keys are kept as their HMAC under it. One for all instances of a database; with the file in the data folder it is made there. */
  @Env('SHELLM_KEY_SECRET', { keepsEmpty: true, secret: true })
  @IsOptional()
  @Matches(/^\s*\S.{30,}\S\s*$/s, { message: 'must have at least 32 characters; `openssl rand -base64 32` makes one' })
  keySecret: string | undefined;
}
