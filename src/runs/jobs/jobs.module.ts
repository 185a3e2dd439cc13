import { Module } from '@nestjs/common';
import { CallbackTargets } from './callback-targets.js';
import { DeliveryTimes } from './delivery-times.js';
import { JobDelivery } from './job-delivery.js';
import { JobSettings } from './job-settings.js';
import { JobWork } from './job-work.js';
import { Jobs } from './jobs.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { RunsModule } from '../runs.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { AuthService } from '../../auth/auth.service.js';
import { openKeptSecret } from '../../auth/kept-secret.js';
import { DATA_DIR } from '../../config/data-dir.js';
import { ConfigurationError, provideSettings } from '../../config/settings.js';
import { JobQueueModule } from '../../job-queue/job-queue.module.js';
import { StorageModule } from '../../storage/storage.module.js';
import { StorageSettings } from '../../storage/storage-settings.js';

@Module({
  imports: [AuthModule, JobQueueModule, RunsModule, StorageModule],
  providers: [
    provideSettings(JobSettings),
    {
      provide: WebhookSecrets,
      inject: [AuthService, JobSettings, StorageSettings, DATA_DIR],
      useFactory: (auth: AuthService, { webhookSecret }: JobSettings, { databaseUrl }: StorageSettings, dataDir: string) => {
        if (webhookSecret === undefined && databaseUrl !== undefined) {
          throw new ConfigurationError('SHELLM_WEBHOOK_SECRET: must be set with DATABASE_URL, the same for every instance; `echo whsec_$(openssl rand -base64 32)` makes one');
        }
        return new WebhookSecrets(auth, webhookSecret ?? openKeptSecret(dataDir, 'webhook-secret', 'Restore it, or delete it and give receivers the new one'));
      },
    },
    DeliveryTimes,
    CallbackTargets,
    Jobs,
    JobWork,
    JobDelivery,
  ],
  exports: [Jobs],
})
export class JobsModule {}
