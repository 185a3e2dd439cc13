import { Module } from '@nestjs/common';
import { AuthSettings } from './auth-settings.js';
import { AuthService } from './auth.service.js';
import { DashboardPass } from './dashboard-pass.js';
import { KEY_SECRET_FILE, openKeptSecret } from './kept-secret.js';
import { KeyDigest } from './key-digest.js';
import { KeyRing } from './key-ring.js';
import { Passes } from './pass.js';
import { DATA_DIR } from '../config/data-dir.js';
import { ConfigurationError, provideSettings } from '../config/settings.js';
import { LOG, type Log } from '../observability/log.js';
import { StorageModule } from '../storage/storage.module.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';

const KEY_SECRET = Symbol('key secret');

@Module({
  imports: [StorageModule],
  providers: [
    provideSettings(AuthSettings),
    {
      provide: KEY_SECRET,
      inject: [AuthSettings, StorageSettings, DATA_DIR],
      useFactory: ({ keySecret }: AuthSettings, { databaseUrl }: StorageSettings, dataDir: string) => {
        if (keySecret === undefined && databaseUrl !== undefined) {
          throw new ConfigurationError('SHELLM_KEY_SECRET: must be set with DATABASE_URL, the same for every instance; `openssl rand -base64 32` makes one');
        }
        return keySecret ?? openKeptSecret(dataDir, KEY_SECRET_FILE, 'Restore it, or delete it and issue every key anew');
      },
    },
    { provide: KeyDigest, inject: [KEY_SECRET], useFactory: (secret: string) => new KeyDigest(secret) },
    { provide: Passes, inject: [KEY_SECRET], useFactory: (secret: string) => new Passes(secret) },
    { provide: KeyRing, inject: [Storage, KeyDigest, LOG], useFactory: (storage: Storage, digest: KeyDigest, log: Log) => KeyRing.open(storage, digest, log) },
    AuthService,
    DashboardPass,
  ],
  exports: [AuthService, DashboardPass, KeyRing, Passes],
})
export class AuthModule {}
