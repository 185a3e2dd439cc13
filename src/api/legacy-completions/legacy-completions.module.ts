import { Module } from '@nestjs/common';
import { LegacyCompletionsController } from './legacy-completions.controller.js';
import { RunsModule } from '../../runs/runs.module.js';

@Module({ imports: [RunsModule], controllers: [LegacyCompletionsController] })
export class LegacyCompletionsModule {}
