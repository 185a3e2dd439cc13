import { Module } from '@nestjs/common';
import { CompletionsController } from './completions.controller.js';
import { TemplatesModule } from '../../templates/templates.module.js';

@Module({ imports: [TemplatesModule], controllers: [CompletionsController] })
export class CompletionsModule {}
