import { Module } from '@nestjs/common';
import { BatchesController } from './batches.controller.js';
import { BatchesModule } from '../../runs/batches/batches.module.js';

@Module({ imports: [BatchesModule], controllers: [BatchesController] })
export class BatchesApiModule {}
