import { Module } from '@nestjs/common';
import { EmbeddingsController } from './embeddings.controller.js';
import { RunsModule } from '../../runs/runs.module.js';

@Module({ imports: [RunsModule], controllers: [EmbeddingsController] })
export class EmbeddingsModule {}
