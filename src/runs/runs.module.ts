import { Module } from '@nestjs/common';
import { OperationRunner } from './operations/operation-runner.js';
import { Operations } from './operations/operations.js';
import { ResponseRuns } from './response-runs.js';
import { StorageModule } from '../storage/storage.module.js';

@Module({
  imports: [StorageModule],
  providers: [ResponseRuns, Operations, OperationRunner],
  exports: [ResponseRuns, Operations, OperationRunner],
})
export class RunsModule {}
