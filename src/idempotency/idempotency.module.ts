import { Module } from '@nestjs/common';
import { IdempotencyService } from './idempotency.service.js';
import { StorageModule } from '../storage/storage.module.js';

@Module({ imports: [StorageModule], providers: [IdempotencyService], exports: [IdempotencyService] })
export class IdempotencyModule {}
