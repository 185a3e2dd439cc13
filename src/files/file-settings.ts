import { IsInt, Max, Min } from 'class-validator';
import { Env, Int } from '../config/settings.js';

export class FileSettings {
  /** How long files are kept. */
  @Env('SHELLM_RETENTION_DAYS')
  @Int()
  @IsInt({ message: 'must be a number of days' })
  @Min(1)
  @Max(3660)
  retentionDays: number = 30;
}
