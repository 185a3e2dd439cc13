import { IsOptional, Matches } from 'class-validator';
import { Env } from '../config/settings.js';

export class StorageSettings {
  /** PostgreSQL in place of the file in the data folder. */
  @Env('DATABASE_URL')
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'must be a URL that begins with postgres:// or postgresql://' })
  databaseUrl: string | undefined;
}
