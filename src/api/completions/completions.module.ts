import { Module } from '@nestjs/common';
import { CompletionsController } from './completions.controller.js';

@Module({ controllers: [CompletionsController] })
export class CompletionsModule {}
