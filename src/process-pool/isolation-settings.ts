import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { Bytes } from '../config/bytes.js';
import { Env } from '../config/settings.js';

/** What programs may do to the machine. */
export class IsolationSettings {
  /** Bytes that one process may have on disk; 0: no limit. */
  @Env('SHELLM_DISK_QUOTA')
  @Bytes()
  @IsInt({ message: 'must be a size such as 512mb or 1gb; 0: no limit' })
  @Min(0)
  @Max(1024 ** 4)
  diskQuota: number = 1024 ** 3;

  /** The user that programs run as, where root runs the gateway. */
  @Env('SHELLM_CHILD_USER')
  @IsOptional()
  @Matches(/^[A-Za-z_][\w.-]*\$?$/, { message: 'must be the name of a user' })
  childUser: string | undefined;

  /** Whether programs run in a sandbox; `auto`: where it works. */
  @Env('SHELLM_SANDBOX')
  @IsIn(['off', 'auto', 'on'], { message: 'must be off, auto or on' })
  sandbox: 'off' | 'auto' | 'on' = 'off';
}
