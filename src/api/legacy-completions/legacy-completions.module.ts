import { Module } from '@nestjs/common';
import { LegacyCompletionsController } from './legacy-completions.controller.js';

@Module({ controllers: [LegacyCompletionsController] })
export class LegacyCompletionsModule {}
