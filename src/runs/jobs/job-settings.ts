import { IsInt, IsOptional, Max, Min, Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { isWebhookSecret, WEBHOOK_SECRET_PROBLEM } from '../../auth/webhook-secret.js';
import { Env, Int } from '../../config/settings.js';

@ValidatorConstraint({ name: 'isWebhookSecret' })
class IsWebhookSecret implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && isWebhookSecret(value);
  }

  defaultMessage(): string {
    return WEBHOOK_SECRET_PROBLEM;
  }
}

export class JobSettings {
  /** Jobs that this instance works on at once. */
  @Env('SHELLM_JOBS_MAX_CONCURRENT')
  @Int()
  @IsInt({ message: 'must be a number of jobs' })
  @Min(1)
  @Max(100)
  maxConcurrent: number = 4;

  /** What callbacks are signed with of clients that have no secret of their own. One for all instances of a database; with the file in the data folder it is made there. */
  @Env('SHELLM_WEBHOOK_SECRET', { keepsEmpty: true, secret: true })
  @IsOptional()
  @Validate(IsWebhookSecret)
  webhookSecret: string | undefined;
}
