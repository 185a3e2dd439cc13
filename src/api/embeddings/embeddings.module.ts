import { Module } from '@nestjs/common';
import { EmbeddingsController } from './embeddings.controller.js';

@Module({ controllers: [EmbeddingsController] })
export class EmbeddingsModule {}
